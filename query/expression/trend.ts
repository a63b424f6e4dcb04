/** Increase over some steps, and that by second. */
import type { Result } from "./result.ts";
import type { TrendExpression } from "./tree.ts";

/** `of` begins `steps` points before the range, so that the result has all of its points. */
export function trend({ fn, steps }: TrendExpression, of: Result, stepMs: number, text: string): Result {
  if (of.error !== null) return of;
  if (of.type !== "TIME_SERIES_VALUES")
    return { ...of, error: `The result of expression [${text}] is not a time series result.` };
  const divisor = fn === "rate" ? (steps * stepMs) / 1_000 : 1;
  const series = of.series.map(({ labels, values }) => ({
    labels,
    values: values.slice(steps).map((value, i) => {
      const before = values[i]?.value ?? null;
      return { ...value, value: value.value === null || before === null ? null : (value.value - before) / divisor };
    }),
  }));
  return { ...of, compared: false, series };
}
