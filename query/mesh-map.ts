/** The map: what can be told of its edges. */
import type { Edge, SideNumbers } from "./readers/edges.ts";

/** Services within `hops` calls of one, in either direction, itself included. */
export function neighbourhood(centre: string, edges: readonly Pick<Edge, "source" | "target">[], hops: number): Set<string> {
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

const HTTP_ONLY = ["http"] as const;

/** Of both sides together, the busier one's first. Nearly every edge has one protocol: no lists are made to find that out. */
export function protocolsOfEdge({ client, server }: Edge): readonly string[] {
  if (isHttpOnly(client) && isHttpOnly(server)) return HTTP_ONLY;
  const sides = [client, server].filter((side) => side !== null).sort((a, b) => volumeOf(b) - volumeOf(a));
  return [...new Set(sides.flatMap(protocolsOf))];
}

function isHttpOnly(side: SideNumbers | null): boolean {
  return side === null || (side.tcp_entries === 0 && side.grpc_calls === 0 && side.calls > 0);
}

function volumeOf({ calls, tcp_records }: SideNumbers): number {
  return calls + tcp_records;
}

/** Most used first. */
export function protocolsOf({
  calls,
  grpc_calls,
  tcp_entries,
}: Pick<SideNumbers, "calls" | "grpc_calls" | "tcp_entries">): string[] {
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
