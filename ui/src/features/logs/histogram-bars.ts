/** Bars of a histogram and what is under the pointer. Pure. */
import { formatMoment } from "../../components/chart/time-axis.ts";
import { formatClock, formatCount } from "../../lib/format.ts";
import type { MeshLogHistogram } from "../../lib/mesh-log-types.ts";

export interface Bar {
  /** Shares of the height, 0 to 1. */
  readonly calls: number;
  readonly failed: number;
}

/** What is there is seen, however little it is. */
const SEEN_MIN = 0.05;

export function barsOf({ calls, failed }: Pick<MeshLogHistogram, "calls" | "failed">): Bar[] {
  const max = Math.max(1, ...calls);
  const heightOf = (value: number): number => (value === 0 ? 0 : Math.max(SEEN_MIN, value / max));
  return calls.map((value, i) => ({ calls: heightOf(value), failed: heightOf(Math.min(value, failed[i] ?? 0)) }));
}

/** The step under a place, 0 to 1 of the width. */
export function stepAt(share: number, steps: number): number {
  return Math.min(steps - 1, Math.max(0, Math.floor(share * steps)));
}

/** From the start of one step to the end of the other, in whatever order they were dragged over. */
export function spanOf({ at, stepMs }: Pick<MeshLogHistogram, "at" | "stepMs">, one: number, other: number) {
  const [first, last] = one < other ? [one, other] : [other, one];
  return { from: at[first] as number, to: (at[last] as number) + stepMs };
}

/** What a step holds, in words. */
export function stepText({ at, stepMs, calls, failed, isExact }: MeshLogHistogram, i: number): string {
  const about = isExact ? "" : "about ";
  const share = (failed[i] ?? 0) > 0 ? `, ${about}${formatCount(failed[i])} failed` : "";
  return `${clock(at[i] as number, { at, stepMs })}: ${about}${formatCount(calls[i])} ${calls[i] === 1 ? "call" : "calls"}${share}`;
}

/** A moment as exactly as steps of that length need it, in the reader's time zone; with its day where there are several. */
export function clock(ms: number, { at, stepMs }: Pick<MeshLogHistogram, "at" | "stepMs">): string {
  if (stepMs < 60_000) return formatClock(ms).slice(0, "00:00:00".length);
  return formatMoment(ms, at);
}
