/** How this node is doing in a few numbers, for the setup page. */
import type { ServerStatus } from "../model/ports.ts";
import { BOUNDS } from "./bounds.ts";
import type { SelfStatus } from "./self-metrics.ts";
import { mergeProxies } from "./setup.ts";

export function serverStatus({ ingest, writer, others, audit }: SelfStatus): ServerStatus {
  const total = (key: string): number => ingest.reduce((sum, { counters }) => sum + (counters[key] ?? 0), 0);
  const proxies = mergeProxies(ingest);
  const named = ingest.map(({ spool, health, counters }) => ({ process: spool.part, health, counters }));
  const all = [...named, ...others]; // in the order that an entry takes
  return {
    entriesPerSecond: proxies.reduce((sum, proxy) => sum + proxy.entriesPerSecond, 0),
    streams: proxies.reduce((sum, proxy) => sum + proxy.streams, 0),
    reportsDurable: total("entriesDurable"),
    spoolBytes: writer?.bytesWaiting ?? 0,
    spoolOldestSeconds: writer?.oldestWaitingSeconds ?? 0,
    insertRetries: writer?.retries ?? 0,
    reportsLost:
      total("entriesLost") + (writer === null ? 0 : writer.entriesDropped + writer.entriesRefused + writer.entriesDamaged),
    auditDifference: audit.difference,
    auditedAt: audit.comparedAtMs,
    processes: all.flatMap(({ process, health }) =>
      health === null
        ? []
        : [
            {
              name: process,
              memoryBytes: health.residentMemoryBytes,
              loopDelayMs: health.eventLoopDelaySeconds === undefined ? null : health.eventLoopDelaySeconds * 1_000,
              cpuSeconds: health.cpuSeconds,
            },
          ],
    ),
    boundsHit: Object.entries(BOUNDS).flatMap(([key, { bound, settings }]) => {
      const hits = all.reduce((sum, { counters }) => sum + (counters[key] ?? 0), 0);
      return hits === 0 ? [] : [{ bound, hits, settings }];
    }),
  };
}
