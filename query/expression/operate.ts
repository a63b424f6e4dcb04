/** An operator between two results: which values meet, and what the whole is. */
import { calculate } from "./calculate.ts";
import { failure, type Label, mapValues, type Result, type ResultType, type Series, single, type Value } from "./result.ts";
import type { Operator } from "./tree.ts";

const COMPARISONS: ReadonlySet<Operator> = new Set(["==", "!=", "<=", "<", ">=", ">"]);
const BOOLS: ReadonlySet<Operator> = new Set(["&&", "||"]);

/** An operand's error is the answer, the left one's first. */
export function binary(operator: Operator, left: Result, right: Result): Result {
  if (left.error !== null) return left;
  if (right.error !== null) return right;
  const isBool = BOOLS.has(operator);
  const wrong = !isBool || (left.compared && right.compared) ? null : left.compared ? "right" : "left";
  if (wrong !== null) return failure(`Bool Operation: The result of the ${wrong} expression is not a compare result.`);
  const result = combine(operator, left, right) ?? failure(unsupported(operator));
  return { ...result, compared: result.error === null && (isBool || COMPARISONS.has(operator)) };
}

function unsupported(operator: Operator): string {
  const what = BOOLS.has(operator) ? "bool" : COMPARISONS.has(operator) ? "compare" : "binary";
  return `Unsupported ${what} operation: Unsupported operation.`;
}

/** null: results of such types do not combine. */
function combine(operator: Operator, left: Result, right: Result): Result | null {
  if (left.type === "UNKNOWN" || right.type === "UNKNOWN") return null;
  const leftSingle = left.type === "SINGLE_VALUE";
  const rightSingle = right.type === "SINGLE_VALUE";
  if (leftSingle && rightSingle) return singles(operator, left, right);
  if (rightSingle && !right.labeled)
    return withSingle(left, firstValue(right), (value, other) => calculate(operator, value, other));
  if (leftSingle && !left.labeled)
    return withSingle(right, firstValue(left), (value, other) => calculate(operator, other, value));
  const areSeries = left.type === "TIME_SERIES_VALUES" && right.type === "TIME_SERIES_VALUES";
  return areSeries ? pairs(operator, left, right, "TIME_SERIES_VALUES") : null;
}

function firstValue(result: Result): number | null {
  return result.series[0]?.values[0]?.value ?? null;
}

function singles(operator: Operator, left: Result, right: Result): Result {
  if (!left.labeled && !right.labeled) return single(pairValue(operator, firstValue(left), firstValue(right)));
  return pairs(operator, left, right, "SINGLE_VALUE");
}

/** A series or list with one number; where that was not seen nothing is. */
function withSingle(many: Result, other: number | null, apply: (value: number, other: number) => number): Result {
  return mapValues(many, (value) => (other === null ? null : apply(value, other)));
}

/** Point by point. Sets of labels meet on equal labels, the left ones are kept; a set that meets none is all null. */
function pairs(operator: Operator, left: Result, right: Result, type: ResultType): Result {
  if ((!left.labeled && left.series.length === 0) || (!right.labeled && right.series.length === 0)) {
    return failure("Series No Labeled, left or right result is empty.");
  }
  const base = left.labeled || !right.labeled ? left : right;
  const bySet = new Map(right.series.map((series) => [labelText(series.labels), series]));
  const series = base.series.map((one): Series => {
    const a = left.labeled || !right.labeled ? one : left.series[0];
    const b = right.labeled && left.labeled ? bySet.get(labelText(one.labels)) : right.labeled ? one : right.series[0];
    const at = (values: readonly Value[] | undefined, i: number): number | null => values?.[i]?.value ?? null;
    return {
      labels: one.labels,
      values: one.values.map(({ id }, i) => ({
        id: type === "SINGLE_VALUE" ? null : id,
        owner: null,
        value: pairValue(operator, at(a?.values, i), at(b?.values, i)),
      })),
    };
  });
  return { type, labeled: base.labeled, compared: false, series, error: null };
}

function pairValue(operator: Operator, left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : calculate(operator, left, right);
}

/** The same for the same labels in any order. */
export function labelText(labels: readonly Label[]): string {
  return labels
    .map(({ key, value }) => `${key}=${value}`)
    .sort()
    .join(",");
}
