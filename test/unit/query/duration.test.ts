import { expect, test } from "vitest";
import { bucketText, parseDuration, parseRowRange, pointsOf } from "../../../query/duration.ts";

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

test("a range of seconds is widened to whole minutes where rows are of minutes, others stay as they are", () => {
  const range = { start: "2026-03-01 101630", end: "2026-03-01 101700", step: "SECOND" } as const;
  expect(parseRowRange(range)).toMatchObject({ fromMs: utc("2026-03-01T10:16:00Z"), toMs: utc("2026-03-01T10:18:00Z") });
  expect(parseRowRange({ start: "2026-03-01 10", end: "2026-03-01 10", step: "HOUR" })).toMatchObject({
    fromMs: utc("2026-03-01T10:00:00Z"),
    toMs: utc("2026-03-01T11:00:00Z"),
  });
});

test("points are one step apart, also over the end of February", () => {
  const points = pointsOf(parseDuration({ start: "2028-02-28", end: "2028-03-01", step: "DAY" }));
  expect(points.map((at) => new Date(at).toISOString().slice(0, 10))).toEqual(["2028-02-28", "2028-02-29", "2028-03-01"]);
});

test.each([
  ["DAY", "20260301"],
  ["HOUR", "2026030110"],
  ["MINUTE", "202603011016"],
  ["SECOND", "20260301101605"],
] as const)("a bucket of step %s is written as %s", (step, text) => {
  expect(bucketText(utc("2026-03-01T10:16:05Z"), step)).toBe(text);
});
