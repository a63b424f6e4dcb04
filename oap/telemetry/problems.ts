/** What an operator should know of this server, in sentences: what is or was dropped since it started, and why. */
import { REFUSED_STREAM, type SelfStatus, type WriterStats } from "./self-metrics.ts";

/** Batches that wait longer than this mean that ClickHouse does not take them. */
const WAITING_MAX_S = 30;
/** A difference that goes away sooner is nobody's business. */
const DIFFERENT_MAX_MS = 60_000;
const MIB = 1 << 20;

export function problemsOf({ ingest, writer, audit, storage }: Omit<SelfStatus, "others">, nowMs: number): string[] {
  const total = (key: string): number => ingest.reduce((sum, { counters }) => sum + (counters[key] ?? 0), 0);
  const unreadable = ingest.reduce((sum, { counters }) => sum + sumOf(counters, "refused_"), 0);
  const streams = ingest.reduce((sum, { counters }) => sum + sumOf(counters, REFUSED_STREAM), 0);
  const said: (string | false | null | undefined)[] = [
    total("entriesLost") > 0 &&
      `${count(total("entriesLost"))} reports were lost because the spool could not be written: is the disk of data.dir full?`,
    writer && waiting(writer),
    storage?.problem(),
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
      `${count(writer.segmentsDamaged)} parts of spooled batches, ${count(writer.entriesDamaged)} reports at least, were damaged on disk; their whole parts were inserted.`,
    audit.differentSinceMs !== null && nowMs - audit.differentSinceMs > DIFFERENT_MAX_MS && different(audit.difference),
    total("memoryPauses") > 0 &&
      `Streams were paused ${count(total("memoryPauses"))} times because memory was short (memory.maxBytes): proxies drop entries on their side then.`,
    total("workloadsOverflowed") > 0 &&
      "More services or instances than services.max and instances.max allow: the rest is counted as {other}.",
    total("endpointsOverflowed") > 0 &&
      "Some services have more endpoints than endpoints.perService allows: the rest is counted as their endpoint {other}.",
    unreadable > streams &&
      `${count(unreadable - streams)} entries or messages could not be read and were skipped; the others count.`,
    streams > 0 &&
      `${count(streams)} streams were ended for what they sent, or to make room: sidelight_streams_refused_total says why.`,
  ];
  return said.filter((one): one is string => typeof one === "string");
}

function waiting({ oldestWaitingSeconds, bytesWaiting, oldestWaitingByShard = [] }: WriterStats): string | null {
  if (oldestWaitingSeconds < WAITING_MAX_S) return null;
  const size = (bytesWaiting / MIB).toFixed(1);
  const late = oldestWaitingByShard.flatMap((seconds, i) => (seconds < WAITING_MAX_S ? [] : [i + 1]));
  const who = late.length === 0 ? "ClickHouse" : `ClickHouse (shard ${late.join(", ")} of ${oldestWaitingByShard.length})`;
  return `${who} has not taken inserts for ${Math.round(oldestWaitingSeconds)} s: ${size} MiB wait in the spool. Nothing is lost yet.`;
}

function different(difference: number): string {
  return difference > 0
    ? `${count(difference)} reports came in and are neither stored nor waiting: rows are missing in ClickHouse, or batches in the spool.`
    : `ClickHouse holds ${count(-difference)} reports more than came in: some are counted twice.`;
}

function sumOf(counters: Readonly<Record<string, number>>, prefix: string): number {
  return Object.entries(counters).reduce((sum, [key, value]) => (key.startsWith(prefix) ? sum + value : sum), 0);
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
