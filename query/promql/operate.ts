/** An operator between two values: numbers by moment, series that meet on their labels. */
import { calculate as plain } from "../expression/calculate.ts";
import { PromqlFault } from "./fault.ts";
import { type MatchedOperation, matched, setOperation } from "./match-series.ts";
import { type BinaryExpression, COMPARISONS, type Operator, SET_OPERATORS } from "./tree.ts";
import { except, NAME, nameOf, type Series, type Value } from "./vector.ts";

type Operation = Pick<BinaryExpression, "operator" | "bool" | "matching">;

/** @throws PromqlFault for values that do not combine */
export function operate({ operator, bool, matching }: Operation, left: Value, right: Value, moments: number): Value {
  for (const side of [left, right])
    if (side.type !== "scalar" && side.type !== "vector")
      throw new PromqlFault(`binary expression must contain only scalar and instant vector types, not a ${nameOf(side)}`);
  const isComparison = COMPARISONS.has(operator);
  if (left.type === "scalar" && right.type === "scalar") {
    if (SET_OPERATORS.has(operator)) throw new PromqlFault(`set operator "${operator}" not allowed in binary scalar expression`);
    if (isComparison && !bool) throw new PromqlFault("comparisons between scalars must use BOOL modifier");
    return { type: "scalar", values: left.values.map((value, i) => calculate(operator, value, right.values[i] as number)) };
  }
  const operation: MatchedOperation = { apply: applied(operator, bool), keepsName: isComparison && !bool };
  if (left.type === "vector" && right.type === "vector") {
    if (SET_OPERATORS.has(operator))
      return { type: "vector", series: setOperation(operator, left.series, right.series, matching, moments) };
    return { type: "vector", series: matched(operation, left.series, right.series, matching, moments) };
  }
  if (SET_OPERATORS.has(operator)) throw new PromqlFault(`set operator "${operator}" not allowed in binary scalar expression`);
  if (matching !== null) throw new PromqlFault("vector matching only allowed between instant vectors");
  return { type: "vector", series: withNumber(operation, left, right) };
}

function applied(operator: Operator, bool: boolean): MatchedOperation["apply"] {
  if (!COMPARISONS.has(operator) || bool) return (left, right) => calculate(operator, left, right);
  return (left, right, kept) => (calculate(operator, left, right) === 1 ? kept : null);
}

function withNumber({ apply, keepsName }: MatchedOperation, left: Value, right: Value): Series[] {
  const many = left.type === "vector" ? left.series : right.type === "vector" ? right.series : [];
  const numbers = left.type === "scalar" ? left.values : right.type === "scalar" ? right.values : [];
  const isLeft = left.type === "vector";
  return many.map(({ labels, values }) => ({
    labels: keepsName ? labels : except(labels, [NAME]),
    values: values.map((value, i) => {
      const number = numbers[i] as number;
      if (value === null) return null;
      return isLeft ? apply(value, number, value) : apply(number, value, value);
    }),
  }));
}

/** Comparisons answer 1 or 0. */
export function calculate(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case "^":
      return left ** right;
    case "and":
    case "or":
    case "unless":
      throw new PromqlFault(`set operator "${operator}" not allowed in binary scalar expression`);
    default:
      return plain(operator, left, right);
  }
}
