/** When: the moments that a question is about, and the rows that their values come from. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type Step } from "../../oap/model/time-bucket.ts";
import type { TimeRange } from "../duration.ts";

/** Points of series, evenly apart, at whole multiples of their distance since the epoch. */
export interface Grid {
  /** The table that is read. */
  readonly step: Step;
  readonly rowMs: number;
  /** Between points: a whole number of rows. What is read of a point is all of its rows. */
  readonly stepMs: number;
  /** Start of the first and of the last point. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Present {
  readonly nowMs: number;
  readonly minuteDays: number;
  readonly hourDays: number;
}

/** No series has more points: the readers' statements answer as many for each entity. */
export const POINTS_MAX = 1_000;

interface Rows {
  readonly step: Step;
  readonly rowMs: number;
  /** They are read for no longer range, however few points are asked for. */
  readonly longestMs: number;
}

/** From the finest on. */
const ROWS: readonly Rows[] = [
  { step: "MINUTE", rowMs: MINUTE_MS, longestMs: 2 * DAY_MS },
  { step: "HOUR", rowMs: HOUR_MS, longestMs: 40 * DAY_MS },
  { step: "DAY", rowMs: DAY_MS, longestMs: Number.POSITIVE_INFINITY },
];
const LAST_ROWS = ROWS.at(-1) as Rows;

/** What is read before the first point: how far back its beginning is, and how long the ranges are that end with a point. */
export interface Reach {
  readonly backMs: number;
  readonly rangeMs: number;
}

export const NO_REACH: Reach = { backMs: 0, rangeMs: 0 };

/** Points from `fromMs` to `toMs`, both included, `askedMs` apart or as little more as rows and POINTS_MAX allow. Without a step it follows the length, as
 *  clients of the reference expect: minutes up to an hour, hours up to a day, then days. */
export function rangeGrid(
  fromMs: number,
  toMs: number,
  askedMs: number | null,
  { backMs, rangeMs }: Reach,
  present: Present,
): Grid {
  const wantedMs = askedMs ?? suitingMs(toMs - fromMs);
  const readMs = toMs - fromMs + rangeMs;
  const coarsest = ROWS.findLastIndex(({ rowMs }) => rowMs <= wantedMs);
  const { step, rowMs } = rowsFor(fromMs - backMs, readMs, present, Math.max(0, coarsest));
  const stepMs = rowMs * Math.max(1, Math.ceil(wantedMs / rowMs), Math.ceil(readMs / rowMs / (POINTS_MAX - 4)));
  return { step, rowMs, stepMs, firstMs: floor(fromMs, stepMs), lastMs: floor(toMs, stepMs) };
}

/** The rows before a moment that are whole, of a length of time or of two rows, and the row that goes on. */
export function instantGrid(atMs: number, rangeMs: number | null, present: Present): { grid: Grid; isLastWhole: boolean } {
  const { step, rowMs } = rowsFor(atMs - (rangeMs ?? 0), rangeMs ?? 0, present, 0);
  const stepMs = rowMs * Math.max(1, Math.ceil((rangeMs ?? 0) / rowMs / (POINTS_MAX - 2)));
  const lastMs = floor(atMs, stepMs);
  const isLastWhole = lastMs + stepMs <= present.nowMs;
  if (rangeMs === null) return { grid: { step, rowMs, stepMs, firstMs: lastMs - 2 * stepMs, lastMs }, isLastWhole };
  const wholeMs = isLastWhole ? lastMs : lastMs - stepMs;
  const points = Math.max(1, Math.ceil(rangeMs / stepMs));
  return { grid: { step, rowMs, stepMs, firstMs: wholeMs - (points - 1) * stepMs, lastMs: wholeMs }, isLastWhole: true };
}

/** From one that suits the step on, the first table for such a length that still has the beginning. */
function rowsFor(fromMs: number, lengthMs: number, { nowMs, minuteDays, hourDays }: Present, first: number): Rows {
  const keptMs: Record<Step, number> = { MINUTE: minuteDays * DAY_MS, HOUR: hourDays * DAY_MS, DAY: Number.POSITIVE_INFINITY };
  const isKept = (step: Step): boolean => fromMs >= nowMs - keptMs[step];
  return ROWS.slice(first).find(({ step, longestMs }) => lengthMs <= longestMs && isKept(step)) ?? LAST_ROWS;
}

export function pointsOf({ firstMs, lastMs, stepMs }: Grid): number[] {
  return Array.from({ length: Math.floor((lastMs - firstMs) / stepMs) + 1 }, (_, i) => firstMs + i * stepMs);
}

export function earlier(grid: Grid, byMs: number): Grid {
  const steps = Math.round(byMs / grid.stepMs) * grid.stepMs;
  return { ...grid, firstMs: grid.firstMs - steps, lastMs: grid.lastMs - steps };
}

/** As the readers of series take it. */
export function pointRange({ step, stepMs, firstMs, lastMs }: Grid): TimeRange {
  return { fromMs: firstMs, toMs: lastMs + stepMs, step, stepMs };
}

/** As the readers of rankings take it: by rows that follow the length, as those of the reference do, and never finer than those of the points. */
export function rankingRange({ rowMs: finestMs, stepMs, firstMs, lastMs }: Grid): TimeRange {
  const wantedMs = Math.max(finestMs, suitingMs(lastMs - firstMs));
  const { step, rowMs } = ROWS.find((one) => one.rowMs >= wantedMs) ?? LAST_ROWS;
  return { fromMs: floor(firstMs, rowMs), toMs: floor(lastMs + stepMs - 1, rowMs) + rowMs, step, stepMs: rowMs };
}

function suitingMs(lengthMs: number): number {
  return lengthMs <= HOUR_MS ? MINUTE_MS : lengthMs <= DAY_MS ? HOUR_MS : DAY_MS;
}

function floor(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}
