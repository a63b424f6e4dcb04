/** Our own counters in Prometheus' text format, from what the processes told. */
import { Counter, Gauge, Registry } from "prom-client";
import type { IngestStatus, ProcessHealth } from "../model/ipc.ts";

/** What main's writer counts; all but the last two only grow. */
export interface WriterStats {
  readonly batchesInserted: number;
  readonly entriesInserted: number;
  readonly rowsByTable: Readonly<Record<string, number>>;
  readonly insertMs: number;
  readonly retries: number;
  readonly batchesRefused: number;
  readonly entriesRefused: number;
  readonly segmentsDamaged: number;
  readonly batchesDropped: number;
  readonly entriesDropped: number;
  readonly logRowsDropped: number;
  readonly bytesWaiting: number;
  readonly oldestWaitingSeconds: number;
}

/** Counter of an ingest process -> name and help of the metric. */
const COUNTERS: Readonly<Record<string, readonly [string, string]>> = {
  messages: ["sidelight_messages_total", "Messages received."],
  bytes: ["sidelight_message_bytes_total", "Bytes of messages received."],
  reports: ["sidelight_reports_total", "Reports of calls made of entries: none, one or two of each."],
  clockSkewed: ["sidelight_entries_clock_total", "Reports with an implausible start, booked on the minute of receipt."],
  streamsOpened: ["sidelight_streams_opened_total", "Streams opened."],
  entriesDurable: ["sidelight_entries_durable_total", "Reports fsynced in the spool."],
  batchesClosed: ["sidelight_batches_closed_total", "Batches closed for insert."],
  spoolBytes: ["sidelight_spool_written_bytes_total", "Bytes written to the spool."],
  peersUndecodable: ["sidelight_peers_undecodable_total", "Peer objects that could not be read; their entries count."],
  flushSeconds: ["sidelight_flush_duration_seconds_sum", "Time that hand-overs took, from memory to fsync."],
  flushes: ["sidelight_flush_duration_seconds_count", "Hand-overs."],
};

/** Counter -> protocol and kind of the entries it counts. */
const ENTRIES: Readonly<Record<string, readonly [string, string]>> = {
  alsHttp: ["envoy_als", "http"],
  alsTcp: ["envoy_als", "tcp"],
  meshHttp: ["skywalking_mesh", "http"],
  meshTcp: ["skywalking_mesh", "tcp"],
};

/** Counter -> the bound that was hit. */
export const BOUNDS: Readonly<Record<string, string>> = {
  peersEvicted: "peers",
  streamsEvicted: "periodic_streams",
  proxiesEvicted: "proxies",
  workloadsOverflowed: "workloads",
  workloadsForgotten: "idle_workloads",
  endpointsOverflowed: "endpoints",
  positionsOverflowed: "path_positions",
  pairsFolded: "instance_pairs",
  pathsOverflowed: "paths",
  memoryPauses: "memory",
  failuresFolded: "failures",
  detailsOverflowed: "code_details",
  logRowsOverflowed: "log_rows",
  logTextsCut: "log_texts",
  logRecallOverflowed: "log_recall",
};

/** Counter -> as what rows of the access log were kept; class of entries that were not. */
const LOG_ROWS: Readonly<Record<string, string>> = {
  logRowsFailed: "failed",
  logRowsSlow: "slow",
  logRowsRest: "rest",
  logRowsContext: "context",
};
const LOG_NOT_KEPT: Readonly<Record<string, readonly [string, string]>> = {
  logNotKeptFailed: ["failed", "budget"],
  logNotKeptSlow: ["slow", "budget"],
  logNotKeptRest: ["rest", "budget"],
  logContextRefused: ["context", "budget"],
  logUnreadable: ["any", "unreadable"],
};

/** Entries that were read and made no report, besides those refused. */
const SKIPPED = ["intermediate", "unresolved"];
const REFUSED = "refused_";
const REFUSED_ENTRY = "refused_entry_";

/** Reports that came in and are neither durable, nor in memory, nor counted as lost: 0 unless we lie. */
export function auditDifference(ingest: readonly IngestStatus[]): number {
  return ingest.reduce((sum, { counters: of }) => {
    const known = (of["entriesDurable"] ?? 0) + (of["entriesPending"] ?? 0) + (of["entriesLost"] ?? 0);
    return sum + (of["reports"] ?? 0) - known;
  }, 0);
}

export function exposition(
  ingest: readonly IngestStatus[],
  writer: WriterStats | null,
  main: ProcessHealth | null = null,
): Promise<string> {
  const registry = new Registry();
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const named = ingest.map((status, index) => ({ ...status, process: `ingest-${index}` }));

  for (const [key, [name, help]] of Object.entries(COUNTERS)) {
    const metric = counter(name, help, "process");
    for (const { process, counters } of named) metric.inc({ process }, counters[key] ?? 0);
  }
  const entries = counter("sidelight_entries_total", "Entries received.", "process", "protocol", "kind");
  const skipped = counter("sidelight_entries_skipped_total", "Entries that made no report, by reason.", "process", "reason");
  const refused = counter("sidelight_messages_refused_total", "Messages refused, by reason.", "process", "reason");
  const bounds = counter("sidelight_bound_hits_total", "Times a bound was hit; each has its policy.", "process", "bound");
  for (const { process, counters } of named) {
    for (const [key, [protocol, kind]] of Object.entries(ENTRIES)) entries.inc({ process, protocol, kind }, counters[key] ?? 0);
    for (const reason of SKIPPED) skipped.inc({ process, reason }, counters[reason] ?? 0);
    for (const [key, bound] of Object.entries(BOUNDS)) bounds.inc({ process, bound }, counters[key] ?? 0);
    for (const [key, count] of Object.entries(counters)) {
      if (key.startsWith(REFUSED_ENTRY)) skipped.inc({ process, reason: key.slice(REFUSED_ENTRY.length) }, count);
      else if (key.startsWith(REFUSED)) refused.inc({ process, reason: key.slice(REFUSED.length) }, count);
    }
  }
  addLogs(named, counter, gauge);
  const streams = gauge("sidelight_streams", "Streams open now.", "process");
  const slots = gauge("sidelight_slots", "Entities touched since the last hand-over, one per minute.", "process");
  const strings = gauge("sidelight_interner_strings", "Names and paths held in memory.", "process");
  for (const { process, counters, proxies } of named) {
    streams.set(
      { process },
      proxies.reduce((sum, proxy) => sum + proxy.streams, 0),
    );
    slots.set({ process }, counters["slots"] ?? 0);
    strings.set({ process }, counters["strings"] ?? 0);
  }
  const dropped = counter("sidelight_dropped_total", "What was lost for good, and why.", "what", "reason");
  const lost = ingest.reduce((sum, { counters }) => sum + (counters["entriesLost"] ?? 0), 0);
  dropped.inc({ what: "entries", reason: "spool_write" }, lost);
  gauge("sidelight_audit_difference", "Reports that came in less those durable, in memory or counted as lost: 0, or we lie.").set(
    auditDifference(ingest),
  );
  if (writer !== null) addWriter(writer, counter, gauge, dropped);
  addHealth([...named, ...(main === null ? [] : [{ process: "main", health: main }])], counter, gauge);
  return registry.metrics();
}

function addLogs(
  processes: readonly { readonly process: string; readonly counters: IngestStatus["counters"] }[],
  counter: Make<Counter>,
  gauge: Make<Gauge>,
): void {
  const rows = counter("sidelight_log_rows_total", "Rows of the access log, by what they were kept as.", "process", "kept");
  const notKept = counter(
    "sidelight_log_entries_not_kept_total",
    "Entries that made no row of the access log, by class and reason; some were recalled later as rows of weight 0.",
    "process",
    "class",
    "reason",
  );
  const rate = gauge(
    "sidelight_log_rate_k",
    "One entry in 2^k makes a row: the least and the largest k in use.",
    "process",
    "of",
  );
  const recall = gauge("sidelight_log_recall_k", "One kept request in 2^k can have its other reports recalled.", "process");
  for (const { process, counters } of processes) {
    for (const [key, kept] of Object.entries(LOG_ROWS)) rows.inc({ process, kept }, counters[key] ?? 0);
    for (const [key, [kind, reason]] of Object.entries(LOG_NOT_KEPT))
      notKept.inc({ process, class: kind, reason }, counters[key] ?? 0);
    rate.set({ process, of: "least" }, counters["logRateLeast"] ?? 0);
    rate.set({ process, of: "most" }, counters["logRateMost"] ?? 0);
    recall.set({ process }, counters["logRecallK"] ?? 0);
  }
}

type Make<T> = (name: string, help: string, ...labelNames: string[]) => T;

function addWriter(writer: WriterStats, counter: Make<Counter>, gauge: Make<Gauge>, dropped: Counter): void {
  dropped.inc({ what: "entries", reason: "spool_full" }, writer.entriesDropped);
  dropped.inc({ what: "batches", reason: "spool_full" }, writer.batchesDropped);
  dropped.inc({ what: "log_rows", reason: "spool_full" }, writer.logRowsDropped);
  dropped.inc({ what: "entries", reason: "refused" }, writer.entriesRefused);
  dropped.inc({ what: "batches", reason: "refused" }, writer.batchesRefused);
  dropped.inc({ what: "segments", reason: "damaged" }, writer.segmentsDamaged);
  const rows = counter("sidelight_rows_inserted_total", "Rows inserted, by table.", "table");
  for (const [table, count] of Object.entries(writer.rowsByTable)) rows.inc({ table }, count);
  counter("sidelight_entries_inserted_total", "Reports in the batches inserted.").inc(writer.entriesInserted);
  counter("sidelight_batches_inserted_total", "Batches inserted.").inc(writer.batchesInserted);
  counter("sidelight_insert_seconds_total", "Time that inserts took.").inc(writer.insertMs / 1_000);
  counter("sidelight_insert_retries_total", "Inserts tried again because ClickHouse was away or busy.").inc(writer.retries);
  gauge("sidelight_spool_bytes", "Bytes of closed batches that wait to be inserted.").set(writer.bytesWaiting);
  gauge("sidelight_spool_oldest_seconds", "Age of the oldest of them.").set(writer.oldestWaitingSeconds);
}

function addHealth(
  processes: readonly { readonly process: string; readonly health: ProcessHealth }[],
  counter: Make<Counter>,
  gauge: Make<Gauge>,
): void {
  const delay = gauge("sidelight_event_loop_delay_seconds", "99th percentile over the last second.", "process");
  const memory = gauge("sidelight_process_resident_memory_bytes", "Resident memory.", "process");
  const cpu = counter("sidelight_process_cpu_seconds_total", "CPU time, user and system.", "process");
  for (const { process, health } of processes) {
    delay.set({ process }, health.eventLoopDelaySeconds);
    memory.set({ process }, health.residentMemoryBytes);
    cpu.inc({ process }, health.cpuSeconds);
  }
}
