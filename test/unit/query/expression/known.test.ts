import { expect, test } from "vitest";
import { parseDuration } from "../../../../query/duration.ts";
import { Budget } from "../../../../query/expression/budget.ts";
import { evaluate, type MetricReader } from "../../../../query/expression/evaluate.ts";

const RANGE = parseDuration({ start: "2026-03-01 1015", end: "2026-03-01 1017", step: "MINUTE" });
const NOTHING_READ: MetricReader = {
  budget: new Budget(10_000, () => {}),
  read: () => Promise.reject(new Error("read")),
};
const ask = (text: string) => evaluate(text, { serviceName: "a", normal: true }, RANGE, NOTHING_READ);

test("a metric that is only known answers nulls, without anything being read", async () => {
  const { type, series, error } = await ask("meter_istio_cpu / 1024");
  expect([type, error]).toEqual(["TIME_SERIES_VALUES", null]);
  expect(series.map(({ values }) => values.map(({ value }) => value))).toEqual([[null, null, null]]);
  expect(await ask("avg(envoy_worker_threads)")).toMatchObject({ type: "SINGLE_VALUE", series: [{ values: [{ value: null }] }] });
});

test("with labels it has no series, and calculating with it is no error", async () => {
  const text = "relabels(meter_istio_pilot_proxy_push_percentile{p='50'},p='50',percentile='50') / 2";
  expect(await ask(text)).toMatchObject({ type: "TIME_SERIES_VALUES", labeled: true, series: [], error: null });
});

test("its ranking is empty, and records are lists only", async () => {
  const empty = { series: [{ labels: [], values: [] }], error: null };
  expect(await ask("top_n(kubernetes_service_apdex,10,asc)")).toMatchObject({ type: "SORTED_LIST", ...empty });
  expect(await ask("top_n(sampled_slow_trace_record,50,DES)")).toMatchObject({ type: "RECORD_LIST", ...empty });
  expect((await ask("sampled_slow_trace_record")).error).toContain("need top_n function");
});

test("its trend is as long as the range", async () => {
  const { series } = await ask("increase(meter_istio_cpu,2)");
  expect(series.map(({ values }) => values.map(({ value }) => value))).toEqual([[null, null, null]]);
});

test("other names still do not exist", async () => {
  expect((await ask("nope")).error).toBe("Metric: [nope] does not exist.");
  expect((await ask("top_n(nope,1,des)")).error).toBe("Metric: [nope] does not exist.");
});
