/** meshStorage: what is told of the tables of a real ClickHouse. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { QueryContext } from "../../query/context.ts";
import { readShard } from "../../query/readers/storage.ts";
import { storage } from "../../query/resolvers/storage.ts";
import { storageOf } from "../builders/storage-reader.ts";
import { KEEP_ALL } from "../harness/clickhouse.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const NOW = Date.parse("2026-03-20T12:00:00Z");
const QUESTION = `{ meshStorage { now engine version freeBytes totalBytes minFreeBytes rows bytes uncompressedBytes bytesPerDay daysUntilFull settlesAtBytes
  shards { name freeBytes } spool { bytesWaiting oldestWaitingSeconds }
  tables { name kind rows bytes uncompressedBytes oldest newest bytesPerDay retentionDays }
  dropped { at shard table kind rows bytes oldest newest } } }`;

interface Table {
  readonly name: string;
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
}

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-20T12:00:00Z" });
  await query.traffic(
    ...["2026-03-18 12:00:00", "2026-03-19 12:00:00", "2026-03-20 11:00:00"].map((minute) => ({
      scope: "service" as const,
      service: "cart",
      minute,
      calls: 3,
      latencies: [10, 20, 30],
    })),
  );
  const logs = (kept: string, rows: number): object[] =>
    Array.from({ length: rows }, (_, i) => ({ time: `2026-03-19 10:00:${10 + i}`, kept, service: "cart", path: `/orders/${i}` }));
  await query.insert("access_log", [...logs("rest", 30), ...logs("failed", 5), ...logs("slow", 4), ...logs("context", 3)]);
  await query.insert("storage_event", [
    {
      time: "2026-03-20 08:00:00",
      table: "access_log",
      kind: "rest",
      rows: 9,
      bytes: 900,
      oldest: 60,
      newest: 120,
      free_bytes: 5,
    },
    { time: "2026-03-20 09:00:00", table: "traffic_minute", rows: 1, bytes: 10, oldest: 60, newest: 60, free_bytes: 5 },
  ]);
});
afterAll(() => query.close());

test("every table with its rows, bytes, span, pace and lifetime; access logs by what they were kept for", async () => {
  const { data } = await query.gql(QUESTION);
  const { tables, ...whole } = data.meshStorage;
  expect(whole).toMatchObject({ now: NOW, engine: "embedded", freeBytes: 50_000, totalBytes: 100_000, minFreeBytes: 1_000 });
  expect(whole.version).toMatch(/^\d+\.\d+/);
  expect(whole.spool).toEqual({ bytesWaiting: 7, oldestWaitingSeconds: 1.5 });
  const of = (name: string, kind = "") => tables.find((one: Table) => one.name === name && one.kind === kind);
  expect(of("traffic_minute")).toMatchObject({
    rows: 3,
    oldest: Date.parse("2026-03-18T12:00:00Z"),
    newest: Date.parse("2026-03-20T11:00:00Z"),
    retentionDays: null, // storage.ttl is off here
  });
  expect(of("traffic_minute").bytesPerDay).toBeCloseTo(of("traffic_minute").bytes / 2, 0); // two days of it
  const kept = ["rest", "failed", "slow", "context"].map((kind) => of("access_log", kind).rows);
  expect([...kept, of("traffic_day").rows]).toEqual([30, 5, 4, 3, 3]);
  for (const column of ["rows", "bytes", "uncompressedBytes"] as const) {
    expect([column, whole[column]]).toEqual([
      column,
      tables.reduce((sum: number, one: Record<string, number>) => sum + (one[column] ?? 0), 0),
    ]);
  }
  const [parts] = await query.engine.query<{ bytes: number }>(
    "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE database = currentDatabase() AND active AND rows > 0",
    {},
  );
  expect(whole.bytes).toBe(parts?.bytes);
});

test("how long the room lasts when nothing expires: free space less what is kept free, over the pace", async () => {
  const { bytesPerDay, daysUntilFull, settlesAtBytes } = (await query.gql(QUESTION)).data.meshStorage;
  expect(daysUntilFull).toBeCloseTo(49_000 / bytesPerDay, 6);
  expect(settlesAtBytes).toBeNull();
});

test("each kind of access logs has its lifetime and its pace", async () => {
  const retention = { ...KEEP_ALL, ttl: "on", accessLogDays: 3, failedAccessLogDays: 14 } as const;
  const [shard] = storageOf(query.engine).shards();
  const { tables } = await readShard(shard!, retention, NOW);
  const days = tables.filter(({ name }) => name === "access_log").map(({ kind, retentionDays }) => [kind, retentionDays]);
  expect(Object.fromEntries(days)).toEqual({ failed: 14, slow: 14, context: 14, rest: 3 });
  expect(tables.every(({ name, bytesPerDay }) => name !== "access_log" || (bytesPerDay ?? 0) > 0)).toBe(true);
});

test("what was dropped, newest first", async () => {
  expect((await query.gql(QUESTION)).data.meshStorage.dropped).toEqual([
    { at: NOW - 3 * 3_600_000, shard: "", table: "traffic_minute", kind: "", rows: 1, bytes: 10, oldest: 60_000, newest: 60_000 },
    {
      at: NOW - 4 * 3_600_000,
      shard: "",
      table: "access_log",
      kind: "rest",
      rows: 9,
      bytes: 900,
      oldest: 60_000,
      newest: 120_000,
    },
  ]);
});

test("of several shards: sums, the room of the one with the least, and the one that is away is told", async () => {
  const disk = (freeBytes: number) => async () => ({ freeBytes, totalBytes: 100_000 });
  const away: SqlReader = { query: () => Promise.reject(new Error("away")) };
  const shards = [
    { name: "1", sql: query.engine, space: disk(50_000) },
    { name: "2", sql: query.engine, space: disk(20_000) },
    { name: "3", sql: away, space: disk(1) },
  ];
  const sharded = storageOf(query.engine, { engine: "cluster", shards: () => shards });
  const context = { sql: query.engine, storage: sharded, clock: query.clock, retention: KEEP_ALL } as unknown as QueryContext;
  const [answer, alone] = [await storage.Query.meshStorage(null, null, context), (await query.gql(QUESTION)).data.meshStorage];
  expect([answer.engine, answer.rows, answer.bytes, answer.freeBytes]).toEqual([
    "cluster",
    2 * alone.rows,
    2 * alone.bytes,
    20_000,
  ]);
  expect(answer.shards.map((one) => [one.name, one.freeBytes ?? null])).toEqual([
    ["1", 50_000],
    ["2", 20_000],
    ["3", null],
  ]); // prettier-ignore
  expect(answer.bytesPerDay).toBeCloseTo(2 * alone.bytesPerDay, 6);
  expect(answer.daysUntilFull).toBeCloseTo((2 * 19_000) / answer.bytesPerDay!, 6); // two that answer share what comes
});
