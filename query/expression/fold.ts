/** Many values to one. Values that were not seen are skipped. */
import { failure, type Result, type Value } from "./result.ts";
import type { Aggregation } from "./tree.ts";

/** Every series to one value, its labels stay. */
export function aggregate(fn: Aggregation, of: Result): Result {
  if (of.error !== null || of.type === "UNKNOWN") return of;
  if (fn === "latest" && of.type !== "TIME_SERIES_VALUES") return failure("LATEST can only be used in time series result.");
  const series = of.series.map(({ labels, values }) => ({ labels, values: [fold(fn, values)] }));
  return { type: "SINGLE_VALUE", labeled: of.labeled, compared: false, series, error: null };
}

/** A value that was chosen keeps its id and owner, one that was made of several has none. Of nothing: null, or 0 for `sum` and `count`. */
export function fold(fn: Aggregation, values: readonly Value[]): Value {
  const present = values.filter((value): value is Value & { value: number } => value.value !== null);
  const made = (value: number | null): Value => ({ id: null, owner: null, value });
  const chosen = (isBetter: (one: number, best: number) => boolean): Value =>
    present.reduce<(Value & { value: number }) | null>(
      (best, one) => (best === null || isBetter(one.value, best.value) ? one : best),
      null,
    ) ?? made(null);
  const sum = (): number => present.reduce((total, { value }) => total + value, 0);
  switch (fn) {
    case "count":
      return made(present.length);
    case "sum":
      return made(sum());
    case "avg":
      return made(present.length === 0 ? null : sum() / present.length);
    case "latest":
      return present.at(-1) ?? made(null);
    case "max":
      return chosen((one, best) => one > best);
    case "min":
      return chosen((one, best) => one < best);
  }
}
