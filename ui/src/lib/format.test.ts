import { expect, test } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatClock,
  formatCount,
  formatMs,
  formatRate,
  formatShare,
  formatSpan,
  formatTime,
  formatWindow,
  formatZone,
} from "./format.ts";

test("missing is a dash and zero is zero", () => {
  for (const format of [formatCount, formatRate, formatMs, formatShare, formatBytes]) expect(format(null)).toBe("–");
  expect([formatCount(0), formatRate(0), formatShare(0), formatBytes(0)]).toEqual(["0", "0/s", "0 %", "0 B"]);
});

test("numbers read as people say them", () => {
  expect([formatCount(79_648), formatCount(1_234_567)]).toEqual(["79,648", "1.23M"]);
  expect([formatRate(44.71), formatRate(0.02), formatRate(12_345)]).toEqual(["44.7/s", "1.2/min", "12.3k/s"]);
  expect([formatMs(0.25), formatMs(47.1), formatMs(1_500), formatMs(90_000)]).toEqual(["250 µs", "47.1 ms", "1.5 s", "1.5 min"]);
  expect([formatBytes(512), formatBytes(1_536), formatBytes(5_368_709_120)]).toEqual(["512 B", "1.5 KiB", "5 GiB"]);
});

test("a share that is not quite nothing or all never reads as if it were", () => {
  expect([formatShare(0.00001), formatShare(0.99999), formatShare(1), formatShare(0.0107), formatShare(0.5)]).toEqual([
    "<0.01 %",
    ">99.99 %",
    "100 %",
    "1.07 %",
    "50.0 %",
  ]);
});

test("how long ago", () => {
  expect([0, 5_000, 120_000, 7_200_000, 3 * 86_400_000].map((ms) => formatAgo(1e12 - ms, 1e12))).toEqual([
    "now",
    "5 s ago",
    "2 min ago",
    "2 h ago",
    "3 days ago",
  ]);
});

test("a span is told in its largest unit", () => {
  const HOUR = 3_600_000;
  expect([0, HOUR / 6, HOUR, 1.4 * HOUR, 2 * HOUR, 47 * HOUR, 48 * HOUR, 400 * 24 * HOUR].map(formatSpan)).toEqual([
    "0 min",
    "10 min",
    "60 min",
    "84 min",
    "2 h",
    "47 h",
    "2 days",
    "400 days",
  ]);
  expect(formatSpan(null)).toBe("–");
});

test("a moment is told in the reader's time zone, to the minute", () => {
  expect(formatTime(new Date(2026, 2, 1, 9, 5, 59).getTime())).toBe("2026-03-01 09:05");
});

test("a moment of a log is told to the millisecond, with its day where that is not clear", () => {
  const at = new Date(2026, 2, 1, 9, 5, 7, 41).getTime() + 0.9;
  expect([formatClock(at), formatClock(at, true)]).toEqual(["09:05:07.041", "03-01 09:05:07.041"]);
});

test("a window names its day once, and the time zone is told with its offset", () => {
  const at = (day: number, hour: number): number => new Date(2026, 10, day, hour, 5).getTime();
  expect(formatWindow(at(26, 18), at(26, 19))).toBe("2026-11-26 18:05 – 19:05");
  expect(formatWindow(at(25, 18), at(26, 19))).toBe("2026-11-25 18:05 – 2026-11-26 19:05");
  const before = process.env["TZ"];
  try {
    const zones = ["UTC", "Asia/Tokyo", "America/St_Johns"].map((zone) => {
      process.env["TZ"] = zone;
      return formatZone(Date.UTC(2026, 0, 15));
    });
    expect(zones).toEqual(["UTC", "Asia/Tokyo, UTC+09:00", "America/St_Johns, UTC−03:30"]);
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
});
