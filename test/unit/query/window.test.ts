import { expect, test } from "vitest";
import { meshWindow, stepsOf } from "../../../query/window.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-03-20T10:30:20Z");
const PRESENT = { nowMs: NOW, minuteDays: 8, hourDays: 35 };

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
  expect(window).toMatchObject({ table: "traffic_day", failureTable: "failure_day", rowMs: DAY, stepMs: DAY });
  expect(stepsOf(window, window.stepMs).length).toBe(1);
});

test("a window is rounded outward to minutes, and rates are over what has passed of it", () => {
  const window = meshWindow({ from: NOW - 10 * MINUTE, to: NOW + 10 * MINUTE }, PRESENT);
  expect(new Date(window.fromMs).toISOString()).toBe("2026-03-20T10:20:00.000Z");
  expect(new Date(window.toMs).toISOString()).toBe("2026-03-20T10:41:00.000Z");
  expect(window.elapsedSeconds).toBe(11 * 60);
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
