import type { MeshServiceDetail } from "../../lib/mesh-types.ts";
import { useMeshQuery } from "../../lib/use-mesh-query.ts";

const TRAFFIC =
  "calls failed callRate errorShare p50 p95 p99 apdex tlsShare mtlsShare bytesIn bytesOut tcpConnections connectionRate";
const SIDE = "calls failed callRate p50 p95 p99 tlsShare mtlsShare bytesIn bytesOut tcpConnections";
const QUERY = `query Service($id: ID!, $window: Window!) {
  meshService(id: $id, window: $window) {
    id name layers firstSeen lastSeen
    traffic { ${TRAFFIC} }
    series { at stepMs calls failed connections p50 p95 p99 }
    statusClasses { class calls }
    endpointsTruncated
    endpoints { id name traffic { ${TRAFFIC} } }
    instances { id name lastSeen attributes { name value } traffic { ${TRAFFIC} } }
    callers { id name client { ${SIDE} } server { ${SIDE} } }
    callees { id name client { ${SIDE} } server { ${SIDE} } }
  }
}`;

export function useService(id: string) {
  return useMeshQuery<{ meshService: MeshServiceDetail | null }>("service", QUERY, { id });
}
