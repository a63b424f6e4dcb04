/** Our own counters in Prometheus' text format, from what the processes told. */
import { Counter, Gauge, Registry } from "prom-client";
import type { DurationCounts, IngestStatus, ProcessHealth } from "../model/ipc.ts";
import { BOUNDS } from "./bounds.ts";
import { addSecurity } from "./security-metrics.ts";
import { addStorage, type StorageStats } from "./storage-metrics.ts";

/** A process besides the ingest ones: main, supervisor, clickhouse. */
export interface OtherProcess {
  readonly process: string;
  /** Null when it cannot be known now; ClickHouse has no event loop. */
  readonly health: (Pick<ProcessHealth, "residentMemoryBytes" | "cpuSeconds"> & Partial<ProcessHealth>) | null;
  readonly counters: Readonly<Record<string, number>>;
}

export interface AuditResult {
  readonly difference: number;
  /** ms since the Unix epoch; null before the first comparison with what is stored. */
  readonly comparedAtMs: number | null;
  readonly differentSinceMs: number | null;
}

/** All that the processes of this node told. */
export interface SelfStatus {
  readonly ingest: readonly IngestStatus[];
  /** Null while storage is not open. */
  readonly writer: WriterStats | null;
  readonly others: readonly OtherProcess[];
  readonly audit: AuditResult;
  /** What the disk guard saw. */
  readonly storage: StorageStats;
}

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
  readonly entriesDamaged: number;
  readonly batchesDropped: number;
  readonly entriesDropped: number;
  readonly logRowsDropped: number;
  readonly bytesWaiting: number;
  readonly oldestWaitingSeconds: number;
  /** Of a cluster, the same for each shard. */
  readonly oldestWaitingByShard?: readonly number[];
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
  spoolFailures: ["sidelight_spool_write_failures_total", "Hand-overs that could not be written to the spool."],
  batchesRecovered: [
    "sidelight_spool_batches_recovered_total",
    "Batches that a process before had left open, closed at the start.",
  ],
  peersUndecodable: ["sidelight_peers_undecodable_total", "Peer objects that could not be read; their entries count."],
};

/** The same of a process besides the ingest ones. */
const OTHER_COUNTERS: Readonly<Record<string, readonly [string, string]>> = {
  restarts: ["sidelight_clickhouse_restarts_total", "Times the embedded ClickHouse died by itself and was replaced."],
  tokensWithdrawn: [
    "sidelight_clickhouse_inserts_withdrawn_total",
    "Inserts that a killed ClickHouse had noted and not made; they were made again.",
  ],
};

/** Counter -> protocol and kind of the entries it counts. */
const ENTRIES: Readonly<Record<string, readonly [string, string]>> = {
  alsHttp: ["envoy_als", "http"],
  alsTcp: ["envoy_als", "tcp"],
  meshHttp: ["skywalking_mesh", "http"],
  meshTcp: ["skywalking_mesh", "tcp"],
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
  logRowsOverflowed: ["any", "full"],
};

/** Entries that were read and made no report, besides those refused. */
const SKIPPED = ["intermediate", "unresolved"];
const REFUSED = "refused_";
const REFUSED_ENTRY = "refused_entry_";
export const REFUSED_STREAM = "refused_stream_";

export function exposition({ ingest, writer, others, audit, storage }: SelfStatus): Promise<string> {
  const registry = new Registry();
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const named = ingest.map((status) => ({ ...status, process: status.spool.part }));

  for (const [key, [name, help]] of Object.entries(COUNTERS)) {
    const metric = counter(name, help, "process");
    for (const { process, counters } of named) metric.inc({ process }, counters[key] ?? 0);
  }
  for (const [key, [name, help]] of Object.entries(OTHER_COUNTERS)) {
    const telling = others.filter(({ counters }) => counters[key] !== undefined);
    if (telling.length === 0) continue;
    const metric = counter(name, help);
    for (const { counters } of telling) metric.inc(counters[key] ?? 0);
  }
  const entries = counter("sidelight_entries_total", "Entries received.", "process", "protocol", "kind");
  const skipped = counter("sidelight_entries_skipped_total", "Entries that made no report, by reason.", "process", "reason");
  const refused = counter("sidelight_messages_refused_total", "Messages refused, by reason.", "process", "reason");
  const ended = counter(
    "sidelight_streams_refused_total",
    "Streams and connections refused or ended, by reason.",
    "process",
    "reason",
  );
  const bounds = counter("sidelight_bound_hits_total", "Times a bound was hit; each has its policy.", "process", "bound");
  for (const { process, counters } of [...named, ...others]) {
    for (const [key, { bound }] of Object.entries(BOUNDS)) {
      const hits = counters[key];
      if (hits !== undefined) bounds.inc({ process, bound }, hits);
    }
  }
  for (const { process, counters } of named) {
    for (const [key, [protocol, kind]] of Object.entries(ENTRIES)) entries.inc({ process, protocol, kind }, counters[key] ?? 0);
    for (const reason of SKIPPED) skipped.inc({ process, reason }, counters[reason] ?? 0);
    for (const [key, count] of Object.entries(counters)) {
      if (key.startsWith(REFUSED_ENTRY)) skipped.inc({ process, reason: key.slice(REFUSED_ENTRY.length) }, count);
      else if (key.startsWith(REFUSED_STREAM)) ended.inc({ process, reason: key.slice(REFUSED_STREAM.length) }, count);
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
  addDurations(registry, "sidelight_flush_duration_seconds", "Time that hand-overs took, from memory to fsync.", named);
  gauge(
    "sidelight_audit_difference",
    "Reports that came in less those stored, waiting or counted as lost: above 0 some are missing, below 0 some count twice.",
  ).set(audit.difference);
  gauge("sidelight_audit_timestamp_seconds", "When that was last compared with what is stored; 0: not yet.").set(
    (audit.comparedAtMs ?? 0) / 1_000,
  );
  if (writer !== null) addWriter(writer, counter, gauge, dropped);
  addStorage(storage, counter, gauge);
  addSecurity(registry, [...named, ...others]);
  addHealth([...named, ...others], counter, gauge);
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
  dropped.inc({ what: "entries", reason: "damaged" }, writer.entriesDamaged);
  dropped.inc({ what: "segments", reason: "damaged" }, writer.segmentsDamaged);
  const rows = counter("sidelight_rows_inserted_total", "Rows inserted, by table.", "table");
  for (const [table, count] of Object.entries(writer.rowsByTable)) rows.inc({ table }, count);
  counter("sidelight_entries_inserted_total", "Reports in the batches inserted.").inc(writer.entriesInserted);
  counter("sidelight_batches_inserted_total", "Batches inserted.").inc(writer.batchesInserted);
  counter("sidelight_insert_seconds_total", "Time that inserts took.").inc(writer.insertMs / 1_000);
  counter("sidelight_insert_retries_total", "Inserts tried again because ClickHouse was away or busy.").inc(writer.retries);
  gauge("sidelight_spool_bytes", "Bytes of closed batches that wait to be inserted.").set(writer.bytesWaiting);
  gauge("sidelight_spool_oldest_seconds", "Age of the oldest of them.").set(writer.oldestWaitingSeconds);
  if (writer.oldestWaitingByShard === undefined) return;
  const byShard = gauge(
    "sidelight_shard_oldest_seconds",
    "Age of the oldest batch that waits for a shard of the cluster.",
    "shard",
  );
  for (const [i, seconds] of writer.oldestWaitingByShard.entries()) byShard.set({ shard: String(i + 1) }, seconds);
}

function addHealth(
  processes: readonly Pick<OtherProcess, "process" | "health">[],
  counter: Make<Counter>,
  gauge: Make<Gauge>,
): void {
  const delay = gauge("sidelight_event_loop_delay_seconds", "The longest of five looks within the last second.", "process");
  const memory = gauge("sidelight_process_resident_memory_bytes", "Resident memory.", "process");
  const cpu = counter("sidelight_process_cpu_seconds_total", "CPU time, user and system.", "process");
  for (const { process, health } of processes) {
    if (health === null) continue;
    if (health.eventLoopDelaySeconds !== undefined) delay.set({ process }, health.eventLoopDelaySeconds);
    memory.set({ process }, health.residentMemoryBytes);
    cpu.inc({ process }, health.cpuSeconds);
  }
}

/** A histogram of durations that were counted elsewhere: prom-client's own can only observe. */
function addDurations(
  registry: Registry,
  name: string,
  help: string,
  processes: readonly { readonly process: string; readonly flushes: DurationCounts }[],
): void {
  const values = processes.flatMap(({ process, flushes: { buckets, sumSeconds, count } }) => [
    ...buckets.map(({ seconds, count: within }) => ({
      metricName: `${name}_bucket`,
      labels: { process, le: String(seconds) },
      value: within,
    })),
    { metricName: `${name}_bucket`, labels: { process, le: "+Inf" }, value: count },
    { metricName: `${name}_sum`, labels: { process }, value: sumSeconds },
    { metricName: `${name}_count`, labels: { process }, value: count },
  ]);
  const metric = { name, get: async () => ({ name, help, type: "histogram", values }) };
  registry.registerMetric(metric as never);
}
