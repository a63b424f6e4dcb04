/** What came in against what is stored, on a real ClickHouse. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { IngestStatus } from "../../oap/model/ipc.ts";
import { Audit } from "../../oap/storage/audit.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { SpoolReader } from "../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../oap/storage/spool-writer.ts";
import { Writer } from "../../oap/storage/writer.ts";
import { Durations } from "../../oap/telemetry/durations.ts";
import { block, delta, MINUTE } from "../builders/delta.ts";
import { startClickHouse } from "../harness/clickhouse.ts";

const HEALTH = { eventLoopDelaySeconds: 0, residentMemoryBytes: 0, cpuSeconds: 0 };
const HOUR_MS = 3_600_000;
const clock = { time: 0, now: () => clock.time };
let ch: Awaited<ReturnType<typeof startClickHouse>>;
let dir: string;

beforeAll(async () => {
  ch = await startClickHouse();
});
afterAll(() => ch.close());
beforeEach(async () => {
  clock.time = MINUTE * 1_000 + 30_000;
  dir = mkdtempSync(join(tmpdir(), "sidelight-audit-"));
  for (const table of ["traffic_minute", "node_progress", "storage_event"]) await ch.engine.command(`TRUNCATE TABLE ${table}`);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const openSpool = (): Promise<SpoolWriter> => SpoolWriter.open({ dir, part: "ingest-0" }, clock);

/** What an ingest process would tell whose spool this is and which took `reports`. */
function told(spool: SpoolWriter, reports: number): IngestStatus {
  const { entriesDurable, entriesLost, entriesAppending } = spool.stats;
  const counters = { reports, entriesDurable, entriesLost, entriesPending: entriesAppending };
  return { proxies: [], health: HEALTH, counters, spool: spool.status, flushes: new Durations().snapshot() };
}

/** Main's side, as after a restart. */
function startMain({ engine = ch.engine, maxBytes = 1 << 30, partial = (): string | null => null } = {}) {
  const reader = new SpoolReader(dir, 50);
  const node = `audit ${dir}`;
  const writer = new Writer(engine, reader, { node, keepMs: 0, maxBytes, onProblem: () => {} }, clock);
  const settle = (): Promise<boolean> => writer.drain();
  return { writer, audit: new Audit(engine, { node, givenUp: reader.givenUp, settle, partial }, clock) };
}

/** The newest batch's last hand-over. */
function damageLast(): void {
  const part = join(dir, "ingest-0");
  const file = join(part, readdirSync(part).sort().at(-1) as string, "traffic_minute.native");
  const bytes = readFileSync(file);
  bytes[bytes.length - 9] = (bytes.at(-9) as number) ^ 0xff;
  writeFileSync(file, bytes);
}

async function spooled(spool: SpoolWriter, ...batches: number[]): Promise<void> {
  for (const calls of batches) {
    await spool.append(delta(["cart"], calls));
    await spool.close();
  }
}

test("what is stored, what waits and what is open is all there", async () => {
  const spool = await openSpool();
  await spooled(spool, 1, 2, 3);
  await spool.append(delta(["cart"], 4));
  const { audit } = startMain();
  await audit.check([told(spool, 10)]);
  expect([audit.difference, audit.comparedAtMs, audit.differentSinceMs]).toEqual([0, clock.time, null]);
  await audit.check([told(spool, 12)]);
  expect([audit.difference, audit.differentSinceMs]).toEqual([2, clock.time]); // taken, and never handed over
  await spool.close();
  await audit.check([told(spool, 10)]);
  expect([audit.difference, audit.differentSinceMs]).toEqual([0, null]);
  const rows = await ch.engine.query(
    "SELECT part, entries, toUInt32(handed_over_until) AS until, booked FROM node_progress ORDER BY batch",
    {},
  );
  const until = Math.floor(clock.time / 1_000);
  expect(rows).toEqual([1, 2, 3, 4].map((n) => ({ part: "ingest-0", entries: n, until, booked: { [MINUTE]: n } })));
});

test("a batch that was acknowledged and is not stored is missed, over restarts of main too", async () => {
  const spool = await openSpool();
  await spooled(spool, 1, 20, 300);
  const { audit } = startMain();
  await audit.check([told(spool, 321)]);
  await ch.engine.command("DELETE FROM node_progress WHERE entries = 20");
  await audit.check([told(spool, 321)]);
  expect([audit.difference, audit.differentSinceMs]).toEqual([20, clock.time]);
  const again = startMain();
  clock.time += 5_000;
  await again.audit.check([told(spool, 321)]);
  expect(again.audit.difference).toBe(20);
});

test("a row that is gone is missed as soon as two readings agree", async () => {
  const spool = await openSpool();
  await spooled(spool, 1, 20);
  await spool.append(delta(["web", "api"], 300));
  await spool.close();
  const { audit } = startMain();
  await audit.check([told(spool, 621)]);
  await ch.engine.command("DELETE FROM traffic_minute WHERE service = 'web'");
  await audit.check([told(spool, 621)]);
  expect(audit.difference).toBe(0);
  await audit.check([told(spool, 621)]);
  expect(audit.difference).toBe(300);
});

test("minutes that the disk guard dropped are not missed, later ones are", async () => {
  const spool = await openSpool();
  await spooled(spool, 1, 20);
  const later = MINUTE + 60;
  await spool.append({ blocks: [block(["cart"], 300, [later])], entries: 300, booked: [[later, 300]] });
  await spool.close();
  const { audit } = startMain();
  const difference = async (): Promise<number> => {
    for (let reading = 0; reading < 2; reading++) await audit.check([told(spool, 321)]);
    return audit.difference;
  };
  expect(await difference()).toBe(0);
  await ch.engine.command("TRUNCATE TABLE traffic_minute");
  expect(await difference()).toBe(321);
  const dropped = "{now:UInt32}, 'traffic_minute', {newest:UInt32}";
  const params = { now: Math.floor(clock.time / 1_000), newest: MINUTE };
  await ch.engine.insertOnce("storage_event (time, table, newest)", `(${dropped})`, params, "dropped");
  expect(await difference()).toBe(300);
});

test("what an answer lacks because a shard went while it was made is not missing", async () => {
  const spool = await openSpool();
  await spooled(spool, 1, 20);
  await startMain().writer.drain();
  await ch.engine.command("DELETE FROM node_progress WHERE entries = 20"); // as if it were on that shard
  const states = [null, "Shard 2 of 2 did not answer.", "Shard 2 of 2 did not answer."]; // before the questions, after them, and later
  const { audit } = startMain({ partial: () => states.shift() ?? null });
  await audit.check([told(spool, 21)]);
  await audit.check([told(spool, 21)]);
  expect([audit.difference, audit.comparedAtMs, states]).toEqual([0, null, []]);
  await audit.check([told(spool, 21)]);
  expect([audit.difference, audit.comparedAtMs]).toEqual([20, clock.time]);
});

test("what is there twice is below 0", async () => {
  const spool = await openSpool();
  await spooled(spool, 1, 20);
  const { audit } = startMain();
  const check = async (): Promise<number> => {
    await audit.check([told(spool, 21)]);
    return audit.difference;
  };
  expect(await check()).toBe(0);
  await ch.engine.command("INSERT INTO traffic_minute SELECT * FROM traffic_minute LIMIT 1 SETTINGS async_insert = 0");
  await check();
  expect(await check()).toBeLessThan(0);
  await ch.engine.command("TRUNCATE TABLE traffic_minute");
  await ch.engine.command("INSERT INTO node_progress SELECT * FROM node_progress WHERE entries = 20 SETTINGS async_insert = 0");
  await spooled(spool, 1);
  await audit.check([told(spool, 22)]);
  expect(audit.difference).toBe(-20);
});

test("what was refused, dropped or damaged is counted as lost and is no difference, nor after a restart of main", async () => {
  const spool = await openSpool();
  const expectNone = async (reports: number): Promise<void> => {
    for (const start of [startMain, startMain]) {
      const { audit } = start();
      await audit.check([told(spool, reports)]);
      await audit.check([told(spool, reports)]);
      expect([audit.difference, audit.comparedAtMs]).toEqual([0, clock.time]);
    }
  };
  // refused before anything of it went in
  await ch.engine.command("ALTER TABLE traffic_minute ADD CONSTRAINT never CHECK service != 'cart'");
  await spooled(spool, 5);
  const { writer } = startMain();
  await writer.drain();
  expect(writer.stats.entriesRefused).toBe(5);
  await ch.engine.command("ALTER TABLE traffic_minute DROP CONSTRAINT never");
  await expectNone(5);
  // refused after its calls went in
  const bad = { table: "service_meta", rows: 1, columns: [{ name: "no_such", type: "String" as const, values: ["x"] }] };
  const good = delta(["cart"], 6);
  await spool.append({ ...good, blocks: [...good.blocks, bad] });
  await spool.close();
  await expectNone(11);
  // damaged: of two hand-overs in one batch one is whole
  await spool.append(delta(["cart"], 7));
  await spool.append(delta(["cart"], 8));
  await spool.close();
  damageLast();
  await expectNone(26);
  // both: of what is refused after its calls went in, one hand-over is damaged
  await spool.append({ ...delta(["cart"], 11), blocks: [...delta(["cart"], 11).blocks, bad] });
  await spool.append(delta(["cart"], 12));
  await spool.close();
  damageLast();
  await expectNone(49);
  // dropped while ClickHouse was away
  await spooled(spool, 9, 10);
  const away = new Engine({ connection: { url: "http://127.0.0.1:1", username: "x", password: "" }, database: "x" });
  const full = startMain({ engine: away, maxBytes: 1_000 });
  await full.audit.check([told(spool, 68)]);
  expect([full.writer.stats.entriesDropped, full.audit.comparedAtMs]).toEqual([9, null]);
  await away.close();
  await expectNone(68);
  const [sum] = await ch.engine.query<{ entries: number }>("SELECT sum(entries) AS entries FROM node_progress", {});
  expect(sum?.entries).toBe(6 + 7 + 11 + 10);
});

test("a batch that is inserted after all is not given up", async () => {
  const spool = await openSpool();
  await spooled(spool, 5);
  const name = `ingest-0/${readdirSync(join(dir, "ingest-0"))[0]}`;
  new SpoolReader(dir, 50).givenUp.set(name, 5); // main was killed between noting and deleting
  const { audit } = startMain();
  await audit.check([told(spool, 5)]);
  expect(audit.difference).toBe(0);
});

test("a life that began before tables forget is audited from when it is first seen, and moves on while all is well", async () => {
  const spool = await openSpool();
  await spooled(spool, 1, 2);
  await startMain().writer.drain();
  await ch.engine.command("TRUNCATE TABLE node_progress");
  await ch.engine.command("TRUNCATE TABLE traffic_minute");
  clock.time += 13 * HOUR_MS;
  const { audit } = startMain();
  await audit.check([told(spool, 3)]);
  await spooled(spool, 4);
  await audit.check([told(spool, 7)]);
  expect(audit.difference).toBe(0);
  clock.time += 13 * HOUR_MS;
  await audit.check([told(spool, 7)]); // from here on what is older may go
  await ch.engine.command("TRUNCATE TABLE node_progress");
  await spooled(spool, 8);
  await audit.check([told(spool, 15)]);
  expect(audit.difference).toBe(0);
});

test("under load, at any moment, there is no difference", async () => {
  clock.time = Date.now();
  const spool = await openSpool();
  const { writer, audit } = startMain();
  writer.start();
  const minute = Math.floor(clock.time / 60_000) * 60;
  let taken = 0;
  let isLoading = true;
  const load = (async () => {
    for (let i = 0; isLoading; i++) {
      const one = delta(["cart", "web"], 3);
      const columns = one.blocks[0]?.columns.map((column) =>
        column.name === "minute" ? { name: "minute", type: "DateTime('UTC')" as const, values: [minute, minute] } : column,
      );
      const blocks = [{ table: "traffic_minute", rows: 2, columns: columns ?? [] }];
      taken += 6;
      await spool.append({ blocks, entries: 6, booked: [[minute, 6]] });
      if (i % 10 === 0) await spool.close();
      await sleep(20);
    }
  })();
  const seen = new Set<number>();
  for (let i = 0; i < 12; i++) {
    await audit.check([told(spool, taken)]);
    seen.add(audit.difference);
    await sleep(40);
  }
  isLoading = false;
  await load;
  await spool.close();
  await writer.stop(5_000);
  await audit.check([told(spool, taken)]);
  seen.add(audit.difference);
  expect([...seen]).toEqual([0]);
  const [sum] = await ch.engine.query<{ entries: number }>("SELECT sum(entries) AS entries FROM node_progress", {});
  expect(sum?.entries).toBe(taken);
});
