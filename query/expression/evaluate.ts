/** An expression over one entity and range. Metrics are read through MetricReader, which shares the rows between all
 *  expressions of a request. */

import type { Metric } from "../../oap/catalog/metric.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import type { TimeRange } from "../duration.ts";
import type { EntityInput } from "../entity-input.ts";
import { knownSeries, knownTop } from "./known.ts";
import { SyntaxFault } from "./lex.ts";
import { aggregate, binary, relabel } from "./operate.ts";
import { type AttributeCondition, type Expression, type MetricExpression, parse } from "./parse.ts";
import { failure, type Result, single } from "./result.ts";

export interface TopN {
  readonly n: number;
  readonly order: "asc" | "des";
  readonly attributes: readonly AttributeCondition[];
}

export interface MetricReader {
  /** The series of one metric; a percentile has one per rank. UNKNOWN without error when the entity does not fit the metric. */
  series(metric: Metric, entity: EntityInput, range: TimeRange): Promise<Result>;
  topN(metric: Metric, entity: EntityInput, range: TimeRange, top: TopN): Promise<Result>;
}

/** Never throws for a bad expression: the result carries the error. @throws QueryError for a bad range, StorageError */
export async function evaluate(text: string, entity: EntityInput, range: TimeRange, reader: MetricReader): Promise<Result> {
  try {
    return await new Evaluation(entity, range, reader).evaluate(parse(text));
  } catch (error) {
    if (error instanceof SyntaxFault) return failure(error.message);
    throw error;
  }
}

class Evaluation {
  readonly #entity: EntityInput;
  readonly #range: TimeRange;
  readonly #reader: MetricReader;

  constructor(entity: EntityInput, range: TimeRange, reader: MetricReader) {
    this.#entity = entity;
    this.#range = range;
    this.#reader = reader;
  }

  async evaluate(expression: Expression): Promise<Result> {
    switch (expression.kind) {
      case "number":
        return single(expression.value);
      case "metric":
        return await this.#metric(expression);
      case "aggregate":
        return aggregate(expression.fn, await this.evaluate(expression.of));
      case "relabels":
        return relabel(await this.evaluate(expression.of), expression.from, expression.to, expression.text);
      case "binary": {
        const [left, right] = await Promise.all([this.evaluate(expression.left), this.evaluate(expression.right)]);
        return binary(expression.operator, left, right);
      }
      case "topN":
        return await this.#topN(expression);
    }
  }

  async #metric({ name, labels }: MetricExpression): Promise<Result> {
    const metric = METRICS.get(name);
    if (metric === undefined) return knownSeries(name, this.#range) ?? unknownMetric(name);
    const result = await this.#reader.series(metric, this.#entity, this.#range);
    if (labels.length === 0) return result;
    // Values of one key are a union, different keys an intersection.
    const series = result.series.filter((one) =>
      labels.every(({ key, values }) => one.labels.some((label) => label.key === key && values.includes(label.value))),
    );
    return { ...result, series };
  }

  async #topN({ metric: { name }, n, order, attributes }: Extract<Expression, { kind: "topN" }>): Promise<Result> {
    const metric = METRICS.get(name);
    if (n < 1) return failure("TopN value must be > 0.");
    if (metric === undefined) return knownTop(name, this.#range) ?? unknownMetric(name);
    if (metric.value === "percentile") return await this.#reader.series(metric, this.#entity, this.#range);
    const other = attributes.find(({ attribute }) => attribute !== "attr0");
    if (other !== undefined) return failure(`The attribute [${other.attribute}] is not a queryable column of metric [${name}].`);
    return await this.#reader.topN(metric, this.#entity, this.#range, { n, order, attributes });
  }
}

function unknownMetric(name: string): Result {
  return failure(`Metric: [${name}] does not exist.`);
}
