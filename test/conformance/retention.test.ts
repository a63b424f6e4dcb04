/** What goes when its time is over, on a real ClickHouse and by its clock. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Engine } from "../../oap/storage/engine.ts";
import { migrate } from "../../oap/storage/migrate.ts";
import { KEEP_ALL, startClickHouse, systemClock } from "../harness/clickhouse.ts";

const ON = { ...KEEP_ALL, ttl: "on" } as const;

let ch: Awaited<ReturnType<typeof startClickHouse>>;
const engines: Engine[] = [];
beforeAll(async () => {
  ch = await startClickHouse();
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
  await ch.close();
});

/** A database of its own with the schema; `set` is a start with these settings. */
async function database(name: string) {
  const options = { ...ch.options, database: name };
  const set = (retention: Parameters<typeof migrate>[1]): Promise<void> => migrate(options, retention, systemClock);
  await set(KEEP_ALL);
  const engine = new Engine(options);
  engines.push(engine);
  return { engine, set };
}

const METRICS = ["traffic_minute", "failure_minute", "traffic_hour", "failure_hour", "traffic_day", "failure_day"];
const METADATA = ["service_meta", "instance_meta", "endpoint_meta"];

/** One row so many days old in a table of its own part; roll-ups are not touched. */
async function row(engine: Engine, table: string, ageDays: number, kept?: string): Promise<void> {
  const column = table === "access_log" ? "time" : METADATA.includes(table) ? "last_seen" : "minute";
  const [names, values] = kept === undefined ? ["", ""] : [", kept", `, '${kept}'`];
  await engine.command(
    `INSERT INTO ${table} (${column}${names}) SETTINGS async_insert = 0, materialized_views_ignore_errors = 1 SELECT now() - toIntervalDay({ageDays:UInt32})${values}`,
    { ageDays },
  );
}

/** Ages of what is left, days, after ClickHouse was asked to merge; waits for `wanted`. */
async function ages(engine: Engine, table: string, wanted: readonly unknown[]): Promise<unknown[]> {
  const column = table === "access_log" ? "time" : METADATA.includes(table) ? "last_seen" : "minute";
  const kept = table === "access_log" ? "toString(kept)" : "''";
  for (let tries = 0; ; tries++) {
    await engine.command("OPTIMIZE TABLE {table:Identifier} FINAL", { table });
    const rows = await engine.query<{ age: number; kept: string }>(
      `SELECT dateDiff('day', toDateTime(${column}), now()) AS age, ${kept} AS kept FROM ${table} ORDER BY kept, age LIMIT 100`,
      {},
    );
    const found = rows.map((one) => (one.kept === "" ? one.age : `${one.kept} ${one.age}`));
    if (tries === 40 || JSON.stringify(found) === JSON.stringify(wanted)) return found;
    await sleep(100);
  }
}

test("each table loses what is older than its setting, and nothing younger", async () => {
  const { engine, set } = await database("each");
  for (const view of ["traffic_hour_view", "traffic_day_view", "failure_hour_view", "failure_day_view"]) {
    await engine.command("DROP TABLE {view:Identifier}", { view }); // each table on its own here
  }
  const limits: Record<string, number> = {};
  for (const table of METRICS) {
    limits[table] = table.endsWith("minute") ? 8 : table.endsWith("hour") ? 35 : 400;
    for (const age of [limits[table] - 2, limits[table] + 40]) await row(engine, table, age);
  }
  for (const table of METADATA) for (const age of [88, 92]) await row(engine, table, age);
  for (const [kept, age] of [
    ["rest", 2],
    ["rest", 4],
    ["failed", 13],
    ["failed", 15],
    ["slow", 13],
    ["slow", 15],
    ["context", 13],
    ["context", 15],
  ] as const) {
    await row(engine, "access_log", age, kept);
  } // prettier-ignore
  await set(ON);
  for (const table of METRICS) {
    const wanted = [(limits[table] as number) - 2];
    expect([table, await ages(engine, table, wanted)]).toEqual([table, wanted]);
  }
  for (const table of METADATA) expect([table, await ages(engine, table, [88])]).toEqual([table, [88]]);
  const logs = ["failed 13", "slow 13", "rest 2", "context 13"];
  expect((await ages(engine, "access_log", logs)).sort()).toEqual(logs.sort());
});

test("a setting that changes takes effect at the next start, in both directions, and off keeps everything", async () => {
  const { engine, set } = await database("changed");
  await set({ ...ON, minuteDays: 30, accessLogDays: 30 });
  await row(engine, "traffic_minute", 20);
  await row(engine, "access_log", 20, "rest");
  expect(await ages(engine, "traffic_minute", [20])).toEqual([20]);
  expect(await ages(engine, "access_log", ["rest 20"])).toEqual(["rest 20"]);
  await set({ ...ON, minuteDays: 60, accessLogDays: 60 });
  await row(engine, "traffic_minute", 50);
  expect(await ages(engine, "traffic_minute", [20, 50])).toEqual([20, 50]);
  await set({ ...ON, minuteDays: 40, accessLogDays: 10 });
  expect(await ages(engine, "traffic_minute", [20])).toEqual([20]);
  expect(await ages(engine, "access_log", [])).toEqual([]);
  await set(KEEP_ALL);
  await row(engine, "traffic_minute", 1_000);
  expect(await ages(engine, "traffic_minute", [20, 1_000])).toEqual([20, 1_000]);
  const left = await engine.query(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine_full LIKE '% TTL %'",
    {},
  );
  expect(left).toEqual([]);
});

test("every table but the lease's has a lifetime, and those with rows of their own for each time go by whole parts", async () => {
  const { engine, set } = await database("all");
  await set(ON);
  const tables = await engine.query<{ name: string; whole: number }>(
    `SELECT name, engine_full LIKE '%ttl_only_drop_parts = 1%' AS whole FROM system.tables
     WHERE database = currentDatabase() AND engine_full LIKE '% TTL %' ORDER BY name`,
    {},
  );
  const merged = ["endpoint_meta", "instance_meta", "service_meta"]; // a row of each entity, whose last_seen moves
  const parts = ["access_log", "failure_day", "failure_hour", "failure_minute", "node_progress", "storage_event"];
  expect(tables.filter(({ whole }) => whole === 1).map(({ name }) => name)).toEqual([
    ...parts,
    "traffic_day",
    "traffic_hour",
    "traffic_minute",
  ]);
  expect(tables.filter(({ whole }) => whole === 0).map(({ name }) => name)).toEqual(merged);
});

test("a start that finds its lifetimes changes nothing, and one that changes them rewrites no rows", async () => {
  const { engine, set } = await database("again");
  await row(engine, "traffic_minute", 1);
  await set(ON);
  const changes = async (): Promise<unknown> => {
    const [one] = await engine.query<{ n: number }>(
      "SELECT count() AS n FROM system.mutations WHERE database = currentDatabase()",
      {},
    );
    return one?.n;
  };
  const before = await changes();
  await set(ON);
  expect(await changes()).toBe(before);
  const lazy = await engine.query(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine_full LIKE '%ttl_only_drop_parts%' AND engine_full NOT LIKE '%materialize_ttl_recalculate_only = 1%'",
    {},
  );
  expect(lazy).toEqual([]);
});
