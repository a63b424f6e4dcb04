/** Operators and functions between plain numbers. */
import type { Operator } from "./tree.ts";

/** Comparisons and `&& ||` answer 1 or 0. Divisions by 0 are infinite, 0 / 0 is NaN. */
export function calculate(operator: Operator, left: number, right: number): number {
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
    case "==":
      return Number(left === right);
    case "!=":
      return Number(left !== right);
    case "<":
      return Number(left < right);
    case "<=":
      return Number(left <= right);
    case ">":
      return Number(left > right);
    case ">=":
      return Number(left >= right);
    case "&&":
      return Number(left !== 0 && right !== 0);
    case "||":
      return Number(left !== 0 || right !== 0);
  }
}

/** A double has no more decimals than these. */
const PLACES_MAX = 400;

/** To so many decimals, halves away from zero. In decimals, as numbers are written: 1.005 to two places is 1.01. */
export function roundTo(value: number, places: number): number {
  if (!Number.isFinite(value) || places > PLACES_MAX) return value;
  const shifted = shift(Math.abs(value), places);
  if (!Number.isFinite(shifted)) return value;
  return Math.sign(value) * shift(Math.round(shifted), -places) + 0; // never -0
}

function shift(value: number, places: number): number {
  const [digits, exponent = "0"] = String(value).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}
