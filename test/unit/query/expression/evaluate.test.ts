import { expect, test } from "vitest";
import { Budget } from "../../../../query/expression/budget.ts";
import { formatValue, type Result } from "../../../../query/expression/result.ts";
import { REQUEST_LIMITS } from "../../../builders/limits.ts";
import { run, type Stored } from "./reading.ts";

async function values(text: string, stored: Stored = {}): Promise<(string | null)[][]> {
  const { series } = await run(text, stored);
  return series.map((one) => one.values.map(({ value }) => (value === null ? null : formatValue(value))));
}

const CPM = { service_cpm: [100, 300] };

test.each([
  ["avg(service_cpm)", "200", null],
  ["count(service_cpm)", "2", null],
  ["sum(service_cpm)", "400", null],
  ["latest(service_cpm)", "300", "60060000"],
  ["max(service_cpm)", "300", "60060000"],
  ["min(service_cpm)", "100", "60000000"],
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
  ["service_cpm >", expect.stringMatching(/^line 1:13 /)],
])("%s answers with the error and no results", async (text, error) => {
  expect(await run(text, CPM)).toEqual({ type: "UNKNOWN", labeled: false, compared: false, series: [], error });
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
  expect(await run("service_resp_time")).toEqual({ type: "UNKNOWN", labeled: false, compared: false, series: [], error: null });
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

test("dividing by 0 is infinite, 0 by 0 is not a number", async () => {
  expect(await values("service_cpm / 0", { service_cpm: [1, 0, null] })).toEqual([["∞", "NaN", null]]);
  expect(await values("(0 - service_cpm) / 0", { service_cpm: [1] })).toEqual([["-∞"]]);
  expect(await values("1 / 0")).toEqual([["∞"]]);
  expect(await values("5 % 0")).toEqual([["NaN"]]);
});

test("a series with a number of which nothing was seen has no values", async () => {
  const stored = { service_cpm: [1, 2], service_sla: [null, null] };
  for (const text of ["service_cpm / avg(service_sla)", "avg(service_sla) - service_cpm", "service_cpm > max(service_sla)"])
    expect([text, await values(text, stored)]).toEqual([text, [[null, null]]]);
});

test("comparisons answer 1 or 0 for every point, and keep what was not seen", async () => {
  const stored = { service_cpm: [1, 2, 3, null] };
  const cases: Record<string, (string | null)[]> = {
    "service_cpm > 2": ["0", "0", "1", null],
    "service_cpm >= bool 2": ["0", "1", "1", null],
    "service_cpm < 2": ["1", "0", "0", null],
    "2 <= service_cpm": ["0", "1", "1", null],
    "service_cpm == 2": ["0", "1", "0", null],
    "service_cpm != service_cpm": ["0", "0", "0", null],
  };
  for (const [text, expected] of Object.entries(cases)) expect([text, await values(text, stored)]).toEqual([text, [expected]]);
});

test("comparisons combine, and keep their mark through parentheses and each other", async () => {
  const stored = { service_cpm: [10, 2], service_sla: [9_000, 9_900] };
  const cases: Record<string, string[]> = {
    "avg(service_cpm + 1) > 2 && avg(service_sla/100) > 90": ["1"],
    "(avg(service_sla) < 9500) * (avg(service_cpm) > 1)  == 1": ["1"],
    "((service_cpm > 5)) && (((service_sla > 1)))": ["1", "0"],
    "service_cpm > 5 || service_sla > 9500": ["1", "1"],
    "service_cpm > 5 || service_sla > 1 && service_sla > 9500": ["1", "1"],
    "(service_cpm > 5 || service_sla > 1) && service_sla > 9500": ["0", "1"],
    "service_cpm > 5 && 1 > 2 || 1 == 1": ["1", "1"],
  };
  for (const [text, expected] of Object.entries(cases)) expect([text, await values(text, stored)]).toEqual([text, [expected]]);
});

test.each([
  ["service_cpm && 1 > 0", "Bool Operation: The result of the left expression is not a compare result."],
  ["1 > 0 || service_cpm", "Bool Operation: The result of the right expression is not a compare result."],
  ["1 > 0 && (service_cpm > 1) + 1", "Bool Operation: The result of the right expression is not a compare result."],
  ["avg(service_cpm > 1) && 1 > 0", "Bool Operation: The result of the left expression is not a compare result."],
  ["abs(service_cpm > 1) && 1 > 0", "Bool Operation: The result of the left expression is not a compare result."],
  ["top_n(service_cpm,1,des) > service_cpm", "Unsupported compare operation: Unsupported operation."],
  ["top_n(service_cpm,1,des) > 1 && service_cpm > 1", "Unsupported bool operation: Unsupported operation."],
  ["nope > 1 && service_cpm", "Metric: [nope] does not exist."],
  ["increase(service_cpm,0)", "The trend range must be greater than 0."],
  ["increase(service_cpm,501)", "The trend range must not be greater than 500."],
  ["rate(nope,1)", "Metric: [nope] does not exist."],
  ["baseline(service_cpm,upper)", "There is no baseline of metric [service_cpm]: nothing here predicts metrics."],
  ["baseline(nope,value)", "Metric: [nope] does not exist."],
  ["top_n_of(top_n(service_cpm,1,des),top_n(nope,1,des),1,des)", "Metric: [nope] does not exist."],
  ["top_n_of(top_n(service_cpm,1,des),0,des)", "TopN value must be > 0."],
  ["top_n_of(top_n(service_percentile,1,des),1,des)", "top_n_of: every argument must be a ranked list."],
  ["top_n(service_relation_client_cpm,1,des,attr0='MESH')", expect.stringMatching(/attribute \[attr0\] is not a queryable/)],
])("%s has no answer but the error", async (text, error) => {
  const stored = { ...CPM, service_percentile: { 50: [1, 2] } };
  expect(await run(text, stored)).toMatchObject({ type: "UNKNOWN", series: [], error });
});

test("abs, ceil, floor and round act on every value and keep the type", async () => {
  expect(await values("abs(service_sla-10300)", { service_sla: [10_000, null] })).toEqual([["300", null]]);
  const cpm = { service_cpm: [5, -5] };
  expect(await values("ceil(service_cpm/2)", cpm)).toEqual([["3", "-2"]]);
  expect(await values("floor(service_cpm/2)", cpm)).toEqual([["2", "-3"]]);
  expect(await values("round(service_cpm/2,0)", cpm)).toEqual([["3", "-3"]]);
  expect(await values("round(1.005,2)")).toEqual([["1.01"]]);
  expect(await values("round(1/3,1)")).toEqual([["0.3"]]);
  expect(await values("round(1/0,1)")).toEqual([["∞"]]);
  expect((await run("round(service_cpm,0)", CPM)).type).toBe("TIME_SERIES_VALUES");
  expect(await values("abs(0 - top_n(service_cpm,2,des))")).toEqual([["5", "3"]]);
});

test("a trend has all points of the range, from points before it", async () => {
  const stored = { service_cpm: [100, 280, 100], service_percentile: { 50: [1, null, 4], 99: [10, 20, 40] } };
  const increase = await run("increase(service_cpm,1)", stored);
  expect(increase.series[0]?.values).toEqual([
    { id: "60000000", owner: null, value: 180 },
    { id: "60060000", owner: null, value: -180 },
  ]);
  expect(await values("rate(service_cpm,1)", stored)).toEqual([["3", "-3"]]);
  expect(await values("rate(service_cpm,2)", stored)).toEqual([["0"]]);
  expect(await values("increase(service_percentile{p='50'},1)", stored)).toEqual([[null, null]]);
  expect(await values("increase(service_percentile{p='99'},1)", stored)).toEqual([["10", "20"]]);
  expect(await run("increase(service_resp_time,1)")).toMatchObject({
    type: "UNKNOWN",
    series: [],
    error: "The result of expression [service_resp_time] is not a time series result.",
  });
});

const ZONES = {
  service_percentile: {
    "p=50,zone=b": [1, 10],
    "p=50,zone=a": [2, null],
    "p=99,zone=b": [30, null],
    "p=99,zone=a": [5, null],
  },
};

function sets({ series }: Result): [string, (number | null)[]][] {
  return series.map(({ labels, values: all }) => [
    labels.map(({ key, value }) => `${key}=${value}`).join(","),
    all.map(({ value }) => value),
  ]);
}

test("labels are selected by union within a key and intersection between keys", async () => {
  expect(sets(await run("service_percentile{p='50,99',zone='a'}", ZONES))).toEqual([
    ["p=50,zone=a", [2, null]],
    ["p=99,zone=a", [5, null]],
  ]);
  expect((await run("service_percentile{p='1'}", ZONES)).series).toEqual([]);
});

test("sets of labels fold into groups, or into one series without labels", async () => {
  expect(sets(await run("aggregate_labels(service_percentile,sum(p))", ZONES))).toEqual([
    ["p=50", [3, 10]],
    ["p=99", [35, null]],
  ]);
  expect(sets(await run("aggregate_labels(service_percentile,avg(zone,nope))", ZONES))).toEqual([
    ["zone=b", [15.5, 10]],
    ["zone=a", [3.5, null]],
  ]);
  const all = await run("aggregate_labels(service_percentile,max)", ZONES);
  expect([all.type, all.labeled, sets(all)]).toEqual(["TIME_SERIES_VALUES", false, [["", [30, 10]]]]);
  expect(await values("aggregate_labels(service_percentile,min) + 1", ZONES)).toEqual([["2", "11"]]);
  expect(await values("aggregate_labels(max(service_percentile),sum)", ZONES)).toEqual([["47"]]);
  expect(await run("aggregate_labels(service_cpm,sum)", CPM)).toMatchObject({
    type: "TIME_SERIES_VALUES",
    series: [{}],
    error: "The result of expression [service_cpm] is not a labeled result.",
  });
});

test("sets of labels are sorted by the aggregate that is asked for, and the first ones kept", async () => {
  const order = async (text: string) => sets(await run(text, ZONES)).map(([labels]) => labels);
  expect(await order("sort_values(service_percentile,4,des)")).toEqual([
    "p=99,zone=b",
    "p=50,zone=b",
    "p=99,zone=a",
    "p=50,zone=a",
  ]);
  expect(await order("sort_values(service_percentile,2,asc,min)")).toEqual(["p=50,zone=b", "p=50,zone=a"]);
  expect(await order("sort_values(service_percentile,1,des,count)")).toEqual(["p=50,zone=b"]);
  expect(await order("sort_values(service_percentile,2,des,latest)")).toEqual(["p=99,zone=b", "p=50,zone=b"]);
  expect(await values("sort_values(service_cpm,1,asc,max)", CPM)).toEqual([["100", "300"]]);
  expect(await order("sort_label_values(service_percentile,asc,zone,zone,nope,p)")).toEqual([
    "p=50,zone=a",
    "p=99,zone=a",
    "p=50,zone=b",
    "p=99,zone=b",
  ]);
  expect(await order("sort_label_values(service_percentile,des,p)")).toEqual([
    "p=99,zone=b",
    "p=99,zone=a",
    "p=50,zone=b",
    "p=50,zone=a",
  ]);
  expect(await values("sort_label_values(service_cpm,asc,p)", CPM)).toEqual([["100", "300"]]);
});

test("the first of some results that has values is taken", async () => {
  const stored = { ...CPM, service_sla: [null, null] };
  expect(await values("view_as_seq(nope,service_sla,service_cpm)", stored)).toEqual([["100", "300"]]);
  expect(await values("view_as_seq(service_sla,service_sla)", stored)).toEqual([[null, null]]);
  expect((await run("view_as_seq(nope,service_sla)", stored)).error).toBe("Metric: [nope] does not exist.");
  expect(await values("is_present(nope,service_sla)", stored)).toEqual([["0"]]);
  expect(await values("is_present(nope,service_cpm)", stored)).toEqual([["1"]]);
  expect((await run("is_present(service_cpm)", stored)).type).toBe("SINGLE_VALUE");
});

test("ranked lists become one, sorted and cut", async () => {
  const both = await run("top_n_of(top_n(service_cpm,2,des),top_n(service_instance_cpm,2,des),3,asc)");
  expect([both.type, both.series[0]?.values.map(({ value }) => value)]).toEqual(["SORTED_LIST", [3, 3, 5]]);
});

test("the longest and the deepest expressions are evaluated like any other", async () => {
  const long = Array(990).fill("1").join(" + ");
  expect(await values(long)).toEqual([["990"]]);
  expect((await run(`relabels(${long},p='1',p='2')`)).error).toContain(`expression [${long}] is not`);
  const deep = `${"abs(0 - (".repeat(31)}1${"))".repeat(31)}`;
  expect(await values(deep)).toEqual([["1"]]);
  expect(await values(`${"view_as_seq(".repeat(60)}service_cpm${")".repeat(60)}`, CPM)).toEqual([["100", "300"]]);
});

test("a request's expressions come to a bounded number of values, and what is refused for it is counted", async () => {
  const many = `view_as_seq(${Array(210).fill("top_n(service_cpm,5000,des)").join(",")})`;
  let refused = 0;
  const budget = new Budget(REQUEST_LIMITS.valuesMax, () => refused++);
  expect((await run(many, CPM, budget)).error).toBeNull();
  expect((await run(many, CPM, budget)).error).toMatch(/more than 2000000 values \(query\.maxValues\)/);
  expect([refused, budget.spent <= REQUEST_LIMITS.valuesMax]).toEqual([1, true]);
  expect((await run("1 + 1", CPM, budget)).error).toBeNull();
});
