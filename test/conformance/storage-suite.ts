import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { COLUMNS } from "../../oap/catalog/columns.ts";
import type { DeltaColumn } from "../../oap/model/batch.ts";
import type { Engine } from "../../oap/storage/engine.ts";
import { Lease, type LeaseOptions } from "../../oap/storage/lease.ts";
import { schemaFiles } from "../../oap/storage/migrate.ts";
import { encodeNative } from "../../oap/storage/native.ts";
import { SpoolWriter } from "../../oap/storage/spool-writer.ts";
import type { WriterOptions } from "../../oap/storage/writer.ts";
import { block, delta, MINUTE, text } from "../builders/delta.ts";
import { failures } from "../builders/failures.ts";
import { KEEP_ALL, systemClock } from "../harness/clickhouse.ts";
import type { TestEngine } from "../harness/engines.ts";

let dir: string;

const TABLES = ["traffic_minute", "traffic_hour", "traffic_day"];
const FAILURES = ["failure_minute", "failure_hour", "failure_day"];
const openSpool = (): Promise<SpoolWriter> => SpoolWriter.open({ dir, part: "ingest-0" }, systemClock);
const batches = (): string[] => readdirSync(join(dir, "ingest-0")).sort();

/** What holds on every engine that storage runs on. Each has a test file of its own, so that they run side by side. */
export function storageSuite(start: () => Promise<TestEngine>): void {
  let engine: TestEngine;

  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine.close());
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
    for (const host of engine.hosts) {
      for (const table of TABLES) await host.command("TRUNCATE TABLE {table:Identifier}", { table: host.local(table) });
    }
  });

  async function stored(table = "traffic_minute"): Promise<Record<string, number>> {
    const rows = await engine.reader.query<{ service: string; calls: number }>(
      `SELECT service, sum(calls) AS calls FROM ${table} GROUP BY service ORDER BY service`,
      {},
    );
    return Object.fromEntries(rows.map(({ service, calls }) => [service, calls]));
  }

  function writer(options: Partial<WriterOptions> = {}, isAway = false) {
    const problems: string[] = [];
    const onProblem = (problem: string): number => problems.push(problem);
    const made = engine.writer(dir, { node: "node", keepMs: 60_000, maxBytes: 1 << 30, onProblem, ...options }, isAway);
    return { made, problems };
  }

  test("migrations apply once; a newer schema is refused", async () => {
    await engine.migrate("sidelight");
    for (const host of engine.hosts) {
      const rows = await host.query<{ number: number }>("SELECT number FROM schema_migration ORDER BY number", {});
      expect(rows.map(({ number }) => number)).toEqual(schemaFiles().map(({ number }) => number));
    }
    await engine.migrate("newer");
    await engine.hosts[0]?.command("INSERT INTO newer.schema_migration SELECT 9999, 'x', toDateTime(0, 'UTC')");
    await expect(engine.migrate("newer")).rejects.toThrow("9999");
  });

  test("eight OAPs that start at once on an empty database make one schema", async () => {
    await Promise.all(Array.from({ length: 8 }, () => engine.migrate("eight")));
    for (const host of engine.hosts) {
      const tables = (database: string) =>
        host.query("SELECT name, engine_full FROM system.tables WHERE database = {database:String} ORDER BY name", { database });
      const those = JSON.stringify(await tables("sidelight")).replaceAll("'sidelight'", "'eight'");
      expect(JSON.stringify(await tables("eight"))).toBe(those);
      const [{ rows = 0, numbers = 0 } = {}] = await host.query<{ rows: number; numbers: number }>(
        "SELECT count() AS rows, uniqExact(number) AS numbers FROM eight.schema_migration",
        {},
      );
      expect([rows, numbers]).toEqual([schemaFiles().length, schemaFiles().length]);
    }
  });

  test("the tables hold exactly the catalog's columns, and every table remembers its tokens", async () => {
    for (const table of TABLES) {
      const rows = await engine.reader.query<{ name: string }>(
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND type LIKE 'SimpleAggregateFunction(sum,%' ORDER BY position",
        { table },
      ); // prettier-ignore
      expect([table, rows.map(({ name }) => name)]).toEqual([table, [...COLUMNS]]);
    }
    for (const host of engine.hosts) {
      const without = await host.query<{ name: string }>(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND engine_full NOT LIKE '%deduplication_window%'",
        {},
      );
      expect(without).toEqual([]);
    }
  });

  test("lifetimes follow the settings, and go when they are off", async () => {
    const lifetimes = (): Promise<string[]> =>
      Promise.all(
        engine.hosts.map(async (host) => {
          const [row] = await host.query<{ full: string }>(
            "SELECT engine_full AS full FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
            { table: host.local("traffic_hour") },
          );
          return row?.full ?? "";
        }),
      );
    await engine.migrate("sidelight", { ...KEEP_ALL, ttl: "on", hourDays: 12 });
    for (const one of await lifetimes()) expect(one).toContain("TTL minute + toIntervalDay(12)");
    await engine.migrate("sidelight", KEEP_ALL);
    for (const one of await lifetimes()) expect(one).not.toContain("TTL");
  });

  test("every column type comes out of ClickHouse as it went in", async () => {
    const host = engine.hosts[0] as Engine;
    await host.command(
      `CREATE OR REPLACE TABLE ${host.local("kinds")} (id UInt32, s String, a UInt8, b UInt16, c UInt64, t DateTime('UTC'), h Map(UInt16, UInt64), m Map(String, String)) ENGINE = MergeTree ORDER BY id`,
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
    await host.insert(
      "kinds",
      columns.map(({ name }) => name),
      encodeNative({ table: "kinds", rows: ids.length, columns }),
      "kinds",
    ); // prettier-ignore
    const rows = await host.query<Record<string, unknown>>(
      `SELECT *, toUnixTimestamp(t) AS seconds FROM ${host.local("kinds")} ORDER BY id`,
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
    for (let i = 0; i < 3; i++) await engine.hosts[0]?.insert("traffic_minute", names, encodeNative(one), "same");
    for (const table of TABLES) expect([table, await stored(table)]).toEqual([table, { cart: 5, web: 5 }]);
    const failed = failures(["cart", "cart"], [MINUTE, MINUTE + 60]);
    const columns = failed.columns.map(({ name }) => name);
    for (let i = 0; i < 3; i++) await engine.hosts[0]?.insert("failure_minute", columns, encodeNative(failed), "same");
    for (const table of FAILURES) expect([table, await stored(table)]).toEqual([table, { web: 2 }]);
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
    const { made } = writer({ keepMs: 0 });
    await made.drain();
    await made.drain();
    expect(batches()).toEqual([]);
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
    const waiting = writer({}, true);
    expect(await waiting.made.drain()).toBe(false);
    expect([waiting.made.stats.retries, batches().length]).toEqual([1, 3]);
    const bounded = writer({ maxBytes: 4_000 }, true);
    await bounded.made.drain();
    expect(bounded.made.stats.batchesDropped).toBeGreaterThan(0);
    const dropped = bounded.made.stats.entriesDropped;
    expect([1, 3]).toContain(dropped); // the first, or the first two
    await writer().made.drain();
    expect(await stored()).toEqual({ cart: 6 - dropped });
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
    await spool.append(delta(["cart", "orders"], 7));
    await spool.close();
    const { made } = writer();
    await made.drain();
    const back = engine.killHost();
    await spool.append(delta(["cart", "orders"], 1));
    await spool.close();
    for (let tries = 0; tries < 100 && !(await made.drain()); tries++) await sleep(100);
    await back;
    expect(await stored()).toEqual({ cart: 8, orders: 8 });
  });

  /** Rivals as eight OAPs are: they share nothing but the database. */
  const rivals = (name: string, times: Pick<LeaseOptions, "termMs" | "renewAfterMs">): Lease[] =>
    Array.from({ length: 8 }, (_, i) => new Lease(engine.hosts[0] as Engine, { name, holder: `rival-${i}`, ...times }));

  test("of eight rivals for a lease one holds each of many terms, and all of them learn who", async () => {
    const all = rivals("many terms", { termMs: 60, renewAfterMs: 60 });
    const winners = new Map<number, Set<string>>();
    for (let round = 0; winners.size <= 8 && round < 200; round++) {
      await Promise.all(all.map((rival) => rival.take()));
      expect(all.filter((rival) => rival.isHeld).length).toBeLessThanOrEqual(1);
      const rows = await engine.hosts[0]?.query<{ term: number; holder: string }>(
        "SELECT term, holder FROM lease WHERE name = 'many terms'",
        {},
      );
      for (const { term, holder } of rows ?? []) winners.set(term, (winners.get(term) ?? new Set()).add(holder));
    }
    expect(winners.size).toBeGreaterThan(8);
    expect([...winners.values()].filter((holders) => holders.size !== 1)).toEqual([]);
    expect(Math.max(...winners.keys())).toBe(winners.size); // no term was skipped: each was won by a bid for it
  });

  test("who holds a lease keeps it; when it stops, a rival takes over after the term and not before", async () => {
    const [holder, ...others] = rivals("kept", { termMs: 2_000, renewAfterMs: 400 }) as [Lease, ...Lease[]];
    expect(await holder.take()).toBe(true);
    for (let i = 0; i < 12; i++) {
      await sleep(150);
      expect(await holder.take()).toBe(true);
      expect(await Promise.all(others.slice(0, 2).map((rival) => rival.take()))).toEqual([false, false]);
    }
    while (!(await Promise.all(others.map((rival) => rival.take()))).includes(true)) {
      await sleep(50);
    }
    expect(holder.isHeld).toBe(false);
    expect(others.filter((rival) => rival.isHeld).length).toBe(1);
    expect(await holder.take()).toBe(false);
  });
}
