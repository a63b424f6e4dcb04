/** Rows of access logs are dropped by one lane of a cluster while another one reads the batch. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enforceBound } from "../../../../oap/storage/spool-bound.ts";
import { type SpooledBatch, SpoolReader } from "../../../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../../../oap/storage/spool-writer.ts";
import { delta, text } from "../../../builders/delta.ts";

const BATCHES = 100;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("two lanes that find the spool full drop together what one alone would", async () => {
  const writer = await SpoolWriter.open({ dir, part: "ingest-0" }, { now: () => Date.now() });
  const { blocks, ...of } = delta(["cart"], 1);
  const logs = { table: "access_log", rows: 1, columns: [text("user_agent", ["x".repeat(10_000)])] };
  for (let i = 0; i < 6; i++) {
    await writer.append({ ...of, blocks: [...blocks, logs] });
    await writer.close();
  }
  const spool = new SpoolReader(dir, 50);
  const batches = await spool.list();
  const measured = new Map(await Promise.all(batches.map(async (batch) => [batch, await spool.sizeBytes(batch)] as const)));
  const maxBytes = [...measured.values()].reduce((sum, size) => sum + size, 0) - 15_000;
  expect((await enforceBound(spool, batches, maxBytes)).logRows).toBe(2);
  const late = {
    sizeBytes: async (batch: SpooledBatch) => {
      const before = measured.get(batch); // this lane looked before the other one dropped
      measured.delete(batch);
      return before ?? (await spool.sizeBytes(batch));
    },
    read: (batch: SpooledBatch) => spool.read(batch),
    remove: (batch: SpooledBatch) => spool.remove(batch),
    isInserted: (batch: SpooledBatch) => spool.isInserted(batch),
    isInsertedWhole: (batch: SpooledBatch) => spool.isInsertedWhole(batch),
  };
  const { logRows, bytes } = await enforceBound(late, batches, maxBytes);
  expect(logRows).toBe(0);
  expect(bytes).toBeLessThanOrEqual(maxBytes);
  const left = await Promise.all(batches.map((batch) => spool.read(batch)));
  expect(left.filter(({ tables }) => tables.some(({ table }) => table === "access_log")).length).toBe(4);
});

test("whenever the rows go while a batch is read, they are all there or dropped, never damaged", async () => {
  const writer = await SpoolWriter.open({ dir, part: "ingest-0" }, { now: () => Date.now() });
  const { blocks, ...of } = delta(["cart"], 1);
  const logs = { table: "access_log", rows: 1, columns: [text("service", ["cart"])] };
  for (let i = 0; i < BATCHES; i++) {
    await writer.append({ ...of, blocks: [...blocks, logs] });
    await writer.close();
  }
  const spool = new SpoolReader(dir, 50);
  for (const [i, batch] of (await spool.list()).entries()) {
    if (i % 2 === 0) await spool.take(batch); // half of them have been sent before
    const taken = [spool.take(batch), spool.read(batch), spool.read(batch)];
    const dropped = [enforceBound(spool, [batch], 1), enforceBound(spool, [batch], 1)];
    const contents = await Promise.all(taken);
    const rows = (await Promise.all(dropped)).map(({ logRows }) => logRows);
    expect(rows.toSorted()).toEqual([0, 1]); // counted by one of two
    for (const { damaged, tables } of [...contents, await spool.take(batch)]) {
      expect(damaged).toBe(0);
      expect(tables.map(({ table }) => table).filter((table) => table !== "access_log")).toEqual(["traffic_minute"]);
    }
  }
});
