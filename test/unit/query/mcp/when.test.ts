import { expect, test } from "vitest";
import { stepsOf } from "../../../../query/mcp/steps.ts";
import { isoOf, spanOf, type WhenInput } from "../../../../query/mcp/when.ts";

const NOW = Date.parse("2026-03-01T10:16:30Z");
const told = (input: WhenInput): string => {
  const { from, to } = spanOf(input, NOW);
  return `${isoOf(from)}/${isoOf(to)}`;
};

test("lengths of time end with the current minute, however they are written", () => {
  expect(told({})).toBe("2026-03-01T10:02:00Z/2026-03-01T10:17:00Z");
  for (const window of ["last 30m", "30m", "30 minutes", "Last 30 min", "the past 30 mins", " last 0.5h ", "1800s"])
    expect(told({ window })).toBe("2026-03-01T09:47:00Z/2026-03-01T10:17:00Z");
  expect(told({ window: "last hour" })).toBe(told({ window: "1h" }));
  expect(told({ window: "1h30m" })).toBe(told({ window: "last 90 minutes" }));
  expect(told({ window: "past week" })).toBe(told({ window: "7 days" }));
  expect(told({ window: "today" })).toBe("2026-03-01T00:00:00Z/2026-03-01T10:17:00Z");
  expect(told({ window: "yesterday" })).toBe("2026-02-28T00:00:00Z/2026-03-01T00:00:00Z");
});

test("times are ISO 8601 with or without zone, relative to now, or ms", () => {
  const window = "2026-03-01T09:00:00Z/2026-03-01T10:00:00Z";
  expect(told({ window })).toBe(window);
  expect(told({ window: "2026-03-01 09:00 to 2026-03-01 10:00" })).toBe(window);
  expect(told({ from: "2026-03-01T11:00:00+02:00", to: "2026-03-01T10:00Z" })).toBe(window);
  expect(told({ from: String(Date.parse("2026-03-01T09:00Z")), to: "2026-03-01T100000Z" })).toBe(window);
  expect(told({ from: "2026-02-28", to: "2026-03-01" })).toBe(told({ window: "yesterday" }));
  expect(told({ from: "now-1h" })).toBe(told({ window: "last hour" }));
  expect(told({ from: "-1h", to: "30m ago" })).toBe("2026-03-01T09:17:00Z/2026-03-01T09:47:00Z");
  expect(told({ window: "30m", to: "2026-03-01T10:00:00Z" })).toBe("2026-03-01T09:30:00Z/2026-03-01T10:00:00Z");
});

test.each<[WhenInput, RegExp]>([
  [{ window: "soon" }, /^window: "soon" is no window; write "last 30m"/],
  [{ window: "30 parsecs" }, /^window: /],
  [{ window: "last" }, /^window: /],
  [{ window: "0m" }, /^window: .*not before its end/],
  [{ window: "2026-03-01T10:00Z/2026-03-01T09:00Z" }, /^window: begins at 2026-03-01T10:00:00Z, which is not before/],
  [{ window: "last 5000 days" }, /^window: longer than 1461 days/],
  [{ window: "9".repeat(99) }, /^window: /],
  [{ window: "1e9 days" }, /^window: /],
  [{ window: "x".repeat(101) }, /^window: longer than 100 characters/],
  [{ from: "noon" }, /^from: "noon" is no time/],
  [{ from: "2026-02-31T25:00Z" }, /^from: /],
  [{ from: "2026-03-02" }, /^from: "2026-03-02" is in the future/],
  [{ from: "2026-03-01T09:00Z", to: "then" }, /^to: "then" is no time/],
  [{ window: "today", to: "now" }, /^to: goes with a length of time/],
  [{ window: "30m", from: "now-1h" }, /^window: give either/],
])("a mistake names the argument: %j", (input, message) => {
  expect(() => spanOf(input, NOW)).toThrow(message);
});

test("steps of expressions are as long as suits the window, and hold all of it", () => {
  const span = spanOf({ window: "30m" }, NOW);
  expect(stepsOf(span).duration).toEqual({ start: "2026-03-01 0947", end: "2026-03-01 1016", step: "MINUTE" });
  expect(stepsOf(span, "HOUR").duration).toEqual({ start: "2026-03-01 09", end: "2026-03-01 10", step: "HOUR" });
  expect(stepsOf(spanOf({ window: "2 days" }, NOW)).duration).toMatchObject({ step: "HOUR" });
  expect(stepsOf(spanOf({ window: "30 days" }, NOW)).duration).toEqual({ start: "2026-01-30", end: "2026-03-01", step: "DAY" });
});
