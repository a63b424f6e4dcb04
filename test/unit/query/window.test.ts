import { expect, test } from "vitest";
import { meshWindow, stepsOf } from "../../../query/window.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-03-20T10:30:20Z");
const PRESENT = { nowMs: NOW, minuteDays: 8, hourDays: 35, dayDays: 400 };

test.each([
  [30 * MINUTE, "traffic_minute", MINUTE],
  [2 * HOUR, "traffic_minute", MINUTE],
  [6 * HOUR, "traffic_minute", 5 * MINUTE],
  [DAY, "traffic_hour", HOUR],
  [31 * DAY, "traffic_hour", 6 * HOUR],
  [90 * DAY, "traffic_day", DAY],
  [365 * DAY, "traffic_day", 7 * DAY],
])("a window of %d ms is read from %s in steps of %d ms, in no more points than a chart shows", (length, table, stepMs) => {
  const window = meshWindow({ from: NOW - length, to: NOW }, PRESENT);
  expect(window).toMatchObject({ table, stepMs });
  expect(stepsOf(window, stepMs).length).toBeLessThanOrEqual(242);
  expect(stepsOf(window, window.sparkMs).length).toBeLessThanOrEqual(41);
});

test("a short window whose minutes are no longer kept is read from the hours", () => {
  const from = NOW - 20 * DAY;
  expect(meshWindow({ from, to: from + HOUR }, PRESENT)).toMatchObject({ table: "traffic_hour", stepMs: HOUR });
});

test("a window whose hours are no longer kept is read from the days, failures too", () => {
  const from = NOW - 300 * DAY;
  const window = meshWindow({ from, to: from + HOUR }, PRESENT);
  expect(window).toMatchObject({ table: "traffic_day", stepMs: DAY });
  expect(window.failureSlices).toEqual([{ table: "failure_day", fromMs: window.fromMs, toMs: window.toMs, rowMs: DAY }]);
  expect(stepsOf(window, window.stepMs).length).toBe(1);
});

test("a window is rounded outward to minutes, and rates are over what rows are there of", () => {
  const window = meshWindow({ from: NOW - 10 * MINUTE, to: NOW + 10 * MINUTE }, PRESENT);
  expect(new Date(window.fromMs).toISOString()).toBe("2026-03-20T10:20:00.000Z");
  expect(new Date(window.toMs).toISOString()).toBe("2026-03-20T10:41:00.000Z");
  expect(window.elapsedSeconds).toBe(10 * 60 + 17);
});

/** As table, start, end (UTC) and rows. */
function slicesOf(from: string, to: string, present: Partial<typeof PRESENT> = {}): string[] {
  const window = meshWindow({ from: Date.parse(`${from}Z`), to: Date.parse(`${to}Z`) }, { ...PRESENT, ...present });
  const text = (ms: number): string => new Date(ms).toISOString().slice(5, 16).replace("T", " ");
  return window.slices.map(({ table, fromMs, toMs, rows }) => `${table} ${text(fromMs)} to ${text(toMs)}: ${rows}`);
}

test("of a window that ends now the last hour is read as one row, and so is each hour before it but the first", () => {
  expect(slicesOf("2026-03-20T07:45", "2026-03-20T10:30:20")).toEqual([
    "traffic_minute 03-20 07:45 to 03-20 08:00: 15",
    "traffic_hour 03-20 08:00 to 03-20 10:31: 3",
  ]);
  expect(slicesOf("2026-03-20T09:00", "2026-03-20T10:45")).toEqual(["traffic_hour 03-20 09:00 to 03-20 10:45: 2"]);
});

test("of a window that ended before, only whole hours are", () => {
  expect(slicesOf("2026-03-20T06:45", "2026-03-20T09:20")).toEqual([
    "traffic_minute 03-20 06:45 to 03-20 07:00: 15",
    "traffic_hour 03-20 07:00 to 03-20 09:00: 2",
    "traffic_minute 03-20 09:00 to 03-20 09:20: 20",
  ]);
  expect(slicesOf("2026-03-20T08:01", "2026-03-20T09:59")).toEqual(["traffic_minute 03-20 08:01 to 03-20 09:59: 118"]);
});

test("days stand for their hours", () => {
  expect(slicesOf("2026-03-16T20:10", "2026-03-19T05:10")).toEqual([
    "traffic_hour 03-16 20:00 to 03-17 00:00: 4",
    "traffic_day 03-17 00:00 to 03-19 00:00: 2",
    "traffic_hour 03-19 00:00 to 03-19 06:00: 6",
  ]);
});

test("longer rows are left alone where they stand for few, or are not kept as long", () => {
  const nowMs = Date.parse("2026-03-20T10:05:20Z");
  expect(slicesOf("2026-03-20T09:30", "2026-03-20T10:06", { nowMs })).toEqual(["traffic_minute 03-20 09:30 to 03-20 10:06: 36"]);
  expect(slicesOf("2026-03-17T06:00", "2026-03-17T09:00", { hourDays: 1 })).toHaveLength(1);
  expect(slicesOf("2026-03-10T06:00", "2026-03-15T09:00", { dayDays: 1 })).toHaveLength(1);
  expect(slicesOf("2025-12-01T00:00", "2026-02-01T00:00")).toEqual(["traffic_day 12-01 00:00 to 02-01 00:00: 62"]);
});

test("failures are read from shorter rows where the hour or the day is not over", () => {
  const slicesOver = (from: string, to: string): string[] => {
    const window = meshWindow({ from: Date.parse(`${from}Z`), to: Date.parse(`${to}Z`) }, PRESENT);
    const text = (ms: number): string => new Date(ms).toISOString().slice(5, 16).replace("T", " ");
    return window.failureSlices.map(({ table, fromMs, toMs }) => `${table} ${text(fromMs)} to ${text(toMs)}`);
  };
  expect(slicesOver("2026-03-20T09:20", "2026-03-20T10:30:20")).toEqual(["failure_minute 03-20 09:20 to 03-20 10:31"]);
  expect(slicesOver("2026-03-19T10:30", "2026-03-20T10:30:20")).toEqual([
    "failure_hour 03-19 10:00 to 03-20 10:00",
    "failure_minute 03-20 10:00 to 03-20 11:00",
  ]);
  expect(slicesOver("2026-01-20T10:30", "2026-03-20T10:30:20")).toEqual([
    "failure_day 01-20 00:00 to 03-20 00:00",
    "failure_hour 03-20 00:00 to 03-20 10:00",
    "failure_minute 03-20 10:00 to 03-21 00:00",
  ]);
  expect(slicesOver("2026-03-17T06:00", "2026-03-19T06:00")).toEqual(["failure_hour 03-17 06:00 to 03-19 06:00"]);
});

test.each([
  [NOW, NOW],
  [NOW, NOW - 1],
  [-1, NOW],
  [Number.NaN, NOW],
  [NOW - 1_462 * DAY, NOW],
])("from %d to %d is refused", (from, to) => {
  expect(() => meshWindow({ from, to }, PRESENT)).toThrow(/^window: /);
});
