import { expect, test } from "vitest";
import type { IngestStatus } from "../../../../oap/model/ipc.ts";
import { Durations } from "../../../../oap/telemetry/durations.ts";
import { problemsOf } from "../../../../oap/telemetry/problems.ts";
import { type AuditResult, exposition, type OtherProcess, type WriterStats } from "../../../../oap/telemetry/self-metrics.ts";
import { StorageStats } from "../../../../oap/telemetry/storage-metrics.ts";
import { exposedProblems } from "../../../harness/exposition.ts";

const HEALTH = { eventLoopDelaySeconds: 0.004, residentMemoryBytes: 100, cpuSeconds: 2 };
const QUIET: WriterStats = {
  batchesInserted: 3,
  entriesInserted: 90,
  rowsByTable: { traffic_minute: 70, service_meta: 2 },
  insertMs: 1_500,
  retries: 0,
  batchesRefused: 0,
  entriesRefused: 0,
  segmentsDamaged: 0,
  entriesDamaged: 0,
  batchesDropped: 0,
  entriesDropped: 0,
  logRowsDropped: 0,
  bytesWaiting: 0,
  oldestWaitingSeconds: 0,
};

const AUDIT: AuditResult = { difference: 0, comparedAtMs: 90_000, differentSinceMs: null };
const NOW = 1_000_000;

function status(counters: Record<string, number>, index = 0, flushes = new Durations()): IngestStatus {
  const spool = { part: `ingest-${index}`, epoch: 1, closedSequence: 0, entriesClosed: 0 };
  return { proxies: [], health: HEALTH, counters, spool, flushes: flushes.snapshot() };
}

/** Nothing was looked at. */
const STORAGE = new StorageStats(0);

test("every number is under its Prometheus name, by process and by what it is", async () => {
  const flushes = new Durations();
  for (const seconds of [0.001, 0.003, 0.3, 60]) flushes.observe(seconds);
  const ingest = [
    status({
      alsHttp: 5,
      alsTcp: 2,
      reports: 8,
      spoolFailures: 1,
      batchesRecovered: 2,
      entriesDurable: 6,
      entriesPending: 2,
      intermediate: 1,
      refused_entry_varint: 3,
    }),
    status({ alsHttp: 1, refused_message_truncated: 4, endpointsOverflowed: 7, slots: 11, strings: 12 }, 1, flushes),
  ];
  const others: OtherProcess[] = [
    { process: "main", health: HEALTH, counters: { tokensRefused: 2 } },
    { process: "supervisor", health: HEALTH, counters: { socketsRefused: 1 } },
    { process: "clickhouse", health: { residentMemoryBytes: 300, cpuSeconds: 4 }, counters: { restarts: 2, tokensWithdrawn: 3 } },
  ];
  const text = await exposition({ ingest, writer: QUIET, others, audit: { ...AUDIT, difference: -3 }, storage: STORAGE });
  const lines = text.split("\n");
  for (const line of [
    'sidelight_spool_write_failures_total{process="ingest-0"} 1',
    'sidelight_spool_batches_recovered_total{process="ingest-0"} 2',
    "sidelight_clickhouse_restarts_total 2",
    "sidelight_clickhouse_inserts_withdrawn_total 3",
    'sidelight_entries_total{process="ingest-0",protocol="envoy_als",kind="http"} 5',
    'sidelight_entries_total{process="ingest-0",protocol="envoy_als",kind="tcp"} 2',
    'sidelight_entries_skipped_total{process="ingest-0",reason="varint"} 3',
    'sidelight_entries_skipped_total{process="ingest-0",reason="intermediate"} 1',
    'sidelight_messages_refused_total{process="ingest-1",reason="message_truncated"} 4',
    'sidelight_bound_hits_total{process="ingest-1",bound="endpoints"} 7',
    'sidelight_bound_hits_total{process="main",bound="query_tokens"} 2',
    'sidelight_bound_hits_total{process="supervisor",bound="held_connections"} 1',
    "# TYPE sidelight_flush_duration_seconds histogram",
    'sidelight_flush_duration_seconds_bucket{process="ingest-1",le="0.001"} 1',
    'sidelight_flush_duration_seconds_bucket{process="ingest-1",le="0.005"} 2',
    'sidelight_flush_duration_seconds_bucket{process="ingest-1",le="10"} 3',
    'sidelight_flush_duration_seconds_bucket{process="ingest-1",le="+Inf"} 4',
    'sidelight_flush_duration_seconds_sum{process="ingest-1"} 60.304',
    'sidelight_flush_duration_seconds_count{process="ingest-1"} 4',
    'sidelight_slots{process="ingest-1"} 11',
    'sidelight_interner_strings{process="ingest-1"} 12',
    'sidelight_rows_inserted_total{table="traffic_minute"} 70',
    "sidelight_insert_seconds_total 1.5",
    "sidelight_audit_difference -3",
    "sidelight_audit_timestamp_seconds 90",
    'sidelight_event_loop_delay_seconds{process="main"} 0.004',
    'sidelight_process_resident_memory_bytes{process="ingest-1"} 100',
    'sidelight_process_resident_memory_bytes{process="supervisor"} 100',
    'sidelight_process_resident_memory_bytes{process="clickhouse"} 300',
  ])
    expect(lines).toContain(line);
  expect(exposedProblems(text)).toEqual([]);
});

test("an operator is told in words what is dropped or held back, and nothing while all is well", () => {
  const quiet = { ingest: [status({ reports: 9, entriesDurable: 9 })], writer: QUIET, audit: AUDIT, storage: STORAGE };
  expect(problemsOf(quiet, NOW)).toEqual([]);
  expect(problemsOf({ ingest: [], writer: null, audit: AUDIT, storage: STORAGE }, NOW)).toEqual([]);
  const one = (counters: Record<string, number>, writer: Partial<WriterStats> = {}): string =>
    problemsOf({ ...quiet, ingest: [status(counters), status(counters)], writer: { ...QUIET, ...writer } }, NOW).join();
  expect(one({ entriesLost: 600 })).toMatch(/^1,200 reports were lost because the spool/);
  expect(one({}, { entriesDropped: 7 })).toMatch(/^7 reports were dropped.*spool\.maxBytes/);
  expect(one({}, { batchesRefused: 1, entriesRefused: 9 })).toMatch(/refused 1 batches with 9 reports.*spool\/refused/);
  expect(one({}, { oldestWaitingSeconds: 45, bytesWaiting: 3 << 20 })).toMatch(/for 45 s: 3\.0 MiB wait.*Nothing is lost yet/);
  expect(one({}, { segmentsDamaged: 2 })).toMatch(/^2 parts/);
  expect(one({ memoryPauses: 1 })).toMatch(/memory\.maxBytes/);
  expect(one({ workloadsOverflowed: 1 })).toMatch(/services\.max/);
  expect(one({ endpointsOverflowed: 1 })).toMatch(/endpoints\.perService/);
  expect(one({ refused_entry_varint: 1 })).toMatch(/^2 entries or messages could not be read/);
});

test("a difference of the audit is told when it has stayed for more than a minute, and which way it is", () => {
  const told = (difference: number, sinceMs: number): string => {
    const audit = { ...AUDIT, difference, differentSinceMs: NOW - sinceMs };
    return problemsOf({ ingest: [], writer: null, audit, storage: STORAGE }, NOW).join();
  };
  expect(told(1_200, 59_000)).toBe("");
  expect(told(1_200, 61_000)).toMatch(/^1,200 reports came in and are neither stored nor waiting/);
  expect(told(-5, 61_000)).toMatch(/^ClickHouse holds 5 reports more than came in/);
});
