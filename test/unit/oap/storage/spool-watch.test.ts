import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SpoolWatch } from "../../../../oap/storage/spool-watch.ts";

const LONG_MS = 30_000;
let dir: string;
let watch: SpoolWatch;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-watch-"));
  watch = new SpoolWatch(join(dir, "spool"));
});
afterEach(() => {
  watch.close();
  rmSync(dir, { recursive: true, force: true });
});

const never = new AbortController().signal;

async function closeBatch(part: string, name: string): Promise<void> {
  const path = join(dir, "spool", part, name);
  mkdirSync(`${path}.open`, { recursive: true });
  await sleep(5);
  renameSync(`${path}.open`, path);
}

test("a batch that is closed in a part known before is told, and so is one in a new part", async () => {
  mkdirSync(join(dir, "spool", "ingest-0"), { recursive: true });
  for (const part of ["ingest-0", "ingest-1"]) {
    const told = watch.changed(LONG_MS, never);
    await closeBatch(part, "1");
    await told;
  }
});

test("what changed while nobody waited is told at once", async () => {
  mkdirSync(join(dir, "spool", "ingest-0"), { recursive: true });
  await watch.changed(1, never);
  await closeBatch("ingest-0", "1");
  await sleep(50);
  await watch.changed(LONG_MS, never);
});

test("when nothing changes it is over after its time, or when it is to stop", async () => {
  const startedAt = performance.now();
  await watch.changed(50, never);
  const stop = new AbortController();
  const waiting = watch.changed(LONG_MS, stop.signal);
  stop.abort();
  await waiting;
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(45);
  expect(performance.now() - startedAt).toBeLessThan(LONG_MS);
});
