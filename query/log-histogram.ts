/** Access logs over time: which steps a window is counted in. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../oap/model/time-bucket.ts";
import type { Slice } from "./log-pages.ts";
import type { HistogramRow } from "./readers/logs.ts";

const SECOND_MS = 1_000;
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  DAY_MS,
];
/** The two steps at a window's ends are whole ones, too. */
const POINTS_MAX = 62;

/** The shortest step in which a window has few enough points. */
export function histogramStepMs({ fromUs, toUs }: Slice): number {
  const lengthMs = (toUs - fromUs) / 1_000;
  return STEPS_MS.find((stepMs) => lengthMs / stepMs <= POINTS_MAX - 2) ?? DAY_MS;
}

/** Every step of the window, with zeros where no row is. */
export function histogramOf({ fromUs, toUs }: Slice, stepMs: number, rows: readonly HistogramRow[]) {
  const byStep = new Map(rows.map((row) => [row.at, row]));
  const at: number[] = [];
  for (let step = Math.floor(fromUs / 1_000 / stepMs) * stepMs; step * 1_000 < toUs; step += stepMs) at.push(step);
  return {
    at,
    stepMs,
    calls: at.map((step) => byStep.get(step)?.calls ?? 0),
    failed: at.map((step) => byStep.get(step)?.failed ?? 0),
    isExact: rows.every(({ is_sampled }) => is_sampled === 0),
  };
}
