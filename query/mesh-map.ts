/** The map: rows of edges put together, and what can be told of them. */
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

/** By both ends, in the order in which they come. */
export function edgesOf(rows: readonly EdgeRow[]): MapRow[] {
  const edges: { source: string; target: string; rows: EdgeRow[] }[] = [];
  const bySource = new Map<string, Map<string, EdgeRow[]>>();
  for (const row of rows) {
    const { service: source, dest_service: target } = row;
    const byTarget = bySource.get(source) ?? new Map<string, EdgeRow[]>();
    if (byTarget.size === 0) bySource.set(source, byTarget);
    const sides = byTarget.get(target);
    if (sides === undefined) {
      const edge = { source, target, rows: [row] };
      byTarget.set(target, edge.rows);
      edges.push(edge);
    } else sides.push(row);
  }
  return edges;
}

const HTTP_ONLY = ["http"] as const;

/** Of both sides together. Nearly every edge has one protocol: no lists are made to find that out. */
export function protocolsOfEdge(rows: readonly EdgeRow[]): readonly string[] {
  const single = rows.every((row) => row.tcp_entries === 0 && row.grpc_calls === 0 && row.calls > 0);
  return single ? HTTP_ONLY : [...new Set(rows.flatMap(protocolsOf))];
}

/** Most used first. */
export function protocolsOf({ calls, grpc_calls, tcp_entries }: Pick<EdgeRow, "calls" | "grpc_calls" | "tcp_entries">): string[] {
  const counts: [string, number][] = [
    ["http", calls - grpc_calls],
    ["grpc", grpc_calls],
    ["tcp", tcp_entries],
  ]; // prettier-ignore
  return counts
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([protocol]) => protocol); // prettier-ignore
}
