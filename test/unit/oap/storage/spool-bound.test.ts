/** Rows of access logs are dropped by one lane of a cluster while another one reads the batch. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enforceBound } from "../../../../oap/storage/spool-bound.ts";
import { SpoolReader } from "../../../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../../../oap/storage/spool-writer.ts";
import { delta, text } from "../../../builders/delta.ts";

const BATCHES = 100;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

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
