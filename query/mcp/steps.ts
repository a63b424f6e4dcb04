/** A window -> the duration of a metrics expression: UTC text with both ends included, in steps that make a few hundred points at most. */

import { DAY_MS, HOUR_MS, MINUTE_MS, type Step } from "../../oap/model/time-bucket.ts";
import type { DurationInput } from "../duration.ts";
import type { Span } from "./when.ts";

const LENGTH_MS: Readonly<Record<Step, number>> = { MINUTE: MINUTE_MS, HOUR: HOUR_MS, DAY: DAY_MS };
/** Longer windows take the next longer step. */
const LONGEST: readonly (readonly [Step, number])[] = [
  ["MINUTE", 4 * HOUR_MS],
  ["HOUR", 10 * DAY_MS],
];

export interface Steps extends Span {
  readonly duration: DurationInput;
}

/** Rounded outward to whole steps. */
export function stepsOf({ from, to }: Span, wanted?: Step): Steps {
  const step = wanted ?? LONGEST.find(([, longest]) => to - from <= longest)?.[0] ?? "DAY";
  const length = LENGTH_MS[step];
  const first = Math.floor(from / length) * length;
  const end = Math.ceil(to / length) * length;
  return { from: first, to: end, duration: { start: textOf(first, step), end: textOf(end - length, step), step } };
}

/** yyyy-MM-dd, with HH or HHmm after it. */
function textOf(ms: number, step: Step): string {
  const iso = new Date(ms).toISOString();
  const [date, hour, minute] = [iso.slice(0, 10), iso.slice(11, 13), iso.slice(14, 16)];
  return step === "DAY" ? date : `${date} ${hour}${step === "MINUTE" ? minute : ""}`;
}
