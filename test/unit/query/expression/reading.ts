/** Expressions over values given by hand. */
import { Budget } from "../../../../query/expression/budget.ts";
import { evaluate, type MetricReader } from "../../../../query/expression/evaluate.ts";
import type { Leaf } from "../../../../query/expression/leaves.ts";
import { type Label, NO_ENTITY, type Result, ranked, type Series, timeSeries } from "../../../../query/expression/result.ts";
import { REQUEST_LIMITS } from "../../../builders/limits.ts";

const MINUTE_MS = 60_000;
const START_MS = 1_000 * MINUTE_MS;

type Points = readonly (number | null)[];
/** By metric. Labeled: by `key=value,key=value`, or a value of p. A trend's series begins with the points before the range. */
export type Stored = Readonly<Record<string, Points | Readonly<Record<string, Points>>>>;

/** Answers what is stored, and two entities for every ranking. */
function reading(stored: Stored, budget: Budget): MetricReader {
  const values = (points: Points, before: number) =>
    points.map((value, i) => ({ id: String(START_MS + (i - before) * MINUTE_MS), owner: null, value }));
  const read = async (leaf: Leaf): Promise<Result> => {
    if (leaf.kind === "ranked") return ranked([5, 3].map((value, i) => ({ id: `top ${i}`, owner: null, value })));
    const found = stored[leaf.metric.name];
    if (found === undefined) return NO_ENTITY;
    if (Array.isArray(found)) return timeSeries(false, [{ labels: [], values: values(found, leaf.before) }]);
    const series = Object.entries(found).map(
      ([text, points]): Series => ({ labels: labels(text), values: values(points, leaf.before) }),
    );
    return timeSeries(true, series);
  };
  return { budget, read };
}

function labels(text: string): Label[] {
  return text.split(",").map((one) => {
    const [key = "", value] = one.split("=");
    return value === undefined ? { key: "p", value: key } : { key, value };
  });
}

export async function run(
  text: string,
  stored: Stored = {},
  budget = new Budget(REQUEST_LIMITS.valuesMax, () => {}),
): Promise<Result> {
  const range = { fromMs: START_MS, toMs: START_MS + 2 * MINUTE_MS, step: "MINUTE", stepMs: MINUTE_MS } as const;
  return await evaluate(text, {}, range, reading(stored, budget));
}
