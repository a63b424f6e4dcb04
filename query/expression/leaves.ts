/** What an expression reads: the series and rankings that its tree ends in. */
import { type Metric, PERCENTILE_RANKS } from "../../oap/catalog/metric.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { pointsOf, type TimeRange } from "../duration.ts";
import type { EntityInput } from "../entity-input.ts";
import { knownSeries, knownTop } from "./known.ts";
import { N_TOO_SMALL } from "./lists.ts";
import { failure, type Result } from "./result.ts";
import { type AttributeCondition, type Expression, type Order, partsOf, type TopNExpression } from "./tree.ts";

/** The series of one metric; a percentile has one per rank. */
export interface SeriesLeaf {
  readonly kind: "series";
  readonly metric: Metric;
  readonly entity: EntityInput;
  readonly range: TimeRange;
  /** So many steps more, before the range. */
  readonly before: number;
}

export interface RankedLeaf {
  readonly kind: "ranked";
  readonly metric: Metric;
  readonly entity: EntityInput;
  readonly range: TimeRange;
  readonly top: TopN;
}

export interface TopN {
  readonly n: number;
  readonly order: Order;
  readonly attributes: readonly AttributeCondition[];
}

export type Leaf = SeriesLeaf | RankedLeaf;

/** No list is longer, whatever is asked for. */
export const LIST_MAX = 5_000;
/** As far back as a series may be long. */
const TREND_MAX = 500;

/** By the node that reads: what it reads, or the failure that it is. */
export function leavesOf(expression: Expression, entity: EntityInput, range: TimeRange): ReadonlyMap<Expression, Leaf | Result> {
  const leaves = new Map<Expression, Leaf | Result>();
  const visit = (node: Expression): void => {
    const leaf = leafOf(node, entity, range);
    if (leaf !== null) leaves.set(node, leaf);
    for (const part of partsOf(node)) visit(part);
  };
  visit(expression);
  return leaves;
}

/** How many values it comes to, at most. @throws QueryError when the range has too many points, or none */
export function sizeOf(leaf: Leaf): number {
  const points = pointsOf(leaf.range).length;
  if (leaf.kind === "ranked") return leaf.top.n;
  return (points + leaf.before) * (leaf.metric.value === "percentile" ? PERCENTILE_RANKS.length : 1);
}

function leafOf(node: Expression, entity: EntityInput, range: TimeRange): Leaf | Result | null {
  if (node.kind !== "metric" && node.kind !== "trend" && node.kind !== "topN" && node.kind !== "baseline") return null;
  const name = node.kind === "metric" ? node.name : node.of.name;
  const metric = METRICS.get(name);
  if (metric === undefined) return knownAnswer(node, name, range) ?? failure(`Metric: [${name}] does not exist.`);
  switch (node.kind) {
    case "metric":
      return { kind: "series", metric, entity, range, before: 0 };
    case "trend":
      if (node.steps < 1) return failure("The trend range must be greater than 0.");
      if (node.steps > TREND_MAX) return failure(`The trend range must not be greater than ${TREND_MAX}.`);
      return { kind: "series", metric, entity, range, before: node.steps };
    case "topN":
      return topN(node, metric, entity, range);
    case "baseline":
      return failure(`There is no baseline of metric [${name}]: nothing here predicts metrics.`);
  }
}

/** Of a metric that is known by name only; null when it is not. */
function knownAnswer(node: Expression, name: string, range: TimeRange): Result | null {
  if (node.kind === "topN") return node.n < 1 ? failure(N_TOO_SMALL) : knownTop(name, range);
  return knownSeries(name, range, node.kind === "trend" ? Math.min(Math.max(0, node.steps), TREND_MAX) : 0);
}

function topN({ n, order, attributes }: TopNExpression, metric: Metric, entity: EntityInput, range: TimeRange): Leaf | Result {
  if (n < 1) return failure(N_TOO_SMALL);
  // Labels cannot be ranked: the series itself is the answer.
  if (metric.value === "percentile") return { kind: "series", metric, entity, range, before: 0 };
  const isRelation = metric.scope === "service_relation" || metric.scope === "instance_relation";
  const unknown = attributes.find(({ attribute }) => attribute !== "attr0" || isRelation);
  if (unknown !== undefined)
    return failure(`The attribute [${unknown.attribute}] is not a queryable column of metric [${metric.name}].`);
  return { kind: "ranked", metric, entity, range, top: { n: Math.min(n, LIST_MAX), order, attributes } };
}
