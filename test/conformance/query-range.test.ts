/** A question about an hour reads the marks of that hour, also in parts that hold a whole day. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { sql, sqlByScope, sqlBySlices, sqlByTable } from "../../query/readers/sql.ts";
import { startClickHouse } from "../harness/clickhouse.ts";

const DAY_S = Date.parse("2026-05-01T00:00:00Z") / 1_000;
const FROM = DAY_S + 3 * 3_600;
const TO = FROM + 900;
const HOURS = 24;

let clickhouse: Awaited<ReturnType<typeof startClickHouse>>;

beforeAll(async () => {
  clickhouse = await startClickHouse();
  const { engine } = clickhouse;
  const insert = async (table: string, columns: string, select: string, rows: number): Promise<void> => {
    const params = { day: DAY_S, rows };
    const from = "FROM numbers({rows:UInt64}) SETTINGS async_insert = 0, min_insert_block_size_rows = 1000000";
    await engine.command(`INSERT INTO ${table} (${columns}) SELECT ${select} ${from}`, params);
    await engine.command(`OPTIMIZE TABLE ${table} FINAL`);
  };
  const minute = "toDateTime({day:UInt32} + intDiv(number * 86400, {rows:UInt64}), 'UTC')";
  const name = "concat('service-', toString(number))";
  await insert("traffic_minute", "scope, service, normal, minute, calls", `'service', ${name}, 1, ${minute}, 1`, HOURS * 2_048);
  await insert("failure_minute", "dest_service, service, minute, calls", `${name}, 'web', ${minute}, 1`, HOURS * 8_192);
  await insert("access_log", "time, kept, service, request_id", `${minute}, 'failed', ${name}, toString(number)`, HOURS * 8_192);
  const thirtyDays = "toDateTime({day:UInt32} + (number % 30) * 86400, 'UTC')";
  await insert("traffic_day", "scope, service, normal, minute, calls", `'service', ${name}, 1, ${thirtyDays}, 1`, 30 * 2_048);
}, 60_000);
afterAll(async () => await clickhouse.close());

async function marksOf(statement: string, params: object): Promise<number> {
  const text = statement
    .replaceAll(/^--.*\n/gm, "")
    .replace("{{log-filter}}", "")
    .replaceAll("{{caller}}", "caller");
  const explained = `SELECT * FROM (EXPLAIN ESTIMATE ${text})`;
  const rows = await clickhouse.engine.query<{ marks: number }>(explained, { ...params });
  return rows.reduce((sum, { marks }) => sum + marks, 0);
}

test("of minutes", async () => {
  const marks = await marksOf(sqlByTable("sparklines")("traffic_minute"), {
    table: "traffic_minute",
    from: FROM,
    to: TO,
    step: 60,
  });
  expect(marks).toBeGreaterThan(0);
  expect(marks).toBeLessThanOrEqual(9); // of 192: an hour of 2,048 rows
});

test("of two entities in an hour", async () => {
  const steps = sqlByScope("entity-sums", "buckets")("traffic_minute", "service");
  const services = [`service-${3 * 2_048 + 100}`, `service-${3 * 2_048 + 400}`];
  const range = { table: "traffic_minute", from: FROM, to: TO, step: 60 };
  const marks = await marksOf(steps, { ...range, services, normals: [1, 1] });
  expect(marks).toBeGreaterThan(0);
  expect(marks).toBeLessThanOrEqual(4); // those of the two, and their neighbours
});

test("of days", async () => {
  const range = { from: DAY_S + 86_400, to: DAY_S + 2 * 86_400 };
  const marks = await marksOf(sqlByTable("sparklines")("traffic_day"), { table: "traffic_day", step: 86_400, ...range });
  expect(marks).toBeGreaterThan(0);
  expect(marks).toBeLessThanOrEqual(9);
});

test("of failures", async () => {
  const by = { by_source: 0, by_destination: 0, by_endpoint: 0, by_code: 1, by_flags: 1, by_code_details: 1 };
  const slices = [{ table: "failure_minute", fromMs: FROM * 1_000, toMs: TO * 1_000 }];
  const { text, params } = sqlBySlices("failures", "failure-sums")({ slices });
  const marks = await marksOf(text, {
    ...params,
    around: "",
    endpoint: "",
    limit: 10,
    ...by,
  });
  expect(marks).toBeGreaterThan(0);
  expect(marks).toBeLessThanOrEqual(3);
});

test("of access logs", async () => {
  const marks = await marksOf(sql("log-total"), { from: FROM * 1e6, to: TO * 1e6, of_callers: [], of_callees: [] });
  expect(marks).toBeGreaterThan(0);
  expect(marks).toBeLessThanOrEqual(3);
});

test("what is known of marks is kept where there is a bound", async () => {
  const of =
    "SELECT count() AS parts, sum(primary_key_bytes_in_memory) AS bytes FROM system.parts WHERE active AND table = 'traffic_minute'";
  const [parts] = await clickhouse.engine.query<{ parts: number; bytes: number }>(of, {});
  expect(parts?.parts).toBeGreaterThan(0);
  expect(parts?.bytes).toBe(0);
  const cached = "SELECT value FROM system.metrics WHERE metric = 'PrimaryIndexCacheFiles'";
  const [files] = await clickhouse.engine.query<{ value: number }>(cached, {});
  expect(files?.value).toBeGreaterThan(0);
});
