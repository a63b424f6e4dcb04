import type { MeshMap } from "../../lib/mesh-types.ts";
import { useMeshQuery } from "../../lib/use-mesh-query.ts";

/** Around one service. */
const HOPS = 2;
const SIDE = "calls failed callRate p50 p95 p99 tlsShare mtlsShare bytesIn bytesOut tcpConnections";
const QUERY = `query Map($window: Window!, $around: ID, $hops: Int) {
  meshMap(window: $window, around: $around, hops: $hops) {
    truncated percentileError
    nodes { id name namespace layers protocol
      traffic { calls failed callRate errorShare p50 p95 p99 apdex tlsShare mtlsShare bytesIn bytesOut tcpConnections connectionRate } }
    edges { id source target protocols client { ${SIDE} } server { ${SIDE} } }
  }
}`;

export function useMap(around: string | undefined, hops: string | undefined) {
  return useMeshQuery<{ meshMap: MeshMap }>("map", QUERY, { around: around ?? null, hops: Number(hops ?? HOPS) });
}
