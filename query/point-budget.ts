/** How many points of time series a request may ask for, over all of its fields: the entities of each times the points of its range. */
import { QueryError } from "../oap/model/errors.ts";
import { type DurationInput, POINTS_MAX, parseDuration } from "./duration.ts";
import type { RefusedRequests } from "./limits.ts";

/** One per request. */
export class PointBudget {
  readonly #max: number;
  readonly #refused: RefusedRequests;
  #spent = 0;
  #isRefused = false;

  constructor(max: number, refused: RefusedRequests) {
    this.#max = max;
    this.#refused = refused;
  }

  /** @throws QueryError when the request asks for too much. */
  spend(entities: number, points: number): void {
    this.#spent += entities * points;
    if (this.#spent <= this.#max) return;
    if (!this.#isRefused) this.#refused.points++;
    this.#isRefused = true;
    throw new QueryError(`The query asks for more than ${this.#max} points, entities times steps (query.maxPoints)`);
  }
}

interface Charged {
  readonly budget: PointBudget;
}

interface Arguments {
  readonly duration: DurationInput;
  readonly metric?: { readonly ids?: readonly string[] };
}

type Resolve = (source: unknown, args: never, context: never, info: never) => unknown;

/** The questions that read points. */
const CHARGED: readonly string[] = [
  "execExpression",
  "readMetricsValue",
  "readNullableMetricsValue",
  "readMetricsValues",
  "readLabeledMetricsValues",
  "getValues",
  "getLinearIntValues",
  "getMultipleLinearIntValues",
  "getSubsetOfMultipleLinearIntValues",
];

/** The same resolvers; those that read points spend of the request's budget first. */
export function withPointBudget(resolvers: Readonly<Record<string, Resolve>>): Record<string, Resolve> {
  return Object.fromEntries(
    Object.entries(resolvers).map(([name, resolve]) => [name, CHARGED.includes(name) ? charged(resolve) : resolve]),
  );
}

function charged(resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const { duration, metric } = args as Arguments;
    const { fromMs, toMs, stepMs } = parseDuration(duration);
    const points = Math.min(POINTS_MAX, Math.max(0, (toMs - fromMs) / stepMs)); // longer ranges are refused as such
    (context as Charged).budget.spend(metric?.ids?.length ?? 1, points);
    return resolve(source, args, context, info);
  };
}
