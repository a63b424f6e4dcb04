/** Time that is not what it was, through the whole product: what is stored is compared to what was sent, minute by minute. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { httpEntry, istioNode, message, pod } from "../builders/access-log.ts";
import { sendMessages } from "../harness/als-client.ts";
import { ask, type RunningProcess, startProcess, until } from "../harness/process.ts";
import { auditedDifference, ownMetric } from "../harness/stored.ts";

vi.setConfig({ testTimeout: 120_000 });

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const PRELOAD = fileURLToPath(new URL("../harness/shift-clock.mjs", import.meta.url));
/** Longer than the product takes to notice. */
const NOTICED_MS = 200;

let dir: string;
let oap: RunningProcess;
let grpc: string;
let http: string;
/** Calls by the minute they are to be booked on, ms; of all tests, which run one after the other on the same data. */
const expected = new Map<number, number>();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-clock-"));
  await start();
});

afterAll(async () => {
  await oap.end();
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

async function start(): Promise<void> {
  oap = startProcess({
    dataDir: join(dir, "data"),
    settings: {
      NODE_OPTIONS: `--import ${PRELOAD}`,
      SIDELIGHT_CLOCK_SHIFT: join(dir, "shift"),
      OAP_INGEST_PROCESSES: "1",
      OAP_AUDIT_INTERVAL_MS: "500",
      OAP_STORAGE_TTL: "off",
      OAP_ANALYSIS_MAX_AGE_MS: String(200 * DAY_MS),
      OAP_RETENTION_MINUTE_DAYS: "300",
    },
  });
  ({ grpc, http } = await oap.ready());
}

async function shiftClock(ms: number): Promise<void> {
  writeFileSync(join(dir, "shift"), String(ms));
  await sleep(NOTICED_MS);
}

/** Sends calls that started at the times given; each is to be booked on the minute of `bookedMs`, its own unless told. */
async function send(startsMs: readonly number[], bookedMs: readonly number[] = startsMs): Promise<void> {
  const entries = startsMs.map((ms) =>
    httpEntry({ startTime: new Date(ms).toISOString(), common: { upstream_cluster: "inbound|80||" } }),
  );
  for (const ms of bookedMs) {
    const minute = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
    expected.set(minute, (expected.get(minute) ?? 0) + 1);
  }
  await sendMessages(grpc, [message(istioNode(pod("cart", { namespace: "shop" })), { http: entries })]);
}

interface Answer {
  meshService: { series: { at: number[]; calls: (number | null)[] } } | null;
}

const ID = `${Buffer.from("cart.shop").toString("base64")}.1`;
const QUERY = "query ($id: ID!, $window: Window!) { meshService(id: $id, window: $window) { series { at calls } } }";

/** Stored calls of cart.shop by minute, within the hours of the expected ones; by day when windows of 101 days are asked for. */
async function stored(windowMs = HOUR_MS): Promise<[number, number][]> {
  const starts = [...new Set([...expected.keys()].map((ms) => Math.floor(ms / windowMs) * windowMs))];
  const found: [number, number][] = [];
  while (starts.length > 0) {
    const windows = starts.splice(0, 4).map((from) => ({ from, to: from + windowMs }));
    const answers = await Promise.all(windows.map((window) => ask<Answer>(http, QUERY, { id: ID, window })));
    for (const { meshService } of answers) {
      meshService?.series.at.forEach((at, i) => {
        const calls = meshService.series.calls[i] ?? 0;
        if (calls > 0) found.push([at, calls]);
      });
    }
  }
  return found.sort(([a], [b]) => a - b);
}

const sent = (): [number, number][] => [...expected].sort(([a], [b]) => a - b);

/** Everything is there, minute by minute, in time, and no more than that. */
async function expectStored(): Promise<void> {
  await until(stored, (found) => JSON.stringify(found) === JSON.stringify(sent())).catch(() => {}); // what differs is said below
  expect(await stored()).toEqual(sent());
  expect(await auditedDifference(http)).toBe(0);
}

test("the clock goes back an hour under load, and forward again: calls stand in their minutes, without delay", async () => {
  let shiftMs = 0;
  let isOver = false;
  let isHeld = false;
  const load = (async () => {
    for (; !isOver; await sleep(100)) if (!isHeld) await send([Date.now() + shiftMs]);
  })();
  await sleep(1_500); // a batch is open
  isHeld = true; // what is on its way meanwhile would be an hour ahead, and be booked on the minute it came in
  await sleep(200);
  await shiftClock(-HOUR_MS);
  shiftMs = -HOUR_MS;
  isHeld = false;
  const past = Math.floor((Date.now() - HOUR_MS) / MINUTE_MS) * MINUTE_MS;
  const isPast = ([at]: [number, number]): boolean => at >= past && at <= past + MINUTE_MS;
  await until(stored, (found) => found.some(isPast)).finally(() => {
    isOver = true; // not before: a batch closes at once when nothing comes
  });
  await load;
  await shiftClock(0);
  await send([Date.now(), Date.now() - 5 * MINUTE_MS]);
  await expectStored();
});

test("a call a day early is booked on the minute it came in, one a day late on its own", async () => {
  const before = await ownMetric(http, "sidelight_entries_clock_total");
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < 10_000) await sleep(left + 1_000); // not over a minute's end; a timer may fire a moment early
  const at = Date.now();
  await send([at + DAY_MS, at + 2 * MINUTE_MS, at - DAY_MS, at], [at, at, at - DAY_MS, at]);
  await expectStored();
  expect((await ownMetric(http, "sidelight_entries_clock_total")) - before).toBe(2);
});

test("the clock is an hour back at the next start: batches that waited and new ones count once, in their minutes", async () => {
  const now = Date.now();
  await send([now, now, now - MINUTE_MS]);
  const durable = await ownMetric(http, "sidelight_entries_durable_total");
  await until(
    () => ownMetric(http, "sidelight_entries_durable_total"),
    (count) => count >= durable && count === [...expected.values()].reduce((sum, one) => sum + one, 0),
  );
  oap.signal("SIGKILL", true);
  await oap.exited;
  await shiftClock(-HOUR_MS);
  await start();
  const past = now - HOUR_MS;
  await send([past, past, past, past - 2 * MINUTE_MS]);
  await expectStored().finally(() => shiftClock(0));
});

test("101 different days in one message, and so in one batch: each day has its own", async () => {
  const now = Date.now();
  const days = Array.from({ length: 101 }, (_, day) => now - day * DAY_MS);
  await send([...days, ...days.slice(0, 50)]);
  const byDay = new Map<number, number>();
  for (const [minute, calls] of expected) {
    const day = Math.floor(minute / DAY_MS) * DAY_MS;
    byDay.set(day, (byDay.get(day) ?? 0) + calls);
  }
  expect(byDay.size).toBeGreaterThanOrEqual(101);
  const wanted = [...byDay].sort(([a], [b]) => a - b);
  const found = await until(
    () => stored(101 * DAY_MS),
    (seen) => seen.length >= wanted.length,
  );
  expect(found).toEqual(wanted);
});
