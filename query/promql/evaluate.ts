/** A query at its moments. What it reads is planned from its selectors and read at once; calculating is pure then. */
import type { Budget } from "../expression/budget.ts";
import { aggregate } from "./aggregate.ts";
import { functionNamed, type QueryFunction } from "./functions.ts";
import { earlier, instantGrid, type Present, pointsOf, rangeGrid } from "./grid.ts";
import { operate } from "./operate.ts";
import type { Wanted } from "./read.ts";
import { type Expression, partsOf, type RangeSelector, type Selector } from "./tree.ts";
import { mapped, type Series, type Value, vectorOf } from "./vector.ts";

export interface Plan {
  /** ms. */
  readonly moments: readonly number[];
  readonly wanted: readonly (Wanted & { readonly node: Selector | RangeSelector; readonly shape: Shape })[];
}

/** What was read as the value of its selector. */
type Shape = (series: readonly Series[]) => Value;

/** The same at each point of a range; without `stepMs` as far apart as suits its length. */
export function planRange(
  expression: Expression,
  { fromMs, toMs, stepMs }: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number | null },
  present: Present,
): Plan {
  const nodes = selectorsOf(expression);
  const rangeOf = (node: Selector | RangeSelector): number => (node.kind === "range" ? node.rangeMs : 0);
  const backMs = Math.max(0, ...nodes.map((node) => offsetOf(node) + rangeOf(node)));
  const grid = rangeGrid(fromMs, toMs, stepMs, { backMs, rangeMs: Math.max(0, ...nodes.map(rangeOf)) }, present);
  const wanted = nodes.map((node) => {
    const length = node.kind === "range" ? Math.max(1, Math.round(node.rangeMs / grid.stepMs)) : 1;
    const longer = { ...grid, firstMs: grid.firstMs - (length - 1) * grid.stepMs };
    const own = earlier(longer, offsetOf(node));
    const shape: Shape = (series) =>
      node.kind === "range" ? { type: "matrix", points: pointsOf(own), length, series } : { type: "vector", series };
    return { node, matchers: matchersOf(node), grid: own, shape };
  });
  return { moments: pointsOf(grid), wanted };
}

/** At one moment: the last values before it that are of whole minutes, not more than two minutes back; else the one of the minute that goes on. */
export function planInstant(expression: Expression, atMs: number, present: Present): Plan {
  const wanted = selectorsOf(expression).map((node) => {
    const rangeMs = node.kind === "range" ? node.rangeMs : null;
    const { grid, isLastWhole } = instantGrid(atMs - offsetOf(node), rangeMs, present);
    const shape: Shape = (series) => {
      if (rangeMs !== null) return { type: "matrix", points: pointsOf(grid), length: pointsOf(grid).length, series };
      return { type: "vector", series: series.map(({ labels, values }) => ({ labels, values: [latest(values, isLastWhole)] })) };
    };
    return { node, matchers: matchersOf(node), grid, shape };
  });
  return { moments: [atMs], wanted };
}

function latest(values: readonly (number | null)[], isLastWhole: boolean): number | null {
  const newestFirst = values.toReversed();
  const [last = null, ...whole] = newestFirst;
  return (isLastWhole ? newestFirst : [...whole, last]).find((value) => value !== null) ?? null;
}

/** `read`: for each of what the plan wants. @throws PromqlFault, BudgetFault */
export function evaluate(expression: Expression, plan: Plan, read: readonly (readonly Series[])[], budget: Budget): Value {
  const values = new Map(plan.wanted.map(({ node, shape }, i) => [node as Expression, shape(read[i] ?? [])]));
  return new Evaluation(values, plan.moments, budget).of(expression);
}

class Evaluation {
  readonly #read: ReadonlyMap<Expression, Value>;
  readonly #moments: readonly number[];
  readonly #budget: Budget;

  constructor(read: ReadonlyMap<Expression, Value>, moments: readonly number[], budget: Budget) {
    this.#read = read;
    this.#moments = moments;
    this.#budget = budget;
  }

  of(expression: Expression): Value {
    const value = this.#valueOf(expression);
    if (value.type === "vector") this.#budget.spend(value.series.length * this.#moments.length);
    return value;
  }

  #valueOf(expression: Expression): Value {
    switch (expression.kind) {
      case "number":
        return { type: "scalar", values: this.#moments.map(() => expression.value) };
      case "string":
        return { type: "string", value: expression.value };
      case "paren":
        return this.of(expression.of);
      case "negative": {
        const value = this.of(expression.of);
        if (value.type === "scalar") return { type: "scalar", values: value.values.map((one) => -one) };
        return mapped(vectorOf(value, "unary -"), (one) => -one);
      }
      case "selector":
      case "range":
        return this.#read.get(expression) as Value;
      case "binary":
        return operate(expression, this.of(expression.left), this.of(expression.right), this.#moments.length);
      case "aggregate": {
        const parameter = expression.parameter === null ? null : this.of(expression.parameter);
        return aggregate(expression.fn, this.of(expression.of), parameter, expression.grouping, this.#moments.length);
      }
      case "call": {
        const args = expression.args.map((one) => this.of(one));
        return (functionNamed(expression.fn) as QueryFunction).apply(args, this.#moments);
      }
    }
  }
}

function selectorsOf(expression: Expression): (Selector | RangeSelector)[] {
  if (expression.kind === "selector" || expression.kind === "range") return [expression];
  return partsOf(expression).flatMap(selectorsOf);
}

function offsetOf(node: Selector | RangeSelector): number {
  return node.kind === "range" ? node.of.offsetMs : node.offsetMs;
}

function matchersOf(node: Selector | RangeSelector) {
  return node.kind === "range" ? node.of.matchers : node.matchers;
}
