/** The disk guard in the product as its users start it, and the Storage page that tells of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fieldValue, findBrowser, openBrowser, screenshot } from "../harness/browser.ts";
import { addTallies, sendDemo, untilTotals } from "../harness/demo-load.ts";
import { ask, type RunningProcess, startProcess, until } from "../harness/process.ts";
import { ownMetric } from "../harness/stored.ts";

const browser = findBrowser();
const dataDir = mkdtempSync(join(tmpdir(), "sidelight-storage-"));
const DROPPED = "{ meshStorage { dropped { table kind rows bytes } } }";
/** They would go first. */
const NO_LOGS = { OAP_ACCESS_LOG_ROWS_PER_SECOND: "0", OAP_ACCESS_LOG_FAILED_ROWS_PER_SECOND: "0" };
const THREE_DAYS_MS = 3 * 86_400_000;

let oap: RunningProcess | undefined;
let opened: Awaited<ReturnType<typeof openBrowser>> | null = null;
beforeAll(async () => {
  if (browser !== null) opened = await openBrowser(browser);
});
afterAll(async () => {
  await opened?.close();
  await oap?.end();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

async function start(settings: Record<string, string>): Promise<{ grpc: string; http: string }> {
  oap = startProcess({ dataDir, settings: { ...NO_LOGS, OAP_INGEST_PROCESSES: "1", ...settings } });
  return await oap.ready();
}

async function stop(): Promise<void> {
  oap?.signal("SIGTERM");
  await oap?.exited;
}

async function dropped(http: string): Promise<readonly { table: string; rows: number; bytes: number }[]> {
  return (await ask<{ meshStorage: { dropped: { table: string; rows: number; bytes: number }[] } }>(http, DROPPED)).meshStorage
    .dropped;
}

/** What the Storage page says, once its verdict is this one. */
async function storagePage(http: string, verdict: string, picture: string): Promise<string | null> {
  if (opened === null) return null;
  const { page, problems } = opened;
  problems.splice(0);
  await page.goto(`${http}/storage`);
  await page.locator(`[data-field="verdict"][data-value="${verdict}"]`).waitFor();
  expect(Number(await fieldValue(page, "traffic_hour", "bytes"))).toBeGreaterThan(0);
  await screenshot(page, picture);
  expect(problems).toEqual([]);
  return await page.locator("main").textContent();
}

test("a disk without room costs minutes, not hours; it is said everywhere, and known after a restart", async () => {
  const first = await start({});
  const tally = await sendDemo(first.grpc, 60);
  await sendDemo(first.grpc, 60, 8, Date.now() - THREE_DAYS_MS);
  await untilTotals(first.http, addTallies(tally));
  expect(await dropped(first.http)).toEqual([]);
  await stop();

  const short = await start({ OAP_STORAGE_MIN_FREE_BYTES: String(2 ** 50) });
  const gone = await until(
    () => dropped(short.http),
    (seen) => seen.length > 0,
  ); // prettier-ignore
  expect(gone[0]).toMatchObject({ table: "traffic_minute", rows: expect.any(Number) });
  expect(oap?.output.out).toContain("the disk of ClickHouse is short of space; its oldest and least valuable data was dropped");
  expect(await ownMetric(short.http, "sidelight_storage_dropped_bytes_total")).toBe(gone[0]?.bytes);
  const { meshSetup } = await ask<{ meshSetup: { problems: string[] } }>(short.http, "{ meshSetup { problems } }");
  expect(meshSetup.problems.join()).toContain("storage.minFreeBytes");
  const full = await storagePage(short.http, "bad", "storage-full");
  if (full !== null) expect(full).toContain("The disk is full: the oldest data is being dropped");
  await stop();

  const again = await start({});
  expect(await dropped(again.http)).toEqual(gone);
  const after = await storagePage(again.http, "warn", "storage-after");
  if (after !== null) expect(after).toContain("of the oldest data were dropped in the last day");
  await stop();
}, 120_000);
