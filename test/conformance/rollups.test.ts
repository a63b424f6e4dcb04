/** Hours and days made of minutes, on a real ClickHouse: nothing twice, nothing missing, whenever it comes. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DeltaBlock } from "../../oap/model/batch.ts";
import { serviceId } from "../../oap/model/entity.ts";
import { bucketMidpointUs } from "../../oap/model/histogram.ts";
import { encodeNative } from "../../oap/storage/native.ts";
import { block, MINUTE } from "../builders/delta.ts";
import { failures } from "../builders/failures.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const DAY_S = 86_400;
const TRAFFIC = ["traffic_minute", "traffic_hour", "traffic_day"];
const FAILURES = ["failure_minute", "failure_hour", "failure_day"];

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T10:30:00Z" });
});
afterAll(() => query.close());
beforeEach(async () => {
  for (const table of [...TRAFFIC, ...FAILURES]) await query.engine.command("TRUNCATE TABLE {table:Identifier}", { table });
});

async function insert(one: DeltaBlock, token: string): Promise<void> {
  const names = one.columns.map(({ name }) => name);
  await query.engine.insert(one.table, names, encodeNative(one), token);
}

/** Calls in each table, and in how many steps. */
async function stored(tables: readonly string[]): Promise<[number, number][]> {
  const rows = tables.map((table) =>
    query.engine.query<{ calls: number; steps: number }>(
      `SELECT sum(calls) AS calls, uniqExact(minute) AS steps FROM ${table}`,
      {},
    ),
  );
  return (await Promise.all(rows)).map(([row]) => [row?.calls ?? 0, row?.steps ?? 0]);
}

test("hours and days of failures have the columns of their minutes, in a sort key of the same columns", async () => {
  const columns = (table: string): Promise<unknown[]> =>
    query.engine.query(
      "SELECT name, type, is_in_sorting_key FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
      { table },
    );
  const minutes = await columns("failure_minute");
  expect(minutes.length).toBeGreaterThan(10);
  for (const table of FAILURES) expect([table, await columns(table)]).toEqual([table, minutes]);
});

test("a failure inserted again under its token counts once in minutes, hours and days", async () => {
  const one = failures(["cart", "cart", "db"], [MINUTE, MINUTE + 60, MINUTE + 3_600]);
  for (let attempt = 0; attempt < 3; attempt++) await insert(one, "same");
  expect(await stored(FAILURES)).toEqual([
    [3, 3],
    [3, 2],
    [3, 1],
  ]);
  await insert(one, "another");
  expect((await stored(FAILURES)).map(([calls]) => calls)).toEqual([6, 6, 6]);
});

test("a batch that is replayed after its minutes were dropped for want of room counts once in hours and days", async () => {
  const inserts = async (): Promise<void> => {
    await insert(block(["cart"], 2), "replayed calls");
    await insert(failures(["cart"], [MINUTE]), "replayed failures");
  };
  await inserts();
  for (const table of ["traffic_minute", "failure_minute"]) {
    await query.engine.command("ALTER TABLE {table:Identifier} DROP PARTITION ID '20260301'", { table });
  }
  expect((await stored([...TRAFFIC, ...FAILURES])).map(([calls]) => calls)).toEqual([0, 2, 2, 0, 1, 1]);
  await inserts();
  expect((await stored([...TRAFFIC.slice(1), ...FAILURES.slice(1)])).map(([calls]) => calls)).toEqual([2, 2, 1, 1]);
});

test("calls and failures that come days late are added to the hour and the day they belong to", async () => {
  const late = MINUTE - 5 * DAY_S;
  for (const [at, token] of [
    [MINUTE, "now"],
    [late, "late"],
    [late + 60, "later"],
    [late, "late"],
  ] as const) {
    await insert(block(["cart"], 2, [at]), `calls ${token}`);
    await insert(failures(["cart"], [at]), `failures ${token}`);
  } // prettier-ignore
  const expected = (calls: number): [number, number][] => [
    [3 * calls, 3],
    [3 * calls, 2],
    [3 * calls, 2],
  ];
  expect(await stored(TRAFFIC)).toEqual(expected(2));
  expect(await stored(FAILURES)).toEqual(expected(1));
});

test("the percentiles of a year, read from its days, are those of the histograms of all its minutes", async () => {
  const from = Date.parse("2025-03-01T00:00:00Z") / 1_000;
  const days = 364;
  // A value every five minutes: 105,000 rows, 25 buckets each, slower and busier as the year goes on.
  const GENERATE = `INSERT INTO traffic_minute (scope, service, normal, minute, calls, timed, latency_histogram)
    SETTINGS async_insert = 0, max_partitions_per_insert_block = 0
    SELECT 'service', 'cart', 1, toDateTime({from:UInt32} + number * 300, 'UTC'), arraySum(counts) AS calls, calls,
      mapFromArrays(arrayMap(i -> toUInt16(400 + intDiv(number, 9000) + i * (1 + number % 3)), range(25)), counts)
    FROM (SELECT number, arrayMap(i -> toUInt64(1 + cityHash64(number, i) % (5 + intDiv(number, 2000))), range(25)) AS counts
      FROM numbers({first:UInt32}, {count:UInt32}))`;
  for (let day = 0; day < days; day += 52) {
    await query.engine.command(GENERATE, { from, first: day * 288, count: 52 * 288 });
  }
  const histogram = async (table: string): Promise<Record<string, number>> =>
    (await query.engine.query<{ sums: Record<string, number> }>(`SELECT sumMap(latency_histogram) AS sums FROM ${table}`, {}))[0]
      ?.sums ?? {};
  const raw = await histogram("traffic_minute");
  expect(Object.keys(raw).length).toBeGreaterThan(50);
  expect(await histogram("traffic_hour")).toEqual(raw);
  expect(await histogram("traffic_day")).toEqual(raw);

  const window = { from: from * 1_000, to: (from + days * DAY_S) * 1_000 };
  await query.insert("service_meta", [{ service: "cart", normal: 1, layer: "MESH", first_seen: from, last_seen: from }]);
  const { data } = await query.gql(
    "query ($id: ID!, $window: Window!) { meshService(id: $id, window: $window) { traffic { calls p50 p75 p90 p95 p99 } series { stepMs calls } } }",
    { id: serviceId("cart"), window },
  );
  const { traffic, series } = data.meshService;
  const counts = Object.entries(raw).map(([bucket, count]): [number, number] => [Number(bucket), count]);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  expect(traffic.calls).toBe(total);
  expect([series.stepMs, series.calls.length]).toEqual([7 * DAY_S * 1_000, 53]);
  for (const [name, share] of [
    ["p50", 0.5],
    ["p75", 0.75],
    ["p90", 0.9],
    ["p95", 0.95],
    ["p99", 0.99],
  ] as const) {
    expect([name, traffic[name]]).toEqual([name, bucketMidpointUs(quantile(counts, share * total)) / 1_000]);
  } // prettier-ignore
});

/** The bucket in which the given number of values is reached. */
function quantile(counts: readonly (readonly [number, number])[], values: number): number {
  let below = 0;
  for (const [bucket, count] of counts.toSorted(([a], [b]) => a - b)) {
    below += count;
    if (below >= values) return bucket;
  }
  return 0;
}
