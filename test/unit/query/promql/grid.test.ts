import { expect, test } from "vitest";
import { instantGrid, NO_REACH, POINTS_MAX, pointsOf, rangeGrid, rankingRange } from "../../../../query/promql/grid.ts";

const NOW = Date.parse("2026-05-01T11:00:30Z");
const PRESENT = { nowMs: NOW, minuteDays: 8, hourDays: 35 };
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

function range(lengthMs: number, stepMs: number | null, { to = NOW, back = 0 } = {}): string {
  const { step, stepMs: every } = rangeGrid(to - lengthMs, to, stepMs, { backMs: back, rangeMs: 0 }, PRESENT);
  return `${step} ${every / MINUTE}`;
}

test("without a step minutes are read up to an hour, hours up to a day, then days", () => {
  expect([range(HOUR, null), range(HOUR + 1, null), range(DAY, null), range(DAY + 1, null)]).toEqual([
    "MINUTE 1",
    "HOUR 60",
    "HOUR 60",
    "DAY 1440",
  ]);
});

test("a step is kept as far as whole rows allow, and answered from the coarsest rows that suit it", () => {
  expect(range(HOUR, 15_000)).toBe("MINUTE 1");
  expect(range(6 * HOUR, MINUTE)).toBe("MINUTE 1");
  expect(range(6 * HOUR, 90_000)).toBe("MINUTE 2");
  expect(range(DAY, 5 * MINUTE)).toBe("MINUTE 5");
  expect(range(DAY, HOUR)).toBe("HOUR 60");
  expect(range(DAY, 90 * MINUTE)).toBe("HOUR 120");
  expect(range(30 * DAY, DAY)).toBe("DAY 1440");
});

test("long ranges, and what is older than minutes or hours are kept, are read from coarser rows", () => {
  expect(range(3 * DAY, 5 * MINUTE)).toBe("HOUR 60");
  expect(range(60 * DAY, HOUR)).toBe("DAY 1440");
  expect(range(HOUR, MINUTE, { to: NOW - 9 * DAY })).toBe("HOUR 60");
  expect(range(HOUR, MINUTE, { to: NOW - 40 * DAY })).toBe("DAY 1440");
  expect(range(HOUR, MINUTE, { back: 8 * DAY })).toBe("HOUR 60");
});

test("no series has more points than a statement answers", () => {
  for (const [length, step] of [
    [2 * DAY, MINUTE],
    [40 * DAY, HOUR],
    [20_000 * DAY, DAY],
    [NOW, null],
  ] as const) // prettier-ignore
    expect(pointsOf(rangeGrid(NOW - length, NOW, step, NO_REACH, PRESENT)).length).toBeLessThanOrEqual(POINTS_MAX);
  expect(pointsOf(instantGrid(NOW, 2 * DAY, PRESENT).grid).length).toBeLessThanOrEqual(POINTS_MAX);
});

test("points are whole multiples of their distance, and both ends of a range have one", () => {
  const from = Date.parse("2026-05-01T10:03:20Z");
  const points = pointsOf(rangeGrid(from, from + 10 * MINUTE, 5 * MINUTE, NO_REACH, PRESENT));
  expect(points.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(["10:00", "10:05", "10:10"]);
});

test("at a moment two minutes are looked back; a range ends with the last whole row", () => {
  const { grid, isLastWhole } = instantGrid(NOW, null, PRESENT);
  expect([new Date(grid.firstMs).toISOString().slice(11, 16), new Date(grid.lastMs).toISOString().slice(11, 16)]).toEqual([
    "10:58",
    "11:00",
  ]);
  expect(isLastWhole).toBe(false);
  expect(instantGrid(NOW - HOUR, null, PRESENT).isLastWhole).toBe(true);
  const five = pointsOf(instantGrid(NOW, 5 * MINUTE, PRESENT).grid).map((at) => new Date(at).toISOString().slice(11, 16));
  expect(five).toEqual(["10:55", "10:56", "10:57", "10:58", "10:59"]);
});

test("rankings are read by minutes up to an hour, hours up to a day, then days, and cover every point", () => {
  const ranking = (lengthMs: number, stepMs: number): string => {
    const grid = rangeGrid(NOW - lengthMs, NOW, stepMs, NO_REACH, PRESENT);
    const { step, fromMs, toMs } = rankingRange(grid);
    expect([fromMs <= grid.firstMs, toMs >= grid.lastMs + grid.stepMs]).toEqual([true, true]);
    return `${step} ${(toMs - fromMs) / MINUTE}`;
  };
  expect(ranking(HOUR, MINUTE)).toBe("MINUTE 61");
  expect(ranking(6 * HOUR, MINUTE)).toBe("HOUR 420");
  expect(ranking(DAY, 5 * MINUTE)).toBe("HOUR 1500");
  expect(ranking(2 * DAY, 5 * MINUTE)).toBe("DAY 4320");
  expect(ranking(HOUR, 2 * HOUR)).toBe("HOUR 120");
});
