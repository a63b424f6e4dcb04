import { expect, test } from "vitest";
import { Budget } from "../../../../query/expression/budget.ts";
import { evaluate, planInstant, planRange } from "../../../../query/promql/evaluate.ts";
import { POINTS_MAX, pointsOf } from "../../../../query/promql/grid.ts";
import { parse } from "../../../../query/promql/parse.ts";
import type { Labels, Series } from "../../../../query/promql/vector.ts";

const NOW = Date.parse("2026-05-01T11:00:30Z");
const PRESENT = { nowMs: NOW, minuteDays: 8, hourDays: 35 };

/** Series of two services at two minutes: a has calls and failures, b only calls, and those only in the second one. */
const CALLS: Series[] = [
  { labels: { __name__: "calls", service: "a", zone: "1" }, values: [10, 30] },
  { labels: { __name__: "calls", service: "b", zone: "1" }, values: [null, 50] },
];
const FAILED: Series[] = [{ labels: { __name__: "failed", service: "a", zone: "1" }, values: [1, 6] }];
const LIMITS: Series[] = [{ labels: { __name__: "limits", zone: "1", owner: "x" }, values: [100, 100] }];
const STORE: Readonly<Record<string, Series[]>> = { calls: CALLS, failed: FAILED, limits: LIMITS, nothing: [] };

function over(text: string, budget = new Budget(1_000, () => {})): Record<string, (number | null)[]> | readonly number[] {
  const expression = parse(text);
  const plan = planRange(expression, { fromMs: 0, toMs: 60_000, stepMs: 60_000 }, { ...PRESENT, nowMs: 60_000 });
  const read = plan.wanted.map(({ matchers: [name] }) => STORE[name?.value ?? ""] as Series[]);
  const value = evaluate(expression, plan, read, budget);
  if (value.type === "scalar") return value.values;
  if (value.type === "string") throw new Error("a string");
  return Object.fromEntries(value.series.map(({ labels, values }) => [textOf(labels), [...values]]));
}

function textOf({ __name__: name = "", ...labels }: Labels): string {
  return `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",")}}`;
}

test.each([
  ["numbers alone", "1 + 2 * 3 ^ 2 % 5", [4, 4]],
  ["a minus binds weaker than a power", "-2 ^ 2", [-4, -4]],
  ["powers bind from the right", "2 ^ 3 ^ 2", [512, 512]],
  ["a comparison of numbers", "1 > bool 2", [0, 0]],
  ["division by nothing", "1 / 0", [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
  ["arithmetic drops the name", "calls * 2", { "{service=a,zone=1}": [20, 60], "{service=b,zone=1}": [null, 100] }],
  ["a minus before series", "-calls", { "{service=a,zone=1}": [-10, -30], "{service=b,zone=1}": [null, -50] }],
  [
    "a comparison keeps what holds, and its name",
    "calls > 20",
    { "calls{service=a,zone=1}": [null, 30], "calls{service=b,zone=1}": [null, 50] },
  ],
  ["from the right, too", "20 < calls", { "calls{service=a,zone=1}": [null, 30], "calls{service=b,zone=1}": [null, 50] }],
  ["with bool 1 or 0, and no name", "calls > bool 30", { "{service=a,zone=1}": [0, 0], "{service=b,zone=1}": [null, 1] }],
  ["series meet on equal labels", "failed / calls", { "{service=a,zone=1}": [0.1, 0.2] }],
  ["on some labels, which are left", "failed / on(service) calls", { "{service=a}": [0.1, 0.2] }],
  ["ignoring others", "failed / ignoring(zone) calls", { "{service=a}": [0.1, 0.2] }],
  [
    "many for one",
    "calls / on(zone) group_left(owner) limits",
    { "{owner=x,service=a,zone=1}": [0.1, 0.3], "{owner=x,service=b,zone=1}": [null, 0.5] },
  ],
  [
    "one for many",
    "limits / on(zone) group_right(owner) calls",
    { "{owner=x,service=a,zone=1}": [10, 100 / 30], "{owner=x,service=b,zone=1}": [null, 2] },
  ],
  ["a comparison between series keeps the left ones", "failed < calls", { "failed{service=a,zone=1}": [1, 6] }],
  ["and", "calls and failed", { "calls{service=a,zone=1}": [10, 30], "calls{service=b,zone=1}": [null, null] }],
  ["unless", "calls unless failed", { "calls{service=a,zone=1}": [null, null], "calls{service=b,zone=1}": [null, 50] }],
  ["or", "sum(nothing) or vector(0)", { "{}": [0, 0] }],
  [
    "or between series",
    "failed or calls",
    { "failed{service=a,zone=1}": [1, 6], "calls{service=a,zone=1}": [null, null], "calls{service=b,zone=1}": [null, 50] },
  ],
  ["sum", "sum(calls)", { "{}": [10, 80] }],
  ["avg by", "avg by (zone) (calls)", { "{zone=1}": [10, 40] }],
  ["max without", "max without (service) (calls)", { "{zone=1}": [10, 50] }],
  ["min", "min(calls)", { "{}": [10, 30] }],
  ["count", "count(calls)", { "{}": [1, 2] }],
  ["group", "group(calls)", { "{}": [1, 1] }],
  ["by a label that there is not", "sum by (nope) (calls)", { "{}": [10, 80] }],
  ["topk by moment", "topk(1, calls)", { "calls{service=a,zone=1}": [10, null], "calls{service=b,zone=1}": [null, 50] }],
  [
    "bottomk by group",
    "bottomk by (service) (1, calls)",
    { "calls{service=a,zone=1}": [10, 30], "calls{service=b,zone=1}": [null, 50] },
  ],
  ["topk of nothing", "topk(0, calls)", {}],
  ["functions of values", "floor(calls / 7)", { "{service=a,zone=1}": [1, 4], "{service=b,zone=1}": [null, 7] }],
  ["round to a part", "round(failed / 7, 0.1)", { "{service=a,zone=1}": [0.1, 0.9] }],
  ["clamp", "clamp(calls, 20, 40)", { "{service=a,zone=1}": [20, 30], "{service=b,zone=1}": [null, 40] }],
  ["scalar of one series", "scalar(failed) + 1", [2, 7]],
  ["time", "time()", [0, 60]],
  ["nothing", "nothing + 1", {}],
])("%s: %s", (_, text, answer) => {
  expect(over(text)).toEqual(answer);
});

test.each([
  ["1 > 2", "comparisons between scalars must use BOOL modifier"],
  ["1 and 2", 'set operator "and" not allowed in binary scalar expression'],
  ["calls or 1", 'set operator "or" not allowed in binary scalar expression'],
  ["calls + on(service) 1", "vector matching only allowed between instant vectors"],
  ["calls + 'x'", "binary expression must contain only scalar and instant vector types, not a string"],
  ["calls[5m] + 1", "binary expression must contain only scalar and instant vector types, not a range vector"],
  ["sum(1)", "sum takes an instant vector, not a scalar"],
  ["abs(calls[1m])", "abs() takes an instant vector, not a range vector"],
  ["avg_over_time(calls)", "avg_over_time() takes a range of series like service_cpm[5m], not a instant vector"],
  ["topk(calls, calls)", "topk takes a scalar, not a instant vector"],
  ["limits / on(zone) calls", "found duplicate series for the match group"],
  ["calls / on(zone) limits", "found duplicate series for the match group"],
  ["calls * on(zone) group_left calls", "found duplicate series for the match group"],
])("%s is refused: %s", (text, message) => {
  expect(() => over(text)).toThrow(message);
});

test("what is calculated counts against the budget", () => {
  expect(() => over("calls + calls + calls", new Budget(19, () => {}))).toThrow("query.maxValues");
  expect(over("calls + calls + calls", new Budget(20, () => {}))).toBeDefined();
});

test("a series of ranges has a value where any of its points has one", () => {
  const expression = parse("sum_over_time(calls[2m])");
  const plan = planRange(expression, { fromMs: 60_000, toMs: 120_000, stepMs: 60_000 }, { ...PRESENT, nowMs: 120_000 });
  expect(plan.wanted[0]?.grid).toMatchObject({ firstMs: 0, lastMs: 120_000 });
  const read = [[{ labels: {}, values: [5, null, null] }]];
  expect(evaluate(expression, plan, read, new Budget(100, () => {}))).toEqual({
    type: "vector",
    series: [{ labels: {}, values: [5, null] }],
  });
});

test("at a moment the last whole minute counts, then the one before, then the one that goes on", () => {
  const at = (values: (number | null)[]) => {
    const expression = parse("calls");
    const plan = planInstant(expression, NOW, PRESENT);
    const value = evaluate(expression, plan, [[{ labels: {}, values }]], new Budget(100, () => {}));
    return value.type === "vector" ? value.series[0]?.values : null;
  };
  expect(at([1, 2, 3])).toEqual([2]);
  expect(at([1, null, 3])).toEqual([1]);
  expect(at([null, null, 3])).toEqual([3]);
  expect(at([null, null, null])).toEqual([null]);
});

test("ranges before the points count among those that are read, so that there are no more of them than may be", () => {
  const day = { fromMs: NOW - 86_400_000, toMs: NOW, stepMs: 60_000 };
  for (const text of ["max_over_time(calls[6h])", "max_over_time(calls[1d] offset 1w)", "calls", "max_over_time(calls[400d])"])
    for (const { grid } of planRange(parse(text), day, PRESENT).wanted)
      expect(pointsOf(grid).length).toBeLessThanOrEqual(POINTS_MAX);
});
