/** Minute, hour and day buckets. Everything is UTC: the host's time zone never moves a bucket. */
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export type Step = "MINUTE" | "HOUR" | "DAY";

const STEP_MS: Readonly<Record<Step, number>> = {
  MINUTE: MINUTE_MS,
  HOUR: HOUR_MS,
  DAY: DAY_MS,
};

/** Start of the bucket that holds an instant, both in ms since the Unix epoch. */
function bucketStart(timeMs: number, step: Step): number {
  const size = STEP_MS[step];
  return Math.floor(timeMs / size) * size;
}

/** Starts of all buckets in the half-open range [fromMs, toMs), oldest first. */
export function bucketStarts(fromMs: number, toMs: number, step: Step): number[] {
  const starts: number[] = [];
  for (let at = bucketStart(fromMs, step); at < toMs; at += STEP_MS[step]) starts.push(at);
  return starts;
}
