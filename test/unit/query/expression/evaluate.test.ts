import { expect, test } from "vitest";
import { evaluate, type MetricReader } from "../../../../query/expression/evaluate.ts";
import { formatValue, type Result, type Series } from "../../../../query/expression/result.ts";

const MINUTE_MS = 60_000;
type Points = readonly (number | null)[];

/** Answers series by metric name; an object gives one series per value of p. */
function reading(stored: Readonly<Record<string, Points | Readonly<Record<string, Points>>>>): MetricReader {
  const series = (points: Points, p?: string): Series => ({
    labels: p === undefined ? [] : [{ key: "p", value: p }],
    values: points.map((value, i) => ({ id: String(i * MINUTE_MS), owner: null, value })),
  });
  return {
    series: async ({ name }) => {
      const found = stored[name];
      if (found === undefined) return { type: "UNKNOWN", labeled: false, series: [], error: null };
      const labeled = !Array.isArray(found);
      const all = Array.isArray(found) ? [series(found)] : Object.entries(found).map(([p, points]) => series(points, p));
      return { type: "TIME_SERIES_VALUES", labeled, series: all, error: null };
    },
    topN: async () => {
      const values = [5, 3].map((value, i) => ({ id: `top ${i}`, owner: null, value }));
      return { type: "SORTED_LIST", labeled: false, series: [{ labels: [], values }], error: null };
    },
  };
}

async function run(text: string, stored: Parameters<typeof reading>[0] = {}): Promise<Result> {
  const range = { fromMs: 0, toMs: 2 * MINUTE_MS, step: "MINUTE", stepMs: MINUTE_MS } as const;
  return await evaluate(text, {}, range, reading(stored));
}

async function values(text: string, stored: Parameters<typeof reading>[0] = {}): Promise<(string | null)[][]> {
  const { series } = await run(text, stored);
  return series.map((one) => one.values.map(({ value }) => (value === null ? null : formatValue(value))));
}

const CPM = { service_cpm: [100, 300] };

test.each([
  ["avg(service_cpm)", "200", null],
  ["count(service_cpm)", "2", null],
  ["sum(service_cpm)", "400", null],
  ["latest(service_cpm)", "300", "60000"],
  ["max(service_cpm)", "300", "60000"],
  ["min(service_cpm)", "100", "0"],
])("%s of 100 and 300 is %s", async (text, value, id) => {
  const result = await run(text, CPM);
  expect(result.type).toBe("SINGLE_VALUE");
  expect(result.series[0]?.values).toEqual([{ id, owner: null, value: Number(value) }]);
});

test("arithmetic acts on every point, from the left", async () => {
  expect(await values("service_sla * 2 /100 + 500 - 50", { service_sla: [10_000, 10_000] })).toEqual([["650", "650"]]);
  expect(await values("service_cpm % 7", CPM)).toEqual([["2", "6"]]);
  expect(await values("1000 - service_cpm", CPM)).toEqual([["900", "700"]]);
  expect(await values("service_cpm / service_sla", { ...CPM, service_sla: [50, null] })).toEqual([["2", null]]);
});

test("points that were not seen stay null, and are skipped by functions", async () => {
  const stored = { service_cpm: [null, 4, null, 2] };
  expect(await values("service_cpm * 2", stored)).toEqual([[null, "8", null, "4"]]);
  expect(await values("avg(service_cpm)", stored)).toEqual([["3"]]);
  expect(await values("count(service_cpm)", stored)).toEqual([["2"]]);
  const nothing = { service_cpm: [null, null] };
  for (const fn of ["avg", "max", "min", "latest"])
    expect([fn, await values(`${fn}(service_cpm)`, nothing)]).toEqual([fn, [[null]]]);
  for (const fn of ["count", "sum"]) expect([fn, await values(`${fn}(service_cpm)`, nothing)]).toEqual([fn, [["0"]]]);
});

test("a percentile can be selected, divided by itself and renamed", async () => {
  const stored = { service_percentile: { 50: [10], 75: [20], 90: [30], 95: [40], 99: [50] } };
  const text = "relabels(service_percentile{p='50,75,90'}/service_percentile{p='50,75,90'},p='50',p='P50')";
  const { series, type } = await run(text, stored);
  expect(type).toBe("TIME_SERIES_VALUES");
  expect(series.map((one) => [one.labels, one.values[0]?.value])).toEqual([
    [[{ key: "p", value: "P50" }], 1],
    [[{ key: "p", value: "75" }], 1],
    [[{ key: "p", value: "90" }], 1],
  ]);
});

test("label sets join on equal labels; one without a partner is null", async () => {
  const stored = { service_percentile: { 50: [10], 99: [50] }, service_cpm: [2] };
  expect(await values("service_percentile / service_percentile{p='99'}", stored)).toEqual([[null], ["1"]]);
  expect(await values("service_percentile / service_cpm", stored)).toEqual([["5"], ["25"]]);
  expect(await values("service_cpm / service_percentile", stored)).toEqual([["0.2"], ["0.04"]]);
  expect(await values("max(service_percentile) - 1", stored)).toEqual([["9"], ["49"]]);
});

test("no percentiles at all stay an empty list", async () => {
  expect(await run("service_percentile + service_cpm", { service_percentile: {}, service_cpm: [2] })).toMatchObject({
    type: "TIME_SERIES_VALUES",
    series: [],
    error: null,
  });
});

test("a ranked list keeps its names under arithmetic, and can be added up", async () => {
  expect((await run("top_n(service_cpm,2,des) * 2")).series[0]?.values.map(({ id, value }) => [id, value])).toEqual([
    ["top 0", 10],
    ["top 1", 6],
  ]);
  expect(await values("sum(top_n(service_cpm,2,des))")).toEqual([["8"]]);
});

test.each([
  ["service_cpn", "Metric: [service_cpn] does not exist."],
  ["avg(nope) + 1", "Metric: [nope] does not exist."],
  ["top_n(nope,1,des)", "Metric: [nope] does not exist."],
  ["top_n(service_cpm,0,des)", "TopN value must be > 0."],
  ["latest(1)", "LATEST can only be used in time series result."],
  ["top_n(service_cpm,1,des) + top_n(service_cpm,1,des)", "Unsupported binary operation: Unsupported operation."],
  ["service_resp_time + 1", "Unsupported binary operation: Unsupported operation."],
  ["service_cpm >= 1", expect.stringMatching(/^line 1:12 /)],
])("%s answers with the error and no results", async (text, error) => {
  expect(await run(text, CPM)).toEqual({ type: "UNKNOWN", labeled: false, series: [], error });
});

test("an attribute that metrics do not have is named", async () => {
  expect((await run("top_n(service_cpm,1,des,attr3='x')")).error).toMatch(/attribute \[attr3\].*\[service_cpm\]/);
});

test("relabels of something without labels keeps the inner result beside the error", async () => {
  const result = await run("relabels(service_cpm + 1,p='50',p='P50')", CPM);
  expect(result.type).toBe("TIME_SERIES_VALUES");
  expect(result.series).toHaveLength(1);
  expect(result.error).toBe("The result of expression [service_cpm + 1] is not a labeled result.");
});

test("an entity that does not fit the metric is no error", async () => {
  expect(await run("service_resp_time")).toEqual({ type: "UNKNOWN", labeled: false, series: [], error: null });
});

test.each([
  [100 / 3, "33.333"],
  [1e20, "100000000000000000000"],
  [-0, "-0"],
  [0, "0"],
  [0.0005, "0"],
  [2.0015, "2.002"],
  [10_000, "10000"],
  [1 / 0, "∞"],
  [-1 / 0, "-∞"],
  [Number.NaN, "NaN"],
])("%d is written as %s", (value, text) => {
  expect(formatValue(value)).toBe(text);
});
