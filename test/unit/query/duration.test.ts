import { expect, test } from "vitest";
import { parseDuration, pointsOf } from "../../../query/duration.ts";

const utc = (text: string): number => Date.parse(text);

test.each([
  ["DAY", "2026-03-01", "2026-03-02", 2],
  ["HOUR", "2026-03-01 10", "2026-03-01 12", 3],
  ["MINUTE", "2026-03-01 1016", "2026-03-01 1016", 1],
  ["SECOND", "2026-03-01 101600", "2026-03-01 101659", 60],
] as const)("both ends of %s durations are included", (step, start, end, points) => {
  expect(pointsOf(parseDuration({ start, end, step }))).toHaveLength(points);
});

test("texts are UTC, and the range ends after its last step", () => {
  expect(parseDuration({ start: "2026-03-01 1000", end: "2026-03-01 1059", step: "MINUTE" })).toMatchObject({
    fromMs: utc("2026-03-01T10:00:00Z"),
    toMs: utc("2026-03-01T11:00:00Z"),
  });
});

test.each([
  ["MINUTE", "2026-03-01 10:16"],
  ["MINUTE", "2026-03-01 10"],
  ["MINUTE", "2026-03-01 1060"],
  ["HOUR", "2026-03-01 24"],
  ["DAY", "2026-02-30"],
  ["DAY", "yesterday"],
] as const)("%s does not take %s", (step, text) => {
  expect(() => parseDuration({ start: text, end: text, step })).toThrow(/is no time of step/);
});

test("a series has at most 500 points, and at least one", () => {
  const range = (end: string) => parseDuration({ start: "2026-03-01 0000", end, step: "MINUTE" });
  expect(pointsOf(range("2026-03-01 0819"))).toHaveLength(500);
  expect(() => pointsOf(range("2026-03-01 0820"))).toThrow(/can't exceed 500 MINUTEs/);
  expect(() => pointsOf(range("2026-02-28 2359"))).toThrow(/Duration data error/);
});
