/** What an edge shows: the called side's report where there is one, else the caller's. */
import type { MeshEdge, MeshEdgeSide, MeshMap } from "../../lib/mesh-types.ts";

export interface EdgeTraffic {
  readonly calls: number;
  readonly callRate: number;
  readonly errorShare: number | null;
  readonly p95: number | null;
  readonly tcpConnections: number;
  readonly tlsShare: number | null;
  readonly mtlsShare: number | null;
}

export function edgeTraffic({ client, server }: MeshEdge): EdgeTraffic {
  const side = server ?? client;
  // A failed call may never have reached the other side: the caller's errors count too.
  const shares = [client, server].map(errorShare).filter((share) => share !== null);
  return {
    calls: side?.calls ?? 0,
    callRate: Math.max(client?.callRate ?? 0, server?.callRate ?? 0),
    errorShare: shares.length === 0 ? null : Math.max(...shares),
    p95: side?.p95 ?? null,
    tcpConnections: Math.max(client?.tcpConnections ?? 0, server?.tcpConnections ?? 0),
    tlsShare: server?.tlsShare ?? null,
    mtlsShare: server?.mtlsShare ?? client?.mtlsShare ?? null,
  };
}

/** By id of a node: the worse of what it reported itself and what its callers saw of it. A service that nobody can reach looks well to itself. */
export function nodeErrorShares({ nodes, edges }: Pick<MeshMap, "nodes" | "edges">): ReadonlyMap<string, number> {
  const seen = new Map<string, { calls: number; failed: number }>();
  for (const { target, client } of edges) {
    const sum = seen.get(target) ?? { calls: 0, failed: 0 };
    seen.set(target, { calls: sum.calls + (client?.calls ?? 0), failed: sum.failed + (client?.failed ?? 0) });
  }
  return new Map(
    nodes.map(({ id, traffic }) => {
      const { calls = 0, failed = 0 } = seen.get(id) ?? {};
      return [id, Math.max(traffic?.errorShare ?? 0, calls === 0 ? 0 : failed / calls)];
    }),
  );
}

export function errorShare(side: MeshEdgeSide | null): number | null {
  return side === null || side.calls === 0 ? null : side.failed / side.calls;
}
