/** The window of our own questions: rounded outward to the rows of the table that it is read from, which is the finest one
 *  whose steps suit its length and which still has them. */
import { QueryError } from "../oap/model/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../oap/model/time-bucket.ts";
import { failureSlicesOf, type Kept, ROW_MS, type Rows, type Slice, slicesOf, type TimedSlice } from "./slices.ts";

export interface MeshWindow {
  /** Half-open, ms since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly table: string;
  /** What holds the same sums in as few rows as there are: what is asked of the whole window and not by step is read from these. */
  readonly slices: readonly Slice[];
  /** What failures are read from: rows of the same length, and shorter ones of the hour or day that is not over. */
  readonly failureSlices: readonly TimedSlice[];
  /** Length of a point of a series, and of a table row's sparkline. */
  readonly stepMs: number;
  readonly sparkMs: number;
  /** How much of the window has rows by now, s: what rates are taken over. */
  readonly elapsedSeconds: number;
}

export interface WindowInput {
  readonly from: number;
  readonly to: number;
}

export interface Present extends Kept {
  readonly minuteDays: number;
}

/** Four years. */
const LONGEST_MS = 1_461 * DAY_MS;
const SPARKLINE_POINTS_MAX = 40;
/** How old a call is, on average, when its row can be read: it waits in the proxy, for the hand-over, and for its batch. Of a window that ends now,
 *  rates are over what is before that; how far off that can be: oap/docs/decisions/0045. */
const ROWS_LAG_MS = 3_000;
/** Of a window that has only just begun: few calls in next to no time would be any rate at all. */
const ELAPSED_MIN_MS = 10_000;
/** Up to this length, from the tables of this name, in steps of this length: at most 242 points. */
const CHOICES: readonly (readonly [number, Rows, number])[] = [
  [2 * HOUR_MS, "minute", MINUTE_MS],
  [12 * HOUR_MS, "minute", 5 * MINUTE_MS],
  [10 * DAY_MS, "hour", HOUR_MS],
  [31 * DAY_MS, "hour", 6 * HOUR_MS],
  [240 * DAY_MS, "day", DAY_MS],
  [LONGEST_MS, "day", 7 * DAY_MS],
];

/** @throws QueryError on an empty, reversed or too long window. */
export function meshWindow({ from, to }: WindowInput, present: Present): MeshWindow {
  const { nowMs, minuteDays, hourDays } = present;
  if (!Number.isFinite(from) || !Number.isFinite(to) || from < 0 || to <= from)
    throw new QueryError(`window: from ${from} must be before to ${to}`);
  const keptMs = { minute: minuteDays * DAY_MS, hour: hourDays * DAY_MS, day: Number.POSITIVE_INFINITY };
  const choice = CHOICES.find(([longest, rows]) => to - from <= longest && from >= nowMs - keptMs[rows]);
  if (choice === undefined)
    throw new QueryError(
      `window: ${Math.ceil((to - from) / DAY_MS)} days are more than the ${LONGEST_MS / DAY_MS} that can be asked for`,
    );
  const [, rows, stepMs] = choice;
  const rowMs = ROW_MS[rows];
  const fromMs = Math.floor(from / rowMs) * rowMs;
  const toMs = Math.ceil(to / rowMs) * rowMs;
  const sparkMs = stepMs * Math.ceil((toMs - fromMs) / stepMs / SPARKLINE_POINTS_MAX);
  const elapsedSeconds = Math.min(toMs - fromMs, Math.max(ELAPSED_MIN_MS, nowMs - ROWS_LAG_MS - fromMs)) / 1_000;
  const slices = slicesOf(rows, { fromMs, toMs }, present);
  const failureSlices = failureSlicesOf(rows, { fromMs, toMs }, nowMs);
  return { fromMs, toMs, table: `traffic_${rows}`, slices, failureSlices, stepMs, sparkMs, elapsedSeconds };
}

/** Starts of all points of a series over the window. */
export function stepsOf({ fromMs, toMs }: MeshWindow, stepMs: number): number[] {
  const steps: number[] = [];
  for (let at = Math.floor(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) steps.push(at);
  return steps;
}
