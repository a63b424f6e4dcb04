import { expect, test } from "vitest";
import { draggedWindow } from "./dragged-window.ts";
import { formatMoment, formatTicks } from "./time-axis.ts";

/** In the reader's time zone, whatever it is. */
const at = (day: number, hour: number, minute = 0, month = 10): number => new Date(2026, month, day, hour, minute).getTime();

test("what is dragged over becomes whole minutes, at least one", () => {
  const MINUTE = 60_000;
  expect(draggedWindow(2.4 * MINUTE, 5.6 * MINUTE)).toEqual([2 * MINUTE, 6 * MINUTE]);
  expect(draggedWindow(2 * MINUTE, 5 * MINUTE)).toEqual([2 * MINUTE, 5 * MINUTE]);
  expect(draggedWindow(3 * MINUTE, 3 * MINUTE)).toEqual([3 * MINUTE, 4 * MINUTE]);
});

test("ticks of one day are times of day, of several days tell where each begins", () => {
  expect(formatTicks([at(26, 18, 55), at(26, 19), at(26, 19, 5)])).toEqual(["18:55", "19:00", "19:05"]);
  expect(formatTicks([at(26, 12), at(26, 18), at(27, 0), at(27, 6)])).toEqual(["12:00\n11-26", "18:00", "00:00\n11-27", "06:00"]);
  expect(formatTicks([at(30, 0), at(31, 0)])).toEqual(["11-30", "12-01"]);
  expect(formatTicks([at(31, 0, 0, 11), at(32, 0, 0, 11)])).toEqual(["12-31", "01-01\n2027"]);
  expect(formatTicks([])).toEqual([]);
});

test("a moment has its day where the chart has several", () => {
  expect(formatMoment(at(26, 19, 4), [at(26, 19), at(26, 20)])).toBe("19:04");
  expect(formatMoment(at(26, 23), [at(26, 23), at(27, 1)])).toBe("11-26 23:00");
});
