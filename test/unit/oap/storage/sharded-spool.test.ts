import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SpoolError } from "../../../../oap/model/errors.ts";
import { ShardedSpool } from "../../../../oap/storage/sharded-spool.ts";
import { enforceBound } from "../../../../oap/storage/spool-bound.ts";
import { SpoolReader } from "../../../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../../../oap/storage/spool-writer.ts";
import type { BatchSource } from "../../../../oap/storage/writer.ts";
import { delta, text } from "../../../builders/delta.ts";

const SERVICES = Array.from({ length: 20 }, (_, i) => `service-${i}`);

let dir: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
  const writer = await SpoolWriter.open({ dir, part: "ingest-0" }, { now: () => Date.now() });
  await writer.append(delta(SERVICES, 3));
  await writer.close();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lanesOf = (shards: number): BatchSource[] => {
  const spool = new ShardedSpool(new SpoolReader(dir, 50), shards);
  return Array.from({ length: shards }, (_, shard) => spool.lane(shard));
};
const names = async (lane: BatchSource | undefined): Promise<string[]> =>
  ((await lane?.list()) ?? []).map(({ name }) => name.slice(name.indexOf("@")));
const batchDir = (): string => join(dir, "ingest-0", readdirSync(join(dir, "ingest-0"))[0] as string);

/** Rows and entries of everything a lane has. */
async function taken(lane: BatchSource): Promise<{ rows: number; entries: number }[]> {
  const batches = await lane.list();
  return await Promise.all(
    batches.map(async (batch) => {
      const { tables, entries } = await lane.read(batch);
      return { rows: tables.reduce((sum, { rows }) => sum + rows, 0), entries };
    }),
  );
}

test("the lanes share the rows and the entries of a batch out, without a rest", async () => {
  const all = (await Promise.all(lanesOf(3).map(taken))).flat();
  expect(all.length).toBe(3);
  expect(all.reduce((sum, { rows }) => sum + rows, 0)).toBe(20);
  expect(all.reduce((sum, { entries }) => sum + entries, 0)).toBe(60);
  for (const { rows, entries } of all) expect(entries).toBe(rows * 3);
});

test("a batch keeps the number of parts it had first, whatever the cluster becomes", async () => {
  expect(await Promise.all(lanesOf(2).map(names))).toEqual([["@0/2"], ["@1/2"]]);
  expect(await Promise.all(lanesOf(3).map(names))).toEqual([["@0/2"], ["@1/2"], []]);
  expect(await Promise.all(lanesOf(1).map(names))).toEqual([["@0/2", "@1/2"]]);
});

test("a part that is done stays done after a restart, and the batch goes with the last part", async () => {
  const [first, second] = lanesOf(2) as [BatchSource, BatchSource];
  await first.remove((await first.list())[0]!);
  expect([await names(first), await names(second), existsSync(batchDir())]).toEqual([[], ["@1/2"], true]);
  const [again, other] = lanesOf(2) as [BatchSource, BatchSource];
  expect([await names(again), await names(other)]).toEqual([[], ["@1/2"]]);
  await other.remove((await other.list())[0]!);
  expect(readdirSync(join(dir, "ingest-0"))).toEqual([]);
  expect([await names(again), await names(other)]).toEqual([[], []]);
});

test("what one shard refuses is kept as a copy, and the other shards still get their part", async () => {
  const [first, second] = lanesOf(2) as [BatchSource, BatchSource];
  await first.refuse((await first.list())[0]!, "no such column", false);
  expect(readdirSync(join(dir, "refused"))).toEqual([expect.stringMatching(/@0-2-shard-1$/)]);
  expect([await names(first), (await taken(second))[0]?.rows]).toEqual([[], expect.any(Number)]);
  expect((await taken(second))[0]?.rows).toBeGreaterThan(0);
});

test("shares, and who tells what a batch booked, stay as they were when the rows of access logs are dropped", async () => {
  rmSync(batchDir(), { recursive: true });
  const writer = await SpoolWriter.open({ dir, part: "ingest-0" }, { now: () => Date.now() });
  // All calls are of one part, the logs of the other services of all.
  const { blocks, ...of } = delta(SERVICES.slice(0, 1), 60);
  const logs = { table: "access_log", rows: SERVICES.length, columns: [text("service", SERVICES)] };
  await writer.append({ ...of, blocks: [...blocks, logs] });
  await writer.close();
  const told = async (lane: BatchSource): Promise<unknown> => {
    const { entries, handOvers } = await lane.take((await lane.list())[0]!);
    return [entries, handOvers.flatMap(({ booked }) => booked ?? [])];
  };
  const before = await Promise.all(lanesOf(3).map(told));
  const spool = new SpoolReader(dir, 50);
  const { logRows } = await enforceBound(spool, await spool.list(), 1);
  expect(logRows).toBe(SERVICES.length);
  expect(await Promise.all(lanesOf(3).map(told))).toEqual(before);
  expect(before.filter((one) => (one as [number])[0] > 0)).toEqual([[60, of.booked]]);
});

test("a number of parts that cannot be read now is asked again, and until then nobody takes the batch for gone", async () => {
  const [first, second] = lanesOf(2) as [BatchSource, BatchSource];
  mkdirSync(join(batchDir(), "parts")); // is there, and gives an error
  for (const lane of [first, second]) {
    const error = await lane.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SpoolError);
    expect((error as SpoolError).retryable).toBe(true);
  }
  rmdirSync(join(batchDir(), "parts"));
  expect([await names(first), await names(second)]).toEqual([["@0/2"], ["@1/2"]]);
});

test("a part that is in is known to be after a restart; the batch as a whole when all parts are in or done", async () => {
  const told = async ([first, second]: BatchSource[]): Promise<boolean[]> => {
    const [own, other] = [(await first!.list())[0]!, (await second!.list())[0]!];
    return [await first!.isInserted(own), await second!.isInserted(other), await first!.isInsertedWhole(own)];
  };
  const [first, second] = lanesOf(2) as [BatchSource, BatchSource];
  await first.noteInserted((await first.list())[0]!);
  expect(await told(lanesOf(2))).toEqual([true, false, false]);
  await second.noteInserted((await second.list())[0]!);
  expect(await told(lanesOf(2))).toEqual([true, true, true]);
});
