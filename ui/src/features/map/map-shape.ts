/** What of a map its layout depends on: which nodes and edges there are, not what flows between them. Pure. */
import type { MeshMap } from "../../lib/mesh-types.ts";
import type { Graph } from "./layout.ts";

/** Nodes and edges by name. The answer has the busiest edge first, and where a node stands depends on the order of its edges: with near
 *  volumes the map would turn over from one reading to the next. */
export function inOrder(map: MeshMap): MeshMap {
  const nodes = map.nodes.toSorted((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
  const place = new Map(nodes.map(({ id }, i) => [id, i]));
  const of = (id: string): number => place.get(id) ?? 0;
  const edges = map.edges.toSorted((a, b) => of(a.source) - of(b.source) || of(a.target) - of(b.target) || compare(a.id, b.id));
  return { ...map, nodes, edges };
}

/** The graph as text, the same as long as nothing comes or goes; JSON.parse makes a Graph of it. */
export function shapeOf({ nodes, edges }: MeshMap): string {
  const index = new Map(nodes.map(({ id }, i) => [id, i]));
  const graph: Graph = {
    nodeCount: nodes.length,
    edges: edges.map(({ source, target }): [number, number] => [index.get(source) ?? 0, index.get(target) ?? 0]),
  };
  return JSON.stringify({ ...graph, names: nodes.map(({ id }) => id) });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
