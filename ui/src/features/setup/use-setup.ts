import { useQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";
import type { MeshSetup } from "../../lib/mesh-types.ts";

const QUERY = `{ meshSetup { now problems listeners { protocol address }
  server { entriesPerSecond streams reportsDurable reportsLost spoolBytes spoolOldestSeconds insertRetries auditDifference auditedAt
    processes { name memoryBytes cpuSeconds loopDelayMs } boundsHit { bound hits settings } }
  proxies { node service serviceId instance streams since lastEntry entriesPerSecond entriesTotal clockSkewed resolved reason } } }`;
const REFRESH_MS = 2_000;

export function useSetup() {
  return useQuery({
    queryKey: ["setup"],
    queryFn: ({ signal }) => ask<{ meshSetup: MeshSetup }>(QUERY, {}, signal),
    select: ({ data }) => data.meshSetup,
    refetchInterval: REFRESH_MS,
  });
}
