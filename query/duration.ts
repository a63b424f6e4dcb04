/** Duration of the query protocol -> steps. Times are UTC, both ends inclusive. */
import { QueryError } from "../oap/model/errors.ts";
import { bucketStarts, DAY_MS, HOUR_MS, MINUTE_MS, type Step } from "../oap/model/time-bucket.ts";

export interface DurationInput {
  readonly start: string;
  readonly end: string;
  readonly step: Step | "SECOND";
}

export interface TimeRange {
  /** Half-open, ms since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly step: Step | "SECOND";
  readonly stepMs: number;
}

const STEPS = {
  DAY: { ms: DAY_MS, pattern: /^(\d{4})-(\d{2})-(\d{2})$/, text: "yyyy-MM-dd" },
  HOUR: { ms: HOUR_MS, pattern: /^(\d{4})-(\d{2})-(\d{2}) (\d{2})$/, text: "yyyy-MM-dd HH" },
  MINUTE: { ms: MINUTE_MS, pattern: /^(\d{4})-(\d{2})-(\d{2}) (\d{2})(\d{2})$/, text: "yyyy-MM-dd HHmm" },
  SECOND: { ms: 1_000, pattern: /^(\d{4})-(\d{2})-(\d{2}) (\d{2})(\d{2})(\d{2})$/, text: "yyyy-MM-dd HHmmss" },
} as const;

const POINTS_MAX = 500;

/** @throws QueryError on a text that does not fit the step. */
export function parseDuration({ start, end, step }: DurationInput): TimeRange {
  const { ms } = STEPS[step];
  return { fromMs: parseTime(start, step), toMs: parseTime(end, step) + ms, step, stepMs: ms };
}

/** A range for questions without points: seconds are widened to the minutes that rows are of. @throws QueryError */
export function parseRowRange(duration: DurationInput): TimeRange {
  const range = parseDuration(duration);
  if (range.step !== "SECOND") return range;
  const { fromMs, toMs } = range;
  return { ...range, fromMs: Math.floor(fromMs / MINUTE_MS) * MINUTE_MS, toMs: Math.ceil(toMs / MINUTE_MS) * MINUTE_MS };
}

/** Starts of all points of a series. @throws QueryError when there are too many, or none. */
export function pointsOf(range: TimeRange): number[] {
  const points = (range.toMs - range.fromMs) / range.stepMs;
  if (points < 1 || points > POINTS_MAX) {
    throw new QueryError(
      `Duration data error, the range between the start time and the end time can't exceed ${POINTS_MAX} ${range.step}s`,
    );
  }
  if (range.step === "SECOND") return Array.from({ length: points }, (_, i) => range.fromMs + i * range.stepMs);
  return bucketStarts(range.fromMs, range.toMs, range.step);
}

/** Starts of the points of a range and of so many before it. @throws QueryError when the range has too many points, or none */
export function pointsBefore(range: TimeRange, before: number): number[] {
  const points = pointsOf(range);
  const [first = 0] = points;
  return [...Array.from({ length: before }, (_, i) => first - (before - i) * range.stepMs), ...points];
}

/** The step's digits without anything between them, as the protocol names points: 202603011016 for a minute. */
export function bucketText(ms: number, step: TimeRange["step"]): string {
  const digits = new Date(ms).toISOString().replaceAll(/[^0-9]/g, "");
  return digits.slice(0, { DAY: 8, HOUR: 10, MINUTE: 12, SECOND: 14 }[step]);
}

function parseTime(text: string, step: DurationInput["step"]): number {
  const { pattern, text: format } = STEPS[step];
  const parts = pattern.exec(text)?.slice(1).map(Number);
  if (parts === undefined) throw new QueryError(`"${text}" is no time of step ${step}: write it as ${format}`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(time);
  const isReal = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) throw new QueryError(`"${text}" is no time of step ${step}: there is no such day or hour`);
  return time;
}
