/** Layers with very many nodes become several columns side by side, so that a hub's callees fill the page instead of a tower. */

/** A layer up to this size stays one column. */
const ROWS_MIN = 14;
/** Columns are that much wider than rows are high, and a page is 1.6 times as wide as high. */
const ROWS_PER_ROOT = 1.5;

export interface Columns {
  /** Column of each node. */
  readonly of: readonly number[];
  /** By column: the layer it is a part of. */
  readonly layer: readonly number[];
}

/** `layers` by node. Within a layer, nodes that call others stand furthest right: their calls go on from there. */
export function wrapLayers(layers: readonly number[], nodes: Iterable<number>, callsOthers: (node: number) => boolean): Columns {
  const members: number[][] = [];
  for (const node of nodes) {
    const one = layers[node] as number;
    while (members.length <= one) members.push([]);
    members[one]?.push(node);
  }
  const of = [...layers];
  const layer: number[] = [];
  for (let one = 0; one < members.length; one++) {
    const all = members[one] ?? [];
    const rows = Math.max(ROWS_MIN, Math.ceil(Math.sqrt(all.length) * ROWS_PER_ROOT));
    const columns = Math.max(1, Math.ceil(all.length / rows));
    const sorted = all.toSorted((a, b) => Number(callsOthers(a)) - Number(callsOthers(b)) || a - b);
    sorted.forEach((node, i) => {
      of[node] = layer.length + Math.floor((i * columns) / sorted.length);
    });
    for (let column = 0; column < columns; column++) layer.push(one);
  }
  return { of, layer };
}
