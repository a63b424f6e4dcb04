/** An expression over one entity and range. What it reads is asked for at once, before anything is calculated: the reader sees what all
 *  expressions of a request read, and reads it together. */
import type { TimeRange } from "../duration.ts";
import type { EntityInput } from "../entity-input.ts";
import { type Budget, BudgetFault } from "./budget.ts";
import { roundTo } from "./calculate.ts";
import { aggregate } from "./fold.ts";
import { aggregateLabels, relabel, select, sortLabelValues, sortValues } from "./labels.ts";
import { type Leaf, leavesOf, sizeOf } from "./leaves.ts";
import { SyntaxFault } from "./lex.ts";
import { isPresent, topNOf, viewAsSeq } from "./lists.ts";
import { binary } from "./operate.ts";
import { parse } from "./parse.ts";
import { print } from "./print.ts";
import { failure, mapValues, type Result, single } from "./result.ts";
import type { Expression } from "./tree.ts";
import { trend } from "./trend.ts";

/** One per request. */
export interface MetricReader {
  readonly budget: Budget;
  /** UNKNOWN without error when the entity does not fit the metric. @throws QueryError for a bad range, StorageError */
  read(leaf: Leaf): Promise<Result>;
}

/** Never throws for a bad expression: the result carries the error. @throws QueryError for a bad range, StorageError */
export async function evaluate(text: string, entity: EntityInput, range: TimeRange, reader: MetricReader): Promise<Result> {
  try {
    const expression = parse(text);
    const read = await readLeaves(leavesOf(expression, entity, range), reader);
    return new Evaluation(read, range.stepMs, reader.budget).evaluate(expression);
  } catch (error) {
    if (error instanceof SyntaxFault || error instanceof BudgetFault) return failure(error.message);
    throw error;
  }
}

async function readLeaves(
  leaves: ReadonlyMap<Expression, Leaf | Result>,
  reader: MetricReader,
): Promise<Map<Expression, Result>> {
  const isLeaf = (one: Leaf | Result): one is Leaf => "kind" in one;
  for (const leaf of leaves.values()) if (isLeaf(leaf)) reader.budget.spend(sizeOf(leaf));
  const reading = [...leaves].map(async ([node, leaf]) => [node, isLeaf(leaf) ? await reader.read(leaf) : leaf] as const);
  return new Map(await Promise.all(reading));
}

class Evaluation {
  readonly #read: ReadonlyMap<Expression, Result>;
  readonly #stepMs: number;
  readonly #budget: Budget;

  constructor(read: ReadonlyMap<Expression, Result>, stepMs: number, budget: Budget) {
    this.#read = read;
    this.#stepMs = stepMs;
    this.#budget = budget;
  }

  evaluate(expression: Expression): Result {
    return this.#budget.spendOn(this.#result(expression));
  }

  #result(expression: Expression): Result {
    switch (expression.kind) {
      case "number":
        return single(expression.value);
      case "metric":
        return select(this.#leaf(expression), expression.labels);
      case "trend":
        return trend(expression, select(this.#leaf(expression), expression.of.labels), this.#stepMs, print(expression.of));
      case "topN":
      case "baseline":
        return this.#leaf(expression);
      case "binary":
        return binary(expression.operator, this.evaluate(expression.left), this.evaluate(expression.right));
      case "topNOf":
        return topNOf(this.#all(expression.of), expression.n, expression.order);
      case "viewAsSeq":
        return viewAsSeq(this.#all(expression.of));
      case "isPresent":
        return isPresent(this.#all(expression.of));
      default:
        return this.#function(expression, this.evaluate(expression.of));
    }
  }

  /** Functions of one result. */
  #function(expression: OfOne, of: Result): Result {
    switch (expression.kind) {
      case "aggregate":
        return aggregate(expression.fn, of);
      case "math": {
        const fn = Math[expression.fn];
        return of.error === null ? mapValues(of, (value) => fn(value)) : of;
      }
      case "round":
        return of.error === null ? mapValues(of, (value) => roundTo(value, expression.places)) : of;
      case "relabels":
        return relabel(of, expression.from, expression.to, print(expression.of));
      case "aggregateLabels":
        return aggregateLabels(of, expression.fn, expression.labels, print(expression.of));
      case "sortValues":
        return sortValues(of, expression.n, expression.order, expression.fn);
      case "sortLabelValues":
        return sortLabelValues(of, expression.order, expression.labels);
    }
  }

  #leaf(node: Expression): Result {
    return this.#read.get(node) as Result;
  }

  #all(expressions: readonly Expression[]): Result[] {
    return expressions.map((expression) => this.evaluate(expression));
  }
}

type OneKind = "aggregate" | "math" | "round" | "relabels" | "aggregateLabels" | "sortValues" | "sortLabelValues";
type OfOne = Extract<Expression, { kind: OneKind }>;
