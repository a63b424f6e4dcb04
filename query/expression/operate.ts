/** Arithmetic between two results, and the functions that fold or rename their series. */
import type { Aggregation, LabelCondition, Operator } from "./parse.ts";
import { failure, type Label, type Result, type ResultType, type Series, single, type Value } from "./result.ts";

const UNSUPPORTED = "Unsupported binary operation: Unsupported operation.";

export function binary(operator: Operator, left: Result, right: Result): Result {
  if (left.error !== null) return left;
  if (right.error !== null) return right;
  if (left.type === "UNKNOWN" || right.type === "UNKNOWN") return failure(UNSUPPORTED);
  const leftSingle = left.type === "SINGLE_VALUE";
  const rightSingle = right.type === "SINGLE_VALUE";
  if (leftSingle && rightSingle) return singles(operator, left, right);
  if (rightSingle && !right.labeled)
    return withSingle(left, firstValue(right), (value, other) => calculate(operator, value, other));
  if (leftSingle && !left.labeled)
    return withSingle(right, firstValue(left), (value, other) => calculate(operator, other, value));
  if (left.type === "TIME_SERIES_VALUES" && right.type === "TIME_SERIES_VALUES") return seriesPairs(operator, left, right);
  return failure(UNSUPPORTED);
}

function calculate(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
  }
}

function pairValue(operator: Operator, left: Value | undefined, right: Value | undefined): number | null {
  const a = left?.value ?? null;
  const b = right?.value ?? null;
  return a === null || b === null ? null : calculate(operator, a, b);
}

function firstValue(result: Result): number | null {
  return result.series[0]?.values[0]?.value ?? null;
}

function singles(operator: Operator, left: Result, right: Result): Result {
  if (!left.labeled && !right.labeled) {
    const [a, b] = [firstValue(left), firstValue(right)];
    return single(a === null || b === null ? null : calculate(operator, a, b));
  }
  return { ...seriesPairs(operator, left, right), type: "SINGLE_VALUE" };
}

/** A series or list with one number: nulls stay null, ids and owners are kept; an absent number counts as 0. */
function withSingle(many: Result, other: number | null, apply: (value: number, other: number) => number): Result {
  const series = many.series.map(({ labels, values }) => ({
    labels,
    values: values.map((value) => ({ ...value, value: value.value === null ? null : apply(value.value, other ?? 0) })),
  }));
  return { ...many, series };
}

/** Point by point; label sets join on equal labels, the left ones are kept. */
function seriesPairs(operator: Operator, left: Result, right: Result): Result {
  if ((!left.labeled && left.series.length === 0) || (!right.labeled && right.series.length === 0)) {
    return failure("Binary operation between series: left or right result is empty.");
  }
  const base = left.labeled || !right.labeled ? left : right;
  const bySet = new Map(right.series.map((series) => [labelText(series.labels), series]));
  const series = base.series.map((one): Series => {
    const a = left.labeled || !right.labeled ? one : left.series[0];
    const b = right.labeled && left.labeled ? bySet.get(labelText(one.labels)) : right.labeled ? one : right.series[0];
    return {
      labels: one.labels,
      values: one.values.map((value, i) => ({ ...value, value: pairValue(operator, a?.values[i], b?.values[i]) })),
    };
  });
  const type: ResultType =
    left.type === "TIME_SERIES_VALUES" || right.type === "TIME_SERIES_VALUES" ? "TIME_SERIES_VALUES" : "SINGLE_VALUE";
  return { type, labeled: base.labeled, series, error: null };
}

function labelText(labels: readonly Label[]): string {
  return labels
    .map(({ key, value }) => `${key}=${value}`)
    .sort()
    .join(",");
}

/** Folds every series to one value; empty points are skipped. */
export function aggregate(fn: Aggregation, of: Result): Result {
  if (of.error !== null) return of;
  if (of.type === "UNKNOWN") return of;
  if (fn === "latest" && of.type !== "TIME_SERIES_VALUES") return failure("LATEST can only be used in time series result.");
  return {
    type: "SINGLE_VALUE",
    labeled: of.labeled,
    series: of.series.map(({ labels, values }) => ({ labels, values: [fold(fn, values)] })),
    error: null,
  };
}

function fold(fn: Aggregation, values: readonly Value[]): Value {
  const present = values.filter((value) => value.value !== null) as (Value & { value: number })[];
  const bare = (value: number | null): Value => ({ id: null, owner: null, value });
  const sum = present.reduce((total, { value }) => total + value, 0);
  switch (fn) {
    case "count":
      return bare(present.length);
    case "sum":
      return bare(sum);
    case "avg":
      return bare(present.length === 0 ? null : sum / present.length);
    case "latest":
      return present.at(-1) ?? bare(null);
    case "max":
      return present.reduce<Value>((best, one) => (best.value === null || one.value > best.value ? one : best), bare(null));
    case "min":
      return present.reduce<Value>((best, one) => (best.value === null || one.value < best.value ? one : best), bare(null));
  }
}

/** Renames a label's key and, pairwise, its values. */
export function relabel(of: Result, from: LabelCondition, to: LabelCondition, text: string): Result {
  if (of.error !== null) return of;
  if (!of.labeled) return { ...of, error: `The result of expression [${text}] is not a labeled result.` };
  if (from.values.length !== to.values.length) return { ...of, error: "relabels: both labels must have as many values." };
  const renamed = new Map(from.values.map((value, i) => [value, to.values[i] as string]));
  const series = of.series.map(({ labels, values }) => ({
    values,
    labels: labels.map((label) =>
      label.key === from.key && renamed.has(label.value) ? { key: to.key, value: renamed.get(label.value) as string } : label,
    ),
  }));
  return { ...of, series };
}
