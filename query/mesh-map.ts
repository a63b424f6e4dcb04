import type { EdgeRow } from "./readers/edges.ts";

/** One edge with the rows of either side. */
export interface MapRow {
  readonly source: string;
  readonly target: string;
  readonly rows: readonly EdgeRow[];
}

/** Services within `hops` calls of one, in either direction, itself included. */
export function neighbourhood(centre: string, edges: readonly MapRow[], hops: number): Set<string> {
  const reached = new Set([centre]);
  let frontier = new Set([centre]);
  for (let hop = 0; hop < hops && frontier.size > 0; hop++) {
    const next = new Set<string>();
    for (const { source, target } of edges) {
      if (frontier.has(source) && !reached.has(target)) next.add(target);
      if (frontier.has(target) && !reached.has(source)) next.add(source);
    }
    for (const name of next) reached.add(name);
    frontier = next;
  }
  return reached;
}
