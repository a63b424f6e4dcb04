import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SpoolReader } from "../../../../oap/storage/spool-reader.ts";
import { recoverBatch, SpoolWriter } from "../../../../oap/storage/spool-writer.ts";
import { delta } from "../../../builders/delta.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const openSpool = (): Promise<SpoolWriter> => SpoolWriter.open({ dir, part: "ingest-0" }, { now: () => Date.now() });
const batches = (): string[] => readdirSync(join(dir, "ingest-0")).sort();

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
    const { tables, entries, damaged } = await new SpoolReader(dir, 50).read({ name: "x", path: closed });
    expect([length, tables[0]?.rows, entries, damaged]).toEqual([length, whole, [1, 3, 6][whole - 1], 0]);
  }
});
