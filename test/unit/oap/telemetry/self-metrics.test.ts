import { expect, test } from "vitest";
import type { IngestStatus } from "../../../../oap/model/ipc.ts";
import { problemsOf } from "../../../../oap/telemetry/problems.ts";
import { exposition, type WriterStats } from "../../../../oap/telemetry/self-metrics.ts";

const HEALTH = { eventLoopDelaySeconds: 0.004, residentMemoryBytes: 100, cpuSeconds: 2, uptimeSeconds: 9 };
const QUIET: WriterStats = {
  batchesInserted: 3,
  entriesInserted: 90,
  rowsByTable: { traffic_minute: 70, service_meta: 2 },
  insertMs: 1_500,
  retries: 0,
  batchesRefused: 0,
  entriesRefused: 0,
  segmentsDamaged: 0,
  batchesDropped: 0,
  entriesDropped: 0,
  logRowsDropped: 0,
  bytesWaiting: 0,
  oldestWaitingSeconds: 0,
};

function status(counters: Record<string, number>): IngestStatus {
  return { proxies: [], health: HEALTH, counters };
}

test("every number is under its Prometheus name, by process and by what it is", async () => {
  const ingest = [
    status({ alsHttp: 5, alsTcp: 2, reports: 8, entriesDurable: 6, entriesPending: 2, intermediate: 1, refused_entry_varint: 3 }),
    status({ alsHttp: 1, refused_message_truncated: 4, endpointsOverflowed: 7, flushSeconds: 0.5, flushes: 10, slots: 11 }),
  ];
  const lines = (await exposition(ingest, QUIET, HEALTH)).split("\n");
  for (const line of [
    'sidelight_entries_total{process="ingest-0",protocol="envoy_als",kind="http"} 5',
    'sidelight_entries_total{process="ingest-0",protocol="envoy_als",kind="tcp"} 2',
    'sidelight_entries_skipped_total{process="ingest-0",reason="varint"} 3',
    'sidelight_entries_skipped_total{process="ingest-0",reason="intermediate"} 1',
    'sidelight_messages_refused_total{process="ingest-1",reason="message_truncated"} 4',
    'sidelight_bound_hits_total{process="ingest-1",bound="endpoints"} 7',
    'sidelight_flush_duration_seconds_sum{process="ingest-1"} 0.5',
    'sidelight_slots{process="ingest-1"} 11',
    'sidelight_rows_inserted_total{table="traffic_minute"} 70',
    "sidelight_insert_seconds_total 1.5",
    "sidelight_audit_difference 0",
    'sidelight_event_loop_delay_seconds{process="main"} 0.004',
    'sidelight_process_resident_memory_bytes{process="ingest-1"} 100',
  ])
    expect(lines).toContain(line);
});

test("the audit tells reports that are nowhere", async () => {
  const text = await exposition([status({ reports: 10, entriesDurable: 6, entriesPending: 1, entriesLost: 1 })], null);
  expect(text).toContain("sidelight_audit_difference 2\n");
});

test("an operator is told in words what is dropped or held back, and nothing while all is well", () => {
  expect(problemsOf([status({ reports: 9, entriesDurable: 9 })], QUIET)).toEqual([]);
  expect(problemsOf([], null)).toEqual([]);
  const one = (counters: Record<string, number>, writer: Partial<WriterStats> = {}): string =>
    problemsOf([status(counters), status(counters)], { ...QUIET, ...writer }).join();
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
