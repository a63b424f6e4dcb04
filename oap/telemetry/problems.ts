/** What an operator should know of this server, in sentences: what is or was dropped since it started, and why. */
import type { IngestStatus } from "../model/ipc.ts";
import type { WriterStats } from "./self-metrics.ts";

/** Batches that wait longer than this mean that ClickHouse does not take them. */
const WAITING_MAX_S = 30;
const MIB = 1 << 20;

export function problemsOf(ingest: readonly IngestStatus[], writer: WriterStats | null): string[] {
  const total = (key: string): number => ingest.reduce((sum, { counters }) => sum + (counters[key] ?? 0), 0);
  const unreadable = ingest.reduce((sum, { counters }) => sum + sumOfRefused(counters), 0);
  const said: (string | false | null)[] = [
    total("entriesLost") > 0 &&
      `${count(total("entriesLost"))} reports were lost because the spool could not be written: is the disk of data.dir full?`,
    writer && waiting(writer),
    writer &&
      writer.entriesDropped > 0 &&
      `${count(writer.entriesDropped)} reports were dropped, oldest first: ClickHouse was away until the spool was full (spool.maxBytes).`,
    writer &&
      writer.logRowsDropped > 0 &&
      `${count(writer.logRowsDropped)} rows of access logs were dropped, oldest first: ClickHouse was away until the spool was full (spool.maxBytes).`,
    writer &&
      writer.batchesRefused > 0 &&
      `ClickHouse refused ${count(writer.batchesRefused)} batches with ${count(writer.entriesRefused)} reports; they are kept in spool/refused.`,
    writer &&
      writer.segmentsDamaged > 0 &&
      `${count(writer.segmentsDamaged)} parts of spooled batches were damaged on disk; their whole parts were inserted.`,
    total("memoryPauses") > 0 &&
      `Streams were paused ${count(total("memoryPauses"))} times because memory was short (memory.maxBytes): proxies drop entries on their side then.`,
    total("workloadsOverflowed") > 0 &&
      "More services or instances than services.max and instances.max allow: the rest is counted as {other}.",
    total("endpointsOverflowed") > 0 &&
      "Some services have more endpoints than endpoints.perService allows: the rest is counted as their endpoint {other}.",
    unreadable > 0 && `${count(unreadable)} entries or messages could not be read and were skipped; the others count.`,
  ];
  return said.filter((one): one is string => typeof one === "string");
}

function waiting({ oldestWaitingSeconds, bytesWaiting }: WriterStats): string | null {
  if (oldestWaitingSeconds < WAITING_MAX_S) return null;
  const size = (bytesWaiting / MIB).toFixed(1);
  return `ClickHouse has not taken inserts for ${Math.round(oldestWaitingSeconds)} s: ${size} MiB wait in the spool. Nothing is lost yet.`;
}

function sumOfRefused(counters: Readonly<Record<string, number>>): number {
  return Object.entries(counters).reduce((sum, [key, value]) => (key.startsWith("refused_") ? sum + value : sum), 0);
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
