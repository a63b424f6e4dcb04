/** "The last half hour" -> a duration of the query protocol. All in UTC. */
import { UsageError } from "../model/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/time-bucket.ts";

/** By step: its length, and how many characters of an ISO time name it. */
export const STEPS = {
  minute: { ms: MINUTE_MS, digits: 16 },
  hour: { ms: HOUR_MS, digits: 13 },
  day: { ms: DAY_MS, digits: 10 },
} as const;
export type StepName = keyof typeof STEPS;

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
/** A table of more lines than this is for a coarser step. */
const MINUTES_MAX_MS = 4 * HOUR_MS;
const HOURS_MAX_MS = 10 * DAY_MS;

export interface PeriodOptions {
  readonly lastMs: number;
  /** null: by the length. */
  readonly step: StepName | null;
}

export interface Period {
  readonly step: StepName;
  /** Starts of the first and the last point, ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly duration: { readonly start: string; readonly end: string; readonly step: string };
}

/** The points that the time before `untilMs` touches, the last of which may not be over yet. */
export function periodOf({ lastMs, step: asked }: PeriodOptions, untilMs: number): Period {
  const step = asked ?? (lastMs <= MINUTES_MAX_MS ? "minute" : lastMs <= HOURS_MAX_MS ? "hour" : "day");
  const { ms } = STEPS[step];
  const last = Math.floor((untilMs - 1) / ms) * ms;
  const first = last - (Math.ceil(lastMs / ms) - 1) * ms;
  const text = (at: number): string => timeText(at, step).replace(":", "");
  return { step, firstMs: first, lastMs: last, duration: { start: text(first), end: text(last), step: step.toUpperCase() } };
}

/** yyyy-mm-dd hh:mm, or as much of it as tells the step. */
export function timeText(ms: number, step: StepName): string {
  return new Date(ms).toISOString().slice(0, STEPS[step].digits).replace("T", " ");
}

/** @throws UsageError */
export function lengthMs(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (!(ms > 0)) throw new UsageError(`--last: ${JSON.stringify(text)} is no length of time; write 30m, 6h or 7d`);
  return ms;
}

/** A time without a zone is UTC. @throws UsageError */
export function timeMs(text: string): number {
  const [, day, time = "00:00", zone = "Z"] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?(Z|[+-]\d{2}:\d{2})?$/.exec(text.trim()) ?? [];
  const ms = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(ms)) throw new UsageError(`--until: ${JSON.stringify(text)} is no time; write 2026-03-01T10:20`);
  return ms;
}
