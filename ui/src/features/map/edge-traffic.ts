/** What an edge shows: the called side's report where there is one, else the caller's. */
import type { MeshEdge, MeshEdgeSide } from "../../lib/mesh-types.ts";

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

export function errorShare(side: MeshEdgeSide | null): number | null {
  return side === null || side.calls === 0 ? null : side.failed / side.calls;
}
