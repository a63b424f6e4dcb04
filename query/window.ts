/** The window of our own questions: rounded outward to minutes, and read from the table whose steps suit its length. */
import { QueryError } from "../oap/model/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../oap/model/time-bucket.ts";

export interface MeshWindow {
  /** Half-open, ms since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly table: string;
  /** Length of a point of a series. */
  readonly stepMs: number;
}

export interface WindowInput {
  readonly from: number;
  readonly to: number;
}

const LONGEST_MS = 31 * DAY_MS;
/** Up to this length, from this table, in steps of this length: at most 250 points. */
const CHOICES: readonly (readonly [number, string, number])[] = [
  [2 * HOUR_MS, "traffic_minute", MINUTE_MS],
  [12 * HOUR_MS, "traffic_minute", 5 * MINUTE_MS],
  [10 * DAY_MS, "traffic_hour", HOUR_MS],
  [LONGEST_MS, "traffic_hour", 6 * HOUR_MS],
];

/** @throws QueryError on an empty, reversed or too long window. */
export function meshWindow({ from, to }: WindowInput): MeshWindow {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from < 0 || to <= from)
    throw new QueryError(`window: from ${from} must be before to ${to}`);
  const length = to - from;
  const choice = CHOICES.find(([longest]) => length <= longest);
  if (choice === undefined)
    throw new QueryError(
      `window: ${Math.round(length / DAY_MS)} days are more than the ${LONGEST_MS / DAY_MS} that can be asked for`,
    );
  const [, table, stepMs] = choice;
  const grain = table === "traffic_minute" ? MINUTE_MS : HOUR_MS;
  return { fromMs: Math.floor(from / grain) * grain, toMs: Math.ceil(to / grain) * grain, table, stepMs };
}

/** Starts of all points of a series over the window. */
export function stepsOf({ fromMs, toMs, stepMs }: MeshWindow): number[] {
  const steps: number[] = [];
  for (let at = Math.floor(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) steps.push(at);
  return steps;
}
