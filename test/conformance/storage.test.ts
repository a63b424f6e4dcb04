import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { COLUMNS } from "../../oap/catalog/columns.ts";
import type { DeltaColumn } from "../../oap/model/batch.ts";
import { startEmbedded } from "../../oap/storage/embedded.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { migrate, schemaFiles } from "../../oap/storage/migrate.ts";
import { encodeNative } from "../../oap/storage/native.ts";
import { SpoolReader } from "../../oap/storage/spool-reader.ts";
import { recoverBatch, SpoolWriter } from "../../oap/storage/spool-writer.ts";
import { Writer, type WriterOptions } from "../../oap/storage/writer.ts";
import { block, delta, MINUTE, text } from "../builders/delta.ts";
import { KEEP_ALL, startClickHouse, systemClock } from "../harness/clickhouse.ts";

let ch: Awaited<ReturnType<typeof startClickHouse>>;
let dir: string;

beforeAll(async () => {
  ch = await startClickHouse();
});
afterAll(async () => {
  await ch.close();
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
  for (const table of ["traffic_minute", "traffic_hour", "traffic_day"])
    await ch.engine.command("TRUNCATE TABLE {table:Identifier}", { table });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function stored(table = "traffic_minute"): Promise<Record<string, number>> {
  const rows = await ch.engine.query<{ service: string; calls: number }>(
    `SELECT service, sum(calls) AS calls FROM ${table} GROUP BY service ORDER BY service`,
    {},
  );
  return Object.fromEntries(rows.map(({ service, calls }) => [service, calls]));
}

const openSpool = (): Promise<SpoolWriter> => SpoolWriter.open({ dir, part: "ingest-0" }, systemClock);

function writer(engine = ch.engine, options: Partial<WriterOptions> = {}) {
  const problems: string[] = [];
  const made = new Writer(
    engine,
    new SpoolReader(dir),
    { node: "node", keepMs: 60_000, maxBytes: 1 << 30, onProblem: (problem) => problems.push(problem), ...options },
    systemClock,
  );
  return { made, problems };
}

const batches = (): string[] => readdirSync(join(dir, "ingest-0")).sort();

test("migrations apply once; a newer schema is refused", async () => {
  await migrate(ch.options, KEEP_ALL, systemClock);
  const rows = await ch.engine.query<{ number: number }>("SELECT number FROM schema_migration ORDER BY number", {});
  expect(rows.map(({ number }) => number)).toEqual(schemaFiles().map(({ number }) => number));
  await migrate({ ...ch.options, database: "newer" }, KEEP_ALL, systemClock);
  await ch.engine.command("INSERT INTO newer.schema_migration SELECT 9999, 'x', toDateTime(0, 'UTC')");
  await expect(migrate({ ...ch.options, database: "newer" }, KEEP_ALL, systemClock)).rejects.toThrow("9999");
});

test("the tables hold exactly the catalog's columns, and every table remembers its tokens", async () => {
  for (const table of ["traffic_minute", "traffic_hour", "traffic_day"]) {
    const rows = await ch.engine.query<{ name: string }>(
      "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND type LIKE 'SimpleAggregateFunction(sum,%' ORDER BY position",
      { table },
    ); // prettier-ignore
    expect([table, rows.map(({ name }) => name)]).toEqual([table, [...COLUMNS]]);
  }
  const without = await ch.engine.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND engine_full NOT LIKE '%deduplication_window%'",
    {},
  );
  expect(without).toEqual([]);
});

test("lifetimes follow the settings, and go when they are off", async () => {
  const lifetime = async (): Promise<string> =>
    (
      await ch.engine.query<{ full: string }>(
        "SELECT engine_full AS full FROM system.tables WHERE database = currentDatabase() AND name = 'traffic_hour'",
        {},
      )
    )[0]?.full ?? "";
  await migrate(ch.options, { ...KEEP_ALL, ttl: "on", hourDays: 12 }, systemClock);
  expect(await lifetime()).toContain("TTL minute + toIntervalDay(12)");
  await migrate(ch.options, KEEP_ALL, systemClock);
  expect(await lifetime()).not.toContain("TTL");
});

test("every column type comes out of ClickHouse as it went in", async () => {
  await ch.engine.command(
    `CREATE OR REPLACE TABLE kinds (id UInt32, s String, a UInt8, b UInt16, c UInt64, t DateTime('UTC'), h Map(UInt16, UInt64), m Map(String, String)) ENGINE = MergeTree ORDER BY id`,
  );
  const strings = ["", "größe", "x".repeat(42), "y".repeat(43), "ü".repeat(200), "z".repeat(70_000)];
  const ids = strings.map((_, i) => i);
  const columns: DeltaColumn[] = [
    { name: "id", type: "UInt32", values: ids },
    text("s", strings),
    { name: "a", type: "UInt8", values: ids.map((i) => 250 + i) },
    { name: "b", type: "UInt16", values: ids.map((i) => 65_530 + i) },
    { name: "c", type: "UInt64", values: ids.map((i) => 2 ** 53 - 1 - i * 2 ** 40) },
    { name: "t", type: "DateTime('UTC')", values: ids.map((i) => MINUTE + i) },
    { name: "h", type: "Map(UInt16, UInt64)", ends: [0, 1, 3, 3, 3, 3], keys: [9, 10, 1_111], values: [1, 2 ** 40, 3] },
    { name: "m", type: "Map(String, String)", ends: [0, 0, 0, 0, 1, 2], keys: ["pod", "über"], values: ["cart-1", ""] },
  ];
  await ch.engine.insert(
    "kinds",
    columns.map(({ name }) => name),
    encodeNative({ table: "kinds", rows: ids.length, columns }),
    "kinds",
  ); // prettier-ignore
  const rows = await ch.engine.query<Record<string, unknown>>(
    "SELECT *, toUnixTimestamp(t) AS seconds FROM kinds ORDER BY id",
    {},
  );
  expect(rows.map(({ s }) => s)).toEqual(strings);
  expect(rows.map(({ a, b, c, seconds }) => [a, b, c, seconds])).toEqual(
    ids.map((i) => [250 + i, 65_530 + i, 2 ** 53 - 1 - i * 2 ** 40, MINUTE + i]),
  );
  expect(rows.map(({ h }) => h)).toEqual([{}, { 9: 1 }, { 10: 2 ** 40, 1111: 3 }, {}, {}, {}]);
  expect(rows.map(({ m }) => m)).toEqual([{}, {}, {}, {}, { pod: "cart-1" }, { über: "" }]);
});

test("the same token twice counts once, in the roll-ups too", async () => {
  const one = block(["cart", "web"], 5);
  const names = one.columns.map(({ name }) => name);
  for (let i = 0; i < 3; i++) await ch.engine.insert("traffic_minute", names, encodeNative(one), "same");
  for (const table of ["traffic_minute", "traffic_hour", "traffic_day"])
    expect([table, await stored(table)]).toEqual([table, { cart: 5, web: 5 }]);
});

test("what is appended arrives, in order, once; a second writer replays it without counting again", async () => {
  const spool = await openSpool();
  for (let i = 0; i < 5; i++) await spool.append(delta(["cart", "web"], 2));
  await spool.close();
  await spool.append(delta(["cart"], 1));
  await spool.close();
  expect([spool.stats.entriesDurable, batches().length]).toEqual([21, 2]);
  expect(await writer().made.drain()).toBe(true);
  expect(await stored()).toEqual({ cart: 11, web: 10 });
  expect(await writer().made.drain()).toBe(true); // as after a crash between insert and deletion
  expect(await stored()).toEqual({ cart: 11, web: 10 });
  expect(await stored("traffic_day")).toEqual({ cart: 11, web: 10 });
});

test("a batch closes when a second brings nothing new, and inserted ones go after their time", async () => {
  const spool = await openSpool();
  await spool.append(delta(["cart"], 1));
  await spool.tick();
  expect(batches()[0]).toMatch(/\.open$/);
  await spool.tick();
  expect(batches()[0]).not.toMatch(/\.open$/);
  const { made } = writer(ch.engine, { keepMs: 0 });
  await made.drain();
  await made.drain();
  expect(batches()).toEqual([]);
});

test("wherever the files of an open batch are cut off, recovery keeps whole appends and nothing else", async () => {
  const spool = await openSpool();
  for (let i = 1; i <= 3; i++) await spool.append(delta(["cart"], i));
  const [open = ""] = batches();
  const index = readFileSync(join(dir, "ingest-0", open, "index"));
  const lines = index
    .toString()
    .split("\n")
    .slice(0, -1)
    .map((line) => line.length + 1);
  for (let length = 0; length <= index.length; length += 7) {
    const copy = join(dir, `copy-${length}.open`);
    cpSync(join(dir, "ingest-0", open), copy, { recursive: true });
    truncateSync(join(copy, "index"), length);
    writeFileSync(join(copy, "traffic_minute.native"), "torn", { flag: "a" });
    await recoverBatch(copy);
    const whole = lines.filter((_, i) => lines.slice(0, i + 1).reduce((sum, one) => sum + one, 0) <= length).length;
    const closed = join(dir, `copy-${length}`);
    expect([length, existsSync(closed)]).toEqual([length, whole > 0]);
    if (whole === 0) continue;
    const { tables, entries, damaged } = await new SpoolReader(dir).read({ name: "x", path: closed });
    expect([length, tables[0]?.rows, entries, damaged]).toEqual([length, whole, [1, 3, 6][whole - 1], 0]);
  }
});

test("a start closes what a process before left open", async () => {
  const spool = await openSpool();
  await spool.append(delta(["cart"], 4)); // and the process is killed
  const next = await openSpool();
  expect(next.stats.batchesRecovered).toBe(1);
  await next.append(delta(["cart"], 1));
  await next.close();
  await writer().made.drain();
  expect(await stored()).toEqual({ cart: 5 });
});

test("a flipped byte costs its segment; the whole ones are inserted, and a copy is kept", async () => {
  const spool = await openSpool();
  for (let i = 1; i <= 3; i++) await spool.append(delta(["cart"], i));
  await spool.close();
  const file = join(dir, "ingest-0", batches()[0] as string, "traffic_minute.native");
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] as number) ^ 0xff;
  writeFileSync(file, bytes);
  const { made, problems } = writer();
  expect(await made.drain()).toBe(true);
  expect(await stored()).toEqual({ cart: 4 }); // 1 + 3
  expect([made.stats.segmentsDamaged, problems.length, readdirSync(join(dir, "refused")).length]).toEqual([1, 1, 1]);
});

test("a batch that ClickHouse refuses is put aside and does not block the next", async () => {
  const spool = await openSpool();
  await spool.append({ blocks: [{ table: "traffic_minute", rows: 1, columns: [text("no_such_column", ["x"])] }], entries: 1 });
  await spool.close();
  await spool.append(delta(["cart"], 3));
  await spool.close();
  const { made, problems } = writer();
  expect(await made.drain()).toBe(true);
  expect(await stored()).toEqual({ cart: 3 });
  expect([made.stats.batchesRefused, problems.length]).toEqual([1, 1]);
  expect(readFileSync(join(dir, "refused", readdirSync(join(dir, "refused"))[0] as string, "reason.txt"), "utf8")).toContain(
    "no_such_column",
  );
});

test("while ClickHouse is away nothing is lost, and beyond the bound the oldest goes and is counted", async () => {
  const spool = await openSpool();
  for (let i = 1; i <= 3; i++) {
    await spool.append(delta(["cart"], i));
    await spool.close();
  }
  const away = new Engine({ connection: { url: "http://127.0.0.1:1", username: "x", password: "" }, database: "x" });
  const waiting = writer(away);
  expect(await waiting.made.drain()).toBe(false);
  expect([waiting.made.stats.retries, batches().length]).toEqual([1, 3]);
  const bounded = writer(away, { maxBytes: 4_000 });
  await bounded.made.drain();
  expect(bounded.made.stats.batchesDropped).toBeGreaterThan(0);
  const kept = [1, 2, 3].slice(bounded.made.stats.batchesDropped).reduce((sum, one) => sum + one, 0);
  expect(bounded.made.stats.entriesDropped).toBe(6 - kept);
  await writer().made.drain();
  expect(await stored()).toEqual({ cart: kept });
  await away.close();
});

test("a batch of 101 different days is inserted", async () => {
  const spool = await openSpool();
  const days = Array.from({ length: 101 }, (_, day) => MINUTE - day * 86_400);
  await spool.append({
    blocks: [
      block(
        days.map(() => "cart"),
        1,
        days,
      ),
    ],
    entries: 101,
  }); // prettier-ignore
  await spool.close();
  expect(await writer().made.drain()).toBe(true);
  expect(await stored()).toEqual({ cart: 101 });
});

test("kill -9 of ClickHouse: it comes back with everything, and the writer goes on", async () => {
  const spool = await openSpool();
  await spool.append(delta(["cart"], 7));
  await spool.close();
  const { made } = writer();
  await made.drain();
  process.kill(ch.embedded.pid as number, "SIGKILL");
  await spool.append(delta(["cart"], 1));
  await spool.close();
  for (let tries = 0; tries < 100 && !(await made.drain()); tries++) await sleep(100);
  expect(await stored()).toEqual({ cart: 8 });
  expect(ch.embedded.restarts).toBe(1);
});

test("a data directory has one holder; the lock of a process that is gone does not count", async () => {
  const other = join(dir, "clickhouse");
  mkdirSync(other);
  writeFileSync(join(other, "lock"), "1");
  await expect(startEmbedded({ dir: other, memoryBytes: 1 << 30 })).rejects.toThrow("in use by process 1");
  writeFileSync(join(other, "lock"), "999999999");
  const started = await startEmbedded({ dir: other, memoryBytes: 1 << 30 });
  await started.stop();
  expect(existsSync(join(other, "lock"))).toBe(false);
});
