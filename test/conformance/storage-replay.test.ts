/** What a replay sends is what was sent first, or counts nothing: each way in which the two could differ, on a real ClickHouse. */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Delta } from "../../oap/model/batch.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { SpoolReader } from "../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../oap/storage/spool-writer.ts";
import { Writer } from "../../oap/storage/writer.ts";
import { block, delta, MINUTE, text } from "../builders/delta.ts";
import { startClickHouse, systemClock } from "../harness/clickhouse.ts";

const TABLES = ["traffic_minute", "traffic_hour", "traffic_day"];

let ch: Awaited<ReturnType<typeof startClickHouse>>;
let dir: string;

beforeAll(async () => {
  ch = await startClickHouse();
});
afterAll(() => ch.close());
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-replay-"));
  for (const table of TABLES) await ch.engine.command("TRUNCATE TABLE {table:Identifier}", { table });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function stored(engine = ch.engine): Promise<number[]> {
  const rows = TABLES.map((table) => engine.query<{ calls: number }>(`SELECT sum(calls) AS calls FROM ${table}`, {}));
  return (await Promise.all(rows)).map(([row]) => row?.calls ?? 0);
}

/** A batch of one hand-over each. */
async function spool(...deltas: readonly Delta[][]): Promise<void> {
  const writer = await SpoolWriter.open({ dir, part: "ingest-0" }, systemClock);
  for (const batch of deltas) {
    for (const one of batch) await writer.append(one);
    await writer.close();
  }
}

function writer({ engine = ch.engine, node = "node", maxBytes = 1 << 30 } = {}): Writer {
  const options = { node, keepMs: 600_000, maxBytes, onProblem: () => {} };
  return new Writer(engine, new SpoolReader(dir, 50), options, systemClock);
}

const batchPath = (): string => join(dir, "ingest-0", readdirSync(join(dir, "ingest-0"))[0] as string);
const calls = (count: number): Delta => delta(["cart"], count);

test("kill -9 of ClickHouse between an insert's token and its rows, in each table: the retry brings the rows", async () => {
  const own = mkdtempSync(join(tmpdir(), "sidelight-torn-"));
  const first = await startClickHouse("torn", own);
  await first.engine.command("SYSTEM STOP MERGES");
  await spool([calls(1)], [calls(2)], [calls(4)]);
  await writer({ engine: first.engine }).drain();
  expect(await stored(first.engine)).toEqual([7, 7, 7]);
  const torn: string[] = [];
  for (const [i, table] of TABLES.entries()) {
    const parts = await first.engine.query<{ path: string }>(
      "SELECT path FROM system.parts WHERE database = 'torn' AND table = {table:String} AND active ORDER BY min_block_number",
      { table },
    );
    torn.push(parts[i]?.path as string);
  }
  await first.stop();
  for (const path of torn) rmSync(path, { recursive: true }); // a part gets its name after its token was noted
  const again = await startClickHouse("torn", own);
  expect([again.embedded.tokensWithdrawn, await stored(again.engine)]).toEqual([3, [6, 5, 3]]);
  for (let replay = 0; replay < 2; replay++) {
    await writer({ engine: again.engine }).drain();
    expect(await stored(again.engine)).toEqual([7, 7, 7]);
  }
  await again.close();
});

test("tokens of parts that were merged since stay what they are", async () => {
  const own = mkdtempSync(join(tmpdir(), "sidelight-merged-"));
  const first = await startClickHouse("merged", own);
  await spool([calls(1)], [calls(2)], [calls(4)]);
  await writer({ engine: first.engine }).drain();
  for (const table of TABLES) await first.engine.command("OPTIMIZE TABLE {table:Identifier} FINAL", { table });
  await first.stop();
  const again = await startClickHouse("merged", own);
  expect(again.embedded.tokensWithdrawn).toBe(0);
  await writer({ engine: again.engine }).drain();
  expect(await stored(again.engine)).toEqual([7, 7, 7]);
  await again.close();
});

test("a batch is one block whatever the server's profile cuts inserts into, so a replay under another profile counts nothing", async () => {
  await spool([calls(1), calls(2), calls(4)]);
  const url = `${ch.embedded.connection.url}?clickhouse_setting_min_insert_block_size_rows=1&clickhouse_setting_min_insert_block_size_bytes=1`;
  const cutting = new Engine({ connection: { ...ch.embedded.connection, url }, database: ch.engine.database });
  await writer({ engine: cutting }).drain();
  const [{ parts } = { parts: 0 }] = await ch.engine.query<{ parts: number }>(
    "SELECT count() AS parts FROM system.parts WHERE database = currentDatabase() AND table = 'traffic_minute' AND active",
    {},
  );
  expect(parts).toBe(1);
  await writer().drain();
  expect(await stored()).toEqual([7, 7, 7]);
  await cutting.close();
});

test("a batch counts once whatever the server's profile says of tokens in roll-ups", async () => {
  await spool([calls(1), calls(2), calls(4)]);
  const url = `${ch.embedded.connection.url}?clickhouse_setting_deduplicate_blocks_in_dependent_materialized_views=0`;
  const careless = new Engine({ connection: { ...ch.embedded.connection, url }, database: ch.engine.database });
  await writer({ engine: careless }).drain();
  expect(await stored()).toEqual([7, 7, 7]);
  await ch.engine.command("TRUNCATE TABLE traffic_minute"); // so that the hours' own tokens are what a replay meets
  await writer({ engine: careless }).drain();
  expect((await stored()).slice(1)).toEqual([7, 7]);
  await careless.close();
});

test("damaged at the first insert and whole at the replay: what was left out stays out, and nothing counts twice", async () => {
  await spool([calls(1), calls(2), calls(4)]);
  const file = join(batchPath(), "traffic_minute.native");
  const whole = readFileSync(file);
  const bytes = Buffer.from(whole);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] as number) ^ 0xff;
  writeFileSync(file, bytes);
  const first = writer();
  await first.drain();
  expect([await stored(), first.stats.segmentsDamaged]).toEqual([[5, 5, 5], 1]);
  writeFileSync(file, whole);
  await writer().drain();
  expect(await stored()).toEqual([5, 5, 5]);
});

test("damaged at the first insert and more so at the replay: nothing is sent, and it is told", async () => {
  await spool([calls(1), calls(2), calls(4)]);
  const file = join(batchPath(), "traffic_minute.native");
  const bytes = readFileSync(file);
  const spoil = (at: number): void => {
    bytes[at] = (bytes[at] as number) ^ 0xff;
    writeFileSync(file, bytes);
  };
  spoil(Math.floor(bytes.length / 2));
  await writer().drain();
  spoil(bytes.length - 1);
  const again = writer();
  await again.drain();
  expect([await stored(), again.stats.batchesRefused, again.stats.entriesRefused]).toEqual([[5, 5, 5], 1, 7]);
  expect(readdirSync(join(dir, "refused"))).toHaveLength(1);
});

test("a plan that was torn by a crash is made anew: nothing was sent by it", async () => {
  await spool([calls(3)]);
  writeFileSync(join(batchPath(), "plan"), '1234abcd {"traffic_min');
  await writer().drain();
  await writer().drain();
  expect(await stored()).toEqual([3, 3, 3]);
});

test("whole at the first insert and torn by the disk at the replay: what is in stays in", async () => {
  await spool([calls(1), calls(2), calls(4)]);
  await writer().drain();
  const index = join(batchPath(), "index");
  truncateSync(index, readFileSync(index).length - 10);
  const again = writer();
  await again.drain();
  expect([await stored(), again.stats.batchesRefused]).toEqual([[7, 7, 7], 1]);
});

test("a spool that is restored on another node brings its tokens along", async () => {
  await spool([calls(3)]);
  await writer({ node: "a" }).drain();
  await writer({ node: "b" }).drain();
  expect(await stored()).toEqual([3, 3, 3]);
});

test("a batch written by an earlier version keeps the token it was inserted with", async () => {
  await spool([calls(3)]);
  const { tables } = await new SpoolReader(dir, 50).read({ name: "", path: batchPath() });
  const [table] = tables;
  const old = "00001772360160000-00000001";
  await ch.engine.insert(
    "traffic_minute",
    table?.columns ?? [],
    table?.native ?? Buffer.alloc(0),
    `n/ingest-0/${old}/traffic_minute`,
  );
  renameSync(batchPath(), join(dir, "ingest-0", old));
  await writer({ node: "n" }).drain();
  expect(await stored()).toEqual([3, 3, 3]);
});

test("a full spool drops whole batches: not one that is in for a part, and the next one is inserted with all its tables", async () => {
  const meta = {
    table: "service_meta",
    rows: 1,
    columns: [
      text("service", ["cart"]),
      { name: "normal", type: "UInt8" as const, values: [1] },
      text("layer", ["MESH"]),
      { name: "first_seen", type: "DateTime('UTC')" as const, values: [MINUTE] },
      { name: "last_seen", type: "DateTime('UTC')" as const, values: [MINUTE] },
    ],
  };
  const both = (count: number): Delta => ({ blocks: [block(["cart"], count), meta], entries: count });
  await ch.engine.command("RENAME TABLE service_meta TO service_meta_away");
  const made = writer({ maxBytes: 1 });
  try {
    await spool([both(1)]);
    expect(await made.drain()).toBe(false);
    expect(await stored()).toEqual([1, 1, 1]); // its first table is in
    await spool([both(2)], [both(4)]);
    expect(await made.drain()).toBe(false);
  } finally {
    await ch.engine.command("RENAME TABLE service_meta_away TO service_meta");
  }
  expect(await made.drain()).toBe(true);
  expect([made.stats.batchesDropped, made.stats.entriesDropped]).toEqual([1, 2]);
  expect(await stored()).toEqual([5, 5, 5]);
});
