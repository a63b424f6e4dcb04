import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Delta } from "../../../../oap/model/batch.ts";
import { tokenOf } from "../../../../oap/storage/batch-index.ts";
import { SpoolReader } from "../../../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../../../oap/storage/spool-writer.ts";

const AT = 1_772_360_160_000;
const DELTA: Delta = {
  entries: 1,
  blocks: [{ table: "one", rows: 1, columns: [{ name: "text", type: "String", values: ["x"] }] }],
};

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-names-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const names = async (): Promise<string[]> => (await new SpoolReader(dir, 50).list()).map(({ name }) => name);

async function oneBatch(now: number): Promise<void> {
  const writer = await SpoolWriter.open({ dir, part: "p" }, { now: () => now });
  await writer.append(DELTA);
  await writer.close();
}

test("a clock that shows the same moment twice gives no batch the name of another", async () => {
  await oneBatch(AT);
  const first = await names();
  rmSync(join(dir, "p"), { recursive: true }); // inserted and deleted, or deleted by hand
  await oneBatch(AT);
  const second = await names();
  expect(second).not.toEqual(first);
  expect(tokenOf(second[0] as string, "one", "n")).not.toBe(tokenOf(first[0] as string, "one", "n"));
});

test("a start after the clock went back an hour sorts behind what is there", async () => {
  await oneBatch(AT);
  const [first] = await names();
  await oneBatch(AT - 3_600_000);
  expect((await names())[0]).toBe(first);
});

test("a batch is closed in time though the clock goes back an hour while it is open", async () => {
  let now = AT;
  const writer = await SpoolWriter.open({ dir, part: "p" }, { now: () => now });
  await writer.append(DELTA);
  now -= 3_600_000;
  await writer.tick();
  expect(readdirSync(join(dir, "p")).filter((name) => name.endsWith(".open"))).toEqual([]);
});

test("a file that cannot be opened for now is not damaged", async () => {
  await oneBatch(AT);
  const reader = new URL("../../../../oap/storage/spool-reader.ts", import.meta.url).href;
  const code = `
    import { closeSync, openSync } from "node:fs";
    import { SpoolReader } from ${JSON.stringify(reader)};
    const spool = new SpoolReader(${JSON.stringify(dir)});
    const [batch] = await spool.list();
    const taken = [];
    try { for (;;) taken.push(openSync("/dev/null")); } catch {}
    const refused = await spool.read(batch).then(({ damaged }) => ({ damaged }), ({ code, retryable }) => ({ code, retryable }));
    for (const file of taken) closeSync(file);
    const { damaged, tables } = await spool.read(batch);
    console.log(JSON.stringify({ refused, after: { damaged, tables: tables.length } }));`;
  const run = spawnSync("sh", ["-c", 'ulimit -n 60; exec "$0" --input-type=module -e "$1"', process.execPath, code], {
    encoding: "utf8",
  });
  expect([run.stdout.trim(), run.stderr]).toEqual([
    JSON.stringify({ refused: { code: "SPOOL", retryable: true }, after: { damaged: 0, tables: 1 } }),
    "",
  ]);
});
