import { expect, test } from "vitest";
import { lengthMs, periodOf, timeMs } from "../../../../oap/cli/period.ts";
import { UsageError } from "../../../../oap/model/errors.ts";

const NOW = Date.parse("2026-03-01T10:30:20Z");
const last = (text: string, step: "minute" | "hour" | "day" | null = null, now = NOW) =>
  periodOf({ lastMs: lengthMs(text), step }, now).duration;

test("the last while ends with the minute that is not over yet, and has as many points as minutes", () => {
  expect(last("30m")).toEqual({ start: "2026-03-01 1001", end: "2026-03-01 1030", step: "MINUTE" });
  expect(last("1m")).toEqual({ start: "2026-03-01 1030", end: "2026-03-01 1030", step: "MINUTE" });
});

test("a time that ends with a minute does not touch the next one", () => {
  expect(last("30m", null, Date.parse("2026-03-01T10:30:00Z"))).toEqual({
    start: "2026-03-01 1000",
    end: "2026-03-01 1029",
    step: "MINUTE",
  });
});

test("long times are by hour and by day, unless another step is asked for", () => {
  expect(last("6h")).toEqual({ start: "2026-03-01 05", end: "2026-03-01 10", step: "HOUR" });
  expect(last("30d")).toEqual({ start: "2026-01-31", end: "2026-03-01", step: "DAY" });
  expect(last("6h", "minute")).toMatchObject({ start: "2026-03-01 0431", step: "MINUTE" });
  expect(last("90m", "hour")).toEqual({ start: "2026-03-01 09", end: "2026-03-01 10", step: "HOUR" });
});

test("times are UTC unless they say otherwise", () => {
  const at = Date.parse("2026-03-01T10:20:00Z");
  for (const text of ["2026-03-01T10:20", "2026-03-01 10:20:00", "2026-03-01T10:20Z", "2026-03-01T12:20+02:00"]) {
    expect([text, timeMs(text)]).toEqual([text, at]);
  }
  expect(timeMs("2026-03-01")).toBe(Date.parse("2026-03-01T00:00:00Z"));
});

test.each(["", "30", "m", "0m", "-5m", "1.5h", "30s", "1w", "999999m"])("%j is no length of time", (text) => {
  expect(() => lengthMs(text)).toThrow(UsageError);
});

test.each(["", "10:20", "2026-13-01", "2026-03-01T25:00", "yesterday"])("%j is no time", (text) => {
  expect(() => timeMs(text)).toThrow(UsageError);
});
