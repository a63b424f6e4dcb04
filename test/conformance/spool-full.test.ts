/** A spool that is full while ClickHouse is away: rows of access logs go first, sums of metrics last. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeltaBlock } from "../../oap/model/batch.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { SpoolReader } from "../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../oap/storage/spool-writer.ts";
import { Writer } from "../../oap/storage/writer.ts";
import { block, MINUTE, text } from "../builders/delta.ts";
import { startClickHouse, systemClock } from "../harness/clickhouse.ts";

const BATCHES = 6;
const LOG_ROWS = 10;
const LOG_BYTES = 10_000;
let ch: Awaited<ReturnType<typeof startClickHouse>>;
let dir: string;
const problems: string[] = [];

beforeAll(async () => {
  ch = await startClickHouse();
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
});
afterAll(async () => {
  await ch.close();
  rmSync(dir, { recursive: true, force: true });
});

function logs(batch: number): DeltaBlock {
  const rows = Array.from({ length: LOG_ROWS }, (_, i) => i);
  return {
    table: "access_log",
    rows: LOG_ROWS,
    columns: [
      { name: "time", type: "DateTime64(6, 'UTC')", values: rows.map(() => MINUTE * 1e6) },
      { name: "kept", type: "Int8", values: rows.map(() => 3) },
      text(
        "service",
        rows.map(() => `batch-${batch}`),
      ),
      text(
        "user_agent",
        rows.map((i) => `${i}`.padEnd(LOG_BYTES / LOG_ROWS, "x")),
      ),
    ],
  };
}

function writer(engine: Engine, maxBytes: number): Writer {
  const onProblem = (problem: string): void => void problems.push(problem);
  return new Writer(engine, new SpoolReader(dir, 50), { node: "node", keepMs: 60_000, maxBytes, onProblem }, systemClock);
}

async function spooled(): Promise<void> {
  const spool = await SpoolWriter.open({ dir, part: "ingest-0" }, systemClock);
  for (let batch = 0; batch < BATCHES; batch++) {
    await spool.append({ blocks: [block(["cart"], 10), logs(batch)], entries: 10 });
    await spool.close();
  }
}

test("the oldest rows of access logs go first and are counted; all sums are inserted, once, and nothing counts as damage", async () => {
  await spooled();
  const connection = { ...ch.embedded.connection, url: "http://127.0.0.1:9" };
  const away = new Engine({ connection, database: "sidelight" });
  const bounded = writer(away, 50_000); // of about 75,000
  await bounded.drain();
  const { logRowsDropped, batchesDropped, bytesWaiting } = bounded.stats;
  expect([logRowsDropped, batchesDropped]).toEqual([3 * LOG_ROWS, 0]);
  expect(bytesWaiting).toBeLessThanOrEqual(50_000);
  expect(problems).toEqual([]); // it is a bound, and told as one
  const [oldest = ""] = readdirSync(join(dir, "ingest-0")).sort();
  expect(existsSync(join(dir, "ingest-0", oldest, "access_log.native"))).toBe(false);
  await away.close();
  const real = writer(ch.engine, 1 << 30);
  expect(await real.drain()).toBe(true);
  expect([real.stats.segmentsDamaged, real.stats.batchesRefused]).toEqual([0, 0]);
  expect(await writer(ch.engine, 1 << 30).drain()).toBe(true); // a replay after a restart
  const services = await ch.engine.query("SELECT service, count() AS rows FROM access_log GROUP BY service ORDER BY service", {});
  expect(services).toEqual([3, 4, 5].map((batch) => ({ service: `batch-${batch}`, rows: LOG_ROWS })));
  expect(await ch.engine.query("SELECT sum(calls) AS calls FROM traffic_minute", {})).toEqual([{ calls: BATCHES * 10 }]);
});

/** Rows of access logs, batches and entries that a main that starts while ClickHouse is away drops and counts. */
async function droppedToOne(): Promise<number[]> {
  const away = new Engine({ connection: { ...ch.embedded.connection, url: "http://127.0.0.1:9" }, database: "sidelight" });
  const bounded = writer(away, 1);
  await bounded.drain();
  await away.close();
  expect(readdirSync(join(dir, "ingest-0"))).toHaveLength(1);
  const { logRowsDropped, batchesDropped, entriesDropped } = bounded.stats;
  return [logRowsDropped, batchesDropped, entriesDropped];
}

test("batches that were in before main started again, and are kept for replay, are not counted when they go", async () => {
  expect(await droppedToOne()).toEqual([0, 0, 0]);
  expect(existsSync(join(dir, "given-up"))).toBe(false);
});

test("batches go when there are no rows of access logs left to drop, the newest never", async () => {
  rmSync(join(dir, "ingest-0"), { recursive: true });
  await spooled();
  expect(await droppedToOne()).toEqual([BATCHES * LOG_ROWS, BATCHES - 1, 10 * (BATCHES - 1)]);
  expect(existsSync(join(dir, "given-up"))).toBe(true);
});
