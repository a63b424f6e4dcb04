/** Rates over windows that end now, as long as rows are there up to a few seconds ago. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { meshWindow } from "../../../query/window.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-03-20T10:30:00Z");
const KEPT = { minuteDays: 8, hourDays: 35, dayDays: 400 };
const PER_SECOND = 45;

/** The rate that is told of a constant one, when what is older than `lagMs` can be read. */
function toldRate({ nowMs, minutes, lagMs }: { nowMs: number; minutes: number; lagMs: number }): number {
  const { fromMs, elapsedSeconds } = meshWindow({ from: nowMs - minutes * MINUTE, to: nowMs }, { nowMs, ...KEPT });
  return (PER_SECOND * (nowMs - lagMs - fromMs)) / 1_000 / elapsedSeconds;
}

test.each([5, 15, 60, 24 * 60])("a constant rate is told within 3 %% at any second, over the last %d minutes", (minutes) => {
  const moment = fc.record({ afterMs: fc.nat({ max: 2 * 60 * MINUTE }), lagMs: fc.integer({ min: 0, max: 10_000 }) });
  fc.assert(
    fc.property(moment, ({ afterMs, lagMs }) => {
      const rate = toldRate({ nowMs: START + afterMs, minutes, lagMs });
      expect(Math.abs(rate / PER_SECOND - 1)).toBeLessThan(0.03);
      if (lagMs === 3_000) expect(rate).toBeCloseTo(PER_SECOND);
    }),
  );
});

test("where rows are as late as is usual, a constant rate is told to the digit", () => {
  for (let second = 0; second < 60; second++)
    expect(toldRate({ nowMs: START + second * 1_000, minutes: 5, lagMs: 3_000 })).toBeCloseTo(PER_SECOND);
});

test("a window that has only just begun is at least ten seconds, one that is over all of its length", () => {
  const elapsed = (from: number, to: number): number => meshWindow({ from, to }, { nowMs: START, ...KEPT }).elapsedSeconds;
  expect(elapsed(START, START + MINUTE)).toBe(10);
  expect(elapsed(START - 1_000, START)).toBe(57); // it begins with its minute
  expect(elapsed(START - 5 * MINUTE, START + 5 * MINUTE)).toBe(297);
  expect(elapsed(START - 15 * MINUTE, START - 5 * MINUTE)).toBe(600);
});
