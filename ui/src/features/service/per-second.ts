/** Counts of steps as rates. Pure. */

/** Rows are readable some seconds after their calls. */
const LAG_MS = 3_000;
/** A step that still runs counts by what of it has passed, once that is so much: less would read as a fall, or as a peak. */
const PASSED_MIN_MS = 60_000;

/** @param at starts of the steps, ms. @returns calls per second; null where nothing was seen or too little of the step has passed. */
export function perSecond(
  values: readonly (number | null)[],
  { at, stepMs }: { readonly at: readonly number[]; readonly stepMs: number },
  nowMs: number,
): (number | null)[] {
  return values.map((value, i) => {
    const passedMs = Math.min(stepMs, nowMs - LAG_MS - (at[i] as number));
    return value === null || passedMs < Math.min(stepMs, PASSED_MIN_MS) ? null : value / (passedMs / 1_000);
  });
}
