import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Delta } from "../../../../oap/model/batch.ts";
import { SpoolReader } from "../../../../oap/storage/spool-reader.ts";
import { recoverBatch, SpoolWriter } from "../../../../oap/storage/spool-writer.ts";

const clock = { now: () => 1_772_360_160_000 };
const APPENDS = 3;

let dir: string;
let batch: string;
/** Bytes of each append, by table and order. */
let whole: Map<string, Buffer[]>;

function delta(i: number): Delta {
  const block = (table: string) => ({
    table,
    rows: 1,
    columns: [{ name: "text", type: "String" as const, values: [`${table} ${i}`] }],
  });
  return { entries: 1, blocks: i === 2 ? [block("one")] : [block("one"), block("two")] };
}

/** A small open batch of three appends to two tables. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
  const writer = await SpoolWriter.open({ dir: join(dir, "spool"), part: "p" }, clock);
  for (let i = 0; i < APPENDS; i++) await writer.append(delta(i));
  batch = join(dir, "spool", "p", readdirSync(join(dir, "spool", "p"))[0] as string);
  cpSync(batch, join(dir, "open"), { recursive: true });
  await writer.close();
  batch = batch.replace(/\.open$/, "");
  const { tables } = await read(batch);
  whole = new Map(tables.map(({ table, native, rows }) => [table, split(native, rows)]));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function split(native: Buffer, parts: number): Buffer[] {
  const size = native.length / parts; // all blocks of a table are alike in size
  return Array.from({ length: parts }, (_, i) => native.subarray(i * size, (i + 1) * size));
}

function read(path: string) {
  return new SpoolReader(join(dir, "spool"), 50).read({ name: "p/x", path });
}

/** Reads a damaged copy: what is read is whole appends, in order, and what is not is counted. */
async function check(path: string, damage?: "told" | "none"): Promise<number> {
  const { tables, damaged } = await read(path);
  let rows = 0;
  for (const { table, native, rows: of } of tables) {
    const parts = split(native, of);
    const places = parts.map((part) => whole.get(table)?.findIndex((one) => one.equals(part)) ?? -1);
    expect(places).not.toContain(-1);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    expect(new Set(places).size).toBe(places.length);
    rows += of;
  }
  if (damage !== undefined) expect(damaged > 0).toBe(damage === "told");
  return rows;
}

test("whichever byte of a batch is flipped, what is read of it is what was written, and the damage is told", async () => {
  for (const file of readdirSync(batch)) {
    const bytes = readFileSync(join(batch, file));
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ 0x10;
      writeFileSync(join(batch, file), flipped);
      expect(await check(batch, "told")).toBeLessThan(5);
    }
    writeFileSync(join(batch, file), bytes);
  }
  expect(await check(batch, "none")).toBe(5);
});

test("wherever a file of a batch is cut off, what is read and what is recovered is what was written", async () => {
  for (const file of readdirSync(batch)) {
    const { length } = readFileSync(join(batch, file));
    for (let end = 0; end < length; end++) {
      const torn = join(dir, "spool", "p", "torn.open");
      cpSync(join(dir, "open"), torn, { recursive: true });
      truncateSync(join(torn, file), end);
      expect(await check(torn)).toBeLessThan(5);
      await recoverBatch(torn);
      const recovered = torn.replace(/\.open$/, "");
      if (readdirSync(join(dir, "spool", "p")).includes("torn")) expect(await check(recovered)).toBeLessThan(5);
      rmSync(recovered, { recursive: true, force: true });
    }
  }
});

test("refused batches are kept up to the bound, the oldest go first and are counted", async () => {
  const spool = join(dir, "spool");
  const writer = await SpoolWriter.open({ dir: spool, part: "p" }, clock);
  for (let i = 0; i < 4; i++) {
    await writer.append(delta(i));
    await writer.close();
  }
  const reader = new SpoolReader(spool, 2);
  const [, ...batches] = await reader.list(); // the first is every test's
  for (const one of batches) await reader.refuse(one, "no such column", false);
  const kept = batches.slice(-2).map(({ name }) => name.replace("/", "-"));
  expect([readdirSync(join(spool, "refused")), reader.refusedForgotten]).toEqual([kept, 2]);
});
