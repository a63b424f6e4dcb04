import type { MeshServiceRow } from "../../lib/mesh-types.ts";
import { useMeshQuery } from "../../lib/use-mesh-query.ts";

const QUERY = `query Services($window: Window!) {
  meshServices(window: $window) {
    truncated
    services { id name layers
      traffic { calls failed callRate errorShare p50 p95 p99 apdex tlsShare mtlsShare bytesIn bytesOut tcpConnections connectionRate }
      seenByCallers { errorShare }
      sparkline { at calls failed connections } }
  }
}`;

export function useServices() {
  return useMeshQuery<{ meshServices: { services: MeshServiceRow[]; truncated: boolean } }>("services", QUERY);
}
