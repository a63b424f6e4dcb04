/** Prometheus' HTTP API over rows as the writer leaves them: what Grafana asks, and what the docs' dashboards ask. */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { StorageError } from "../../oap/model/errors.ts";
import { HttpServer } from "../../query/server.ts";
import { dashboards, expressionsOf, substituted } from "../builders/grafana.ts";
import { REQUEST_LIMITS } from "../builders/limits.ts";
import { READY_NODE } from "../builders/node.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { storageOf } from "../builders/storage-reader.ts";
import { KEEP_ALL } from "../harness/clickhouse.ts";
import { type Query, startQuery, type TrafficRow } from "./query-fixture.ts";

const NOW = Date.parse("2026-05-01T11:00:30Z") / 1_000;
const TIME = { start: "2026-05-01T10:00:00Z", end: String(NOW) };
const MINUTES = [
  "2026-04-30 10:58:00",
  "2026-05-01 10:50:00",
  "2026-05-01 10:53:00",
  "2026-05-01 10:58:00",
  "2026-05-01 10:59:00",
];
const LAYERS = {
  "web.shop": ["MESH"],
  "cart.shop": ["MESH"],
  "pay.bank": ["MESH"],
  edge: ["MESH", "MESH_DP"],
  legacy: ["GENERAL"],
};

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-05-01T11:00:30Z" });
  const seen = { first_seen: "2026-04-01 00:00:00", last_seen: "2026-05-01 10:59:00" };
  await query.traffic(...MINUTES.flatMap(rowsOf));
  const services = Object.entries(LAYERS).flatMap(([service, layers]) =>
    layers.map((layer) => ({ service, layer, normal: 1, ...seen })),
  );
  const gone = { service: "gone", layer: "MESH", normal: 1, first_seen: "2026-03-01 00:00:00", last_seen: "2026-03-02 00:00:00" };
  await query.insert("service_meta", [...services, gone]);
  const of = { service: "web.shop", normal: 1, ...seen };
  await query.insert(
    "instance_meta",
    ["web-1", "web-2"].map((instance) => ({ ...of, instance, attributes: {} })),
  );
  await query.insert(
    "endpoint_meta",
    ["GET:/", "GET:/cart", "POST:/order"].map((endpoint) => ({ ...of, endpoint })),
  );
}); // prettier-ignore
afterAll(() => query.close());

function rowsOf(minute: string): TrafficRow[] {
  const tcp = { tcp_records: 2, tcp_carried: 2, tcp_received: 6_000, tcp_sent: 12_000 };
  const web = { minute, service: "web.shop" };
  const webToCart = { minute, service: "web.shop", dest_service: "cart.shop", calls: 20, failed: 1, latencies: [5, 6], ...tcp };
  const pods = { instance: "web-1", dest_instance: "cart-1" };
  return [
    { ...web, scope: "service", calls: 60, failed: 6, latencies: [10, 20, 30, 400], apdex_satisfied: 3, ...tcp, ...SIDECAR },
    { minute, service: "cart.shop", scope: "service", calls: 20, failed: 0, latencies: [5, 7], apdex_satisfied: 2, ...tcp },
    { minute, service: "pay.bank", scope: "service", calls: 4, failed: 1, latencies: [90], apdex_satisfied: 1 },
    { minute, service: "edge", scope: "service", calls: 70, failed: 0, latencies: [1], apdex_satisfied: 1 },
    { minute, service: "legacy", scope: "service", calls: 9, latencies: [3], apdex_satisfied: 1 },
    { ...web, scope: "instance", instance: "web-1", calls: 40, failed: 6, latencies: [10, 20], ...tcp },
    { ...web, scope: "instance", instance: "web-2", calls: 20, failed: 0, latencies: [30, 400] },
    { ...web, scope: "endpoint", endpoint: "GET:/", calls: 50, failed: 0, latencies: [10, 20] },
    { ...web, scope: "endpoint", endpoint: "GET:/cart", calls: 8, failed: 4, latencies: [400] },
    { ...web, scope: "endpoint", endpoint: "POST:/order", calls: 2, failed: 2, latencies: [700] },
    { minute, service: "pay.bank", scope: "endpoint", endpoint: "GET:/", calls: 4, failed: 1, latencies: [90] },
    { ...webToCart, scope: "service_relation", detect_point: "client" },
    { ...webToCart, scope: "service_relation", detect_point: "server" },
    {
      minute,
      service: "edge",
      dest_service: "web.shop",
      scope: "service_relation",
      detect_point: "server",
      calls: 60,
      failed: 6,
      latencies: [9],
      ...tcp,
    },
    {
      minute,
      service: "UNKNOWN",
      dest_service: "edge",
      scope: "service_relation",
      detect_point: "server",
      calls: 70,
      latencies: [2],
    },
    { ...webToCart, ...pods, scope: "instance_relation", detect_point: "client" },
  ]; // prettier-ignore
}

const SIDECAR = { internal_request_ns: 3e6, internal_request_count: 1, internal_response_ns: 2e6, internal_response_count: 1 };

type Parameters = Readonly<Record<string, string | readonly string[]>>;

async function ask(path: string, parameters: Parameters = {}, { url = query.url, method = "POST" } = {}) {
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) for (const value of [values].flat()) form.append(name, value);
  const address = `${url}/api/v1/${path}`;
  const answer = await (method === "GET" ? fetch(`${address}?${form}`) : fetch(address, { method, body: form }));
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  return { status: answer.status, body: (await answer.json()) as any };
}

async function data(path: string, parameters: Parameters = {}) {
  const { status, body } = await ask(path, parameters);
  expect([parameters, status, body.error]).toEqual([parameters, 200, undefined]);
  return body.data;
}

/** Value by the labels that tell the series apart. */
async function instant(text: string, ...labels: string[]): Promise<Record<string, number>> {
  const { result } = await data("query", { query: text, time: String(NOW) });
  return Object.fromEntries(
    result.map(({ metric, value }: { metric: Record<string, string>; value: [number, string] }) => [
      labels.map((name) => metric[name]).join(" "),
      Number(value[1]),
    ]),
  );
}

async function range(text: string, step?: string, more: Parameters = {}) {
  const { resultType, result } = await data("query_range", {
    query: text,
    ...TIME,
    ...(step === undefined ? {} : { step }),
    ...more,
  });
  expect(resultType).toBe("matrix");
  return result as { metric: Record<string, string>; values: [number, string][] }[];
}

const at = (clock: string): number => Date.parse(`2026-05-01T${clock}:00Z`) / 1_000;
const failing = async (text: string) => {
  const { status, body } = await ask("query", { query: text, time: String(NOW) });
  return `${status} ${body.status} ${body.errorType}: ${body.error}`;
};

test("a metric of a service has the reference's labels, and the value of the last whole minute", async () => {
  expect(await data("query", { query: "service_cpm{service='web.shop', layer='MESH'}" })).toEqual({
    resultType: "vector",
    result: [{ metric: { __name__: "service_cpm", layer: "MESH", scope: "Service", service: "web.shop" }, value: [NOW, "60"] }],
  });
});

test("a minute that goes on counts where there is no other", async () => {
  await query.traffic({ scope: "service", service: "young", minute: "2026-05-01 11:00:00", calls: 3 });
  await query.traffic({ scope: "service", service: "web.shop", minute: "2026-05-01 11:00:00", calls: 1 });
  expect(await instant("service_cpm{service=~'young|web\\\\.shop'}", "service")).toEqual({ young: 3, "web.shop": 60 });
  expect(await instant("service_cpm{service='web.shop'} offset 4m", "service")).toEqual({});
  expect(await instant("service_cpm{service='web.shop'} offset 5m", "service")).toEqual({ "web.shop": 60 });
});

test("a range has a point for each minute that has a value, whatever is between them", async () => {
  const [one, ...others] = await range("service_cpm{service='web.shop', layer='MESH'}", "60");
  expect(others).toEqual([]);
  expect(one?.values).toEqual([
    [at("10:50"), "60"],
    [at("10:53"), "60"],
    [at("10:58"), "60"],
    [at("10:59"), "60"],
    [at("11:00"), "1"],
  ]);
});

test("a longer step is answered from merged rows: the percentile of ten minutes is that of all their calls", async () => {
  const mine = { start: String(at("10:50")), end: String(at("10:59")) };
  const [cpm] = await range("service_cpm{service='web.shop'}", "10m", mine);
  expect(cpm?.values).toEqual([[at("10:50"), "24"]]); // 4 x 60 calls in ten minutes
  const worst = await range("service_percentile{service='web.shop', p='75,99'}", "10m", mine);
  const ms = worst.map(({ metric, values }) => [metric["p"], Math.round(Number(values[0]?.[1]) / 10) * 10]);
  expect(ms).toEqual([
    ["75", 30],
    ["99", 400],
  ]); // prettier-ignore
});

test("hours and days are read from their own rows, and without a step as the length asks for", async () => {
  const day = { start: "2026-04-30T00:00:00Z", end: String(NOW) };
  expect((await range("service_cpm{service='cart.shop'}", "1h", day))[0]?.values).toEqual([
    [Date.parse("2026-04-30T10:00:00Z") / 1_000, "0"],
    [at("10:00"), "1"],
  ]);
  expect((await range("service_cpm{service='cart.shop'}", undefined, day))[0]?.values.map(([time]) => time)).toEqual([
    Date.parse("2026-04-30") / 1_000,
    Date.parse("2026-05-01") / 1_000,
  ]);
  expect((await range("service_sla{service='web.shop'}", "1h"))[0]?.values).toEqual([
    [at("10:00"), "9000"],
    [at("11:00"), "10000"],
  ]);
});

test("without a service all services answer, of a layer or of any", async () => {
  expect(await instant("service_cpm{layer='MESH'}", "service")).toEqual({
    "cart.shop": 20,
    edge: 70,
    "pay.bank": 4,
    "web.shop": 60,
  });
  expect(await instant("service_cpm", "service", "layer")).toMatchObject({
    "edge MESH": 70,
    "legacy GENERAL": 9,
    "web.shop MESH": 60,
  });
  expect(await instant("service_cpm{layer='MESH_DP'}", "service")).toEqual({ edge: 70 });
  expect(await instant("service_cpm{layer='GENERAL', service='web.shop'}", "service")).toEqual({});
  expect(await instant("service_cpm{service='nobody'}", "service")).toEqual({});
});

test.each([
  ["service=~'web[.]shop|cart[.]shop'", ["cart.shop", "web.shop"]],
  ["service=~'web\\\\.shop|cart\\\\.shop'", ["cart.shop", "web.shop"]],
  ["service=~'.*[.]shop'", ["cart.shop", "web.shop"]],
  ["service=~'shop'", []],
  ["service=~'(?i)WEB.*'", ["web.shop"]],
  ["service!~'.*shop'", ["edge", "pay.bank"]],
  ["service!='edge',service!~'cart.*|'", ["pay.bank", "web.shop"]],
  ["service=~'.+'", ["cart.shop", "edge", "pay.bank", "web.shop"]],
  ["service=''", []],
  ["nope=''", ["cart.shop", "edge", "pay.bank", "web.shop"]],
  ["nope='x'", []],
  ["scope='Service',service=~'e.*'", ["edge"]],
])("%s is compared as Prometheus compares", async (matchers, services) => {
  expect(Object.keys(await instant(`service_cpm{layer='MESH',${matchers}}`, "service")).sort()).toEqual(services);
});

test("a pattern that would take a naive engine for ever takes a moment", async () => {
  await query.traffic({ scope: "service", service: "a".repeat(200), minute: "2026-05-01 10:59:00", calls: 1 });
  const began = performance.now();
  expect(await instant(`service_cpm{service=~'${"a".repeat(200)}|(a+)+(a+)+b'}`, "service")).toEqual({});
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("metrics may be chosen by pattern, too", async () => {
  expect(await instant("{__name__=~'service_(cpm|sla)', service='cart.shop'}", "__name__")).toEqual({
    service_cpm: 20,
    service_sla: 10_000,
  });
});

test("percentiles are series by the label p, of which a list may be asked for", async () => {
  const all = await instant("service_percentile{layer='MESH', service='web.shop'}", "p");
  expect(Object.keys(all)).toEqual(["50", "75", "90", "95", "99"]);
  expect(Object.keys(await instant("service_percentile{service='web.shop', p='50,99'}", "p"))).toEqual(["50", "99"]);
  expect(Object.keys(await instant("service_percentile{service='web.shop', p!~'9.'}", "p"))).toEqual(["50", "75"]);
  expect(Math.abs((all["99"] as number) - 400)).toBeLessThanOrEqual(4);
});

test("instances and endpoints are named, or all of a service, or all there are", async () => {
  const instance = await data("query", {
    query: "service_instance_sla{layer='MESH',service='web.shop',service_instance='web-1'}",
  });
  expect(instance.result).toEqual([
    {
      metric: {
        __name__: "service_instance_sla",
        layer: "MESH",
        scope: "ServiceInstance",
        service: "web.shop",
        service_instance: "web-1",
      },
      value: [NOW, "8500"],
    },
  ]);
  expect(await instant("service_instance_cpm{service='web.shop'}", "service_instance")).toEqual({ "web-1": 40, "web-2": 20 });
  expect(await instant("service_instance_tcp_sent_bytes_rate", "service_instance")).toEqual({ "web-1": 200 });
  expect(await instant("endpoint_cpm{service='web.shop', endpoint='GET:/cart'}", "endpoint")).toEqual({ "GET:/cart": 8 });
  expect(await instant("endpoint_cpm{endpoint=~'GET:.*'}", "service", "endpoint")).toEqual({
    "web.shop GET:/": 50,
    "web.shop GET:/cart": 8,
    "pay.bank GET:/": 4,
  });
  expect(Object.keys(await instant("endpoint_percentile{service='web.shop', p='99'}", "endpoint")).sort()).toHaveLength(3);
  expect(await instant("endpoint_sla{service='web.shop', limit='2'}", "endpoint")).toEqual({
    "GET:/": 10_000,
    "GET:/cart": 5_000,
  });
});

test("relations have the labels of both ends", async () => {
  const { result } = await data("query", {
    query: "service_relation_client_cpm{service='web.shop', layer='MESH', dest_service='cart.shop', dest_layer='MESH'}",
  });
  const ends = { layer: "MESH", service: "web.shop", dest_layer: "MESH", dest_service: "cart.shop" };
  expect(result).toEqual([
    { metric: { __name__: "service_relation_client_cpm", scope: "ServiceRelation", ...ends }, value: [NOW, "20"] },
  ]);
  expect(await instant("service_relation_server_cpm", "service", "layer", "dest_service")).toEqual({
    "web.shop MESH cart.shop": 20,
    "edge MESH web.shop": 60,
    "UNKNOWN UNDEFINED edge": 70,
  });
  expect(await instant("service_relation_server_cpm{dest_service='web.shop'}", "service")).toEqual({ edge: 60 });
  expect(await instant("service_relation_server_cpm{service='UNKNOWN', dest_service='edge'}", "service")).toEqual({
    UNKNOWN: 70,
  });
  const pair = "service='web.shop', dest_service='cart.shop'";
  expect(await instant(`service_instance_relation_client_cpm{${pair}}`, "service_instance", "dest_service_instance")).toEqual({
    "web-1 cart-1": 20,
  });
  const named = `${pair}, service_instance='web-1', dest_service_instance='cart-1'`;
  expect(await instant(`service_instance_relation_client_call_sla{${named}}`, "scope")).toEqual({
    ServiceInstanceRelation: 9_500,
  });
  expect(await failing("service_instance_relation_client_cpm{service='web.shop'}")).toMatch(
    /400 error bad_data: .* needs a service/,
  );
});

test("top_n is the first by the mean of the range, as the reference answers it", async () => {
  expect(await instant("service_cpm{layer='MESH', top_n='2', order='DES'}", "service")).toEqual({ edge: 70, "web.shop": 40 }); // 11:00 is among them
  expect(Object.keys(await instant("service_sla{layer='MESH', top_n='1', order='ASC'}", "service"))).toEqual(["pay.bank"]);
  const endpoints = await range("endpoint_cpm{layer='MESH', parent_service='web.shop', top_n='2', order='DES'}", "60");
  expect(endpoints.map(({ metric }) => [metric["endpoint"], metric["service"]])).toEqual([
    ["GET:/", "web.shop"],
    ["GET:/cart", "web.shop"],
  ]); // prettier-ignore
  expect(new Set(endpoints[1]?.values.map(([, value]) => value))).toEqual(new Set(["8"]));
  expect(Object.keys(await instant("endpoint_resp_time{top_n='1'}", "endpoint"))).toEqual(["POST:/order"]);
  expect(Object.keys(await instant("endpoint_cpm{endpoint=~'GET.*', service!='web.shop', top_n='5'}", "service"))).toEqual([
    "pay.bank",
  ]);
  const both = ["pay.bank GET:/", "web.shop GET:/", "web.shop GET:/cart", "web.shop POST:/order"];
  for (const parents of [
    "parent_service=~'web\\\\.shop|pay\\\\.bank'",
    "parent_service=~'.*[.](shop|bank)'",
    "parent_service=''",
  ])
    expect(Object.keys(await instant(`endpoint_cpm{${parents}, top_n='9'}`, "service", "endpoint")).sort()).toEqual(both);
  expect(await failing("service_cpm{top_n='x'}")).toContain('400 error bad_data: top_n: "x"');
  expect(await failing("service_cpm{top_n='1', order='up'}")).toContain('400 error bad_data: order: "up"');
  expect(await failing("service_percentile{top_n='1'}")).toContain("does not rank percentiles");
  expect(await failing("service_relation_client_cpm{top_n='1'}")).toContain("ranks services, instances and endpoints");
});

test("series are aggregated, calculated with and compared", async () => {
  expect(await instant("sum(service_cpm{layer='MESH'})")).toEqual({ "": 154 });
  expect(await instant("count(service_cpm{layer='MESH'} > 10)")).toEqual({ "": 3 });
  expect(await instant("sum by (layer) (service_cpm{service!~'young|a+'})", "layer")).toEqual({ MESH: 154, GENERAL: 9 });
  expect(await instant("topk(2, service_cpm{layer='MESH'})", "service")).toEqual({ edge: 70, "web.shop": 60 });
  expect(await instant("max without (p) (service_percentile{service='pay.bank'})", "service")).toEqual({
    "pay.bank": expect.closeTo(90, -1),
  });
  expect(await instant("100 - service_sla{service=~'web[.]shop|pay[.]bank'} / 100", "service", "__name__")).toEqual({
    "pay.bank ": 25,
    "web.shop ": 10,
  });
  const mesh = "{layer='MESH'}";
  expect(await instant(`sum(service_cpm${mesh} * (1 - service_sla${mesh} / 10000))`)).toEqual({ "": expect.closeTo(7, 6) });
  expect(await instant("service_relation_client_cpm / on (service) group_left () service_cpm", "dest_service")).toEqual({
    "cart.shop": expect.closeTo(1 / 3, 6),
  });
  expect(await instant("service_cpm{service='edge'} == bool 70", "service")).toEqual({ edge: 1 });
  expect(await instant("avg_over_time(service_cpm{service='web.shop'}[5m])", "service")).toEqual({ "web.shop": 60 });
  expect(await instant("sum_over_time(service_cpm{service='web.shop'}[1h])", "service")).toEqual({ "web.shop": 240 });
  const [summed] = await range("sum_over_time(service_cpm{service='cart.shop'}[10m])", "60");
  expect(summed?.values.find(([time]) => time === at("10:59"))?.[1]).toBe("80");
});

test("a range of series at a moment is their points", async () => {
  const { resultType, result } = await data("query", { query: "service_cpm{service='cart.shop'}[10m]", time: String(NOW) });
  expect(resultType).toBe("matrix");
  expect(result[0].values).toEqual(
    [
      ["10:50", "20"],
      ["10:53", "20"],
      ["10:58", "20"],
      ["10:59", "20"],
    ].map(([clock, value]) => [at(clock as string), value]),
  ); // prettier-ignore
});

test("numbers are scalars, and Grafana's test of a data source passes", async () => {
  expect(await data("query", { query: "1+1", time: "4" })).toEqual({ resultType: "scalar", result: [4, "2"] });
  expect(await data("query", { query: "1/0" })).toMatchObject({ result: [NOW, "+Inf"] });
  expect(await data("query", { query: "'text'" })).toEqual({ resultType: "string", result: [NOW, "text"] });
  const times = [at("10:00"), at("10:10"), at("10:20")];
  const [two] = await range("1 + 1", "600", { start: String(times[0]), end: String(times[2]) });
  expect(two).toEqual({ metric: {}, values: times.map((time) => [time, "2"]) });
  expect(await data("rules")).toEqual({ groups: [] });
  expect(await data("status/buildinfo")).toMatchObject({ version: "2.45.0" });
  expect(await data("format_query", { query: "sum by(a)(service_cpm)" })).toBe("sum by (a) (service_cpm)");
});

test("all selectors of a query over one range are read by one statement", async () => {
  await data("query", { query: "service_cpm", time: String(NOW) }); // the list of services is read
  const before = query.engine.queries;
  await range("sum(service_cpm{layer='MESH'} * service_sla{layer='MESH'}) + sum(service_apdex) + max(service_percentile)", "60");
  expect(query.engine.queries - before).toBe(1);
});

test("what there is, is listed by the traffic metrics", async () => {
  const series = (match: string, more: Parameters = {}) => data("series", { "match[]": match, ...TIME, ...more });
  const named = { __name__: "service_traffic", scope: "Service" };
  expect(await series("service_traffic{layer='GENERAL'}")).toEqual([{ ...named, layer: "GENERAL", service: "legacy" }]);
  expect((await series("service_traffic{layer='MESH'}")).map(({ service }: { service: string }) => service)).toEqual([
    "cart.shop",
    "edge",
    "pay.bank",
    "web.shop",
  ]); // prettier-ignore
  expect(await series("service_traffic{service='gone'}", { start: "1772323200", end: "1772409600" })).toHaveLength(1);
  expect(await series("service_traffic", { limit: "2" })).toHaveLength(2);
  expect(await series("service_traffic{limit='1'}")).toHaveLength(1);
  expect(await series("instance_traffic{layer='MESH', service='web.shop'}")).toEqual(
    ["web-1", "web-2"].map((service_instance) => ({
      ...{ __name__: "instance_traffic", scope: "ServiceInstance", layer: "MESH" },
      ...{ service: "web.shop", service_instance },
    })),
  );
  const endpoints = await series("endpoint_traffic{layer='MESH', service='web.shop', keyword='cart', limit='5'}");
  expect(endpoints.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(["GET:/cart"]);
  expect(await series("endpoint_traffic{service='web.shop', endpoint=~'GET.*'}")).toHaveLength(2);
});

test("series of a metric are what had calls then", async () => {
  const series = (match: string | string[], more: Parameters = {}) => data("series", { "match[]": match, ...TIME, ...more });
  expect(await series("service_cpm{service=~'web.*|gone'}")).toEqual([
    { __name__: "service_cpm", layer: "MESH", scope: "Service", service: "web.shop" },
  ]); // prettier-ignore
  expect(await series("endpoint_cpm{service='web.shop', endpoint=~'GET:/|GET:/nope'}")).toHaveLength(1);
  expect(await series("service_percentile{service='edge', p='50,99'}")).toHaveLength(2);
  expect(await series(["service_relation_client_cpm", "service_relation_client_cpm{service='web.shop'}"])).toHaveLength(1);
  expect(await series("service_cpm{layer='MESH'}", { start: "0", end: "86400" })).toEqual([]);
});

test("label values are those of the services, instances and endpoints there are", async () => {
  const values = (label: string, ...match: string[]) =>
    data(`label/${label}/values`, { ...TIME, ...(match.length === 0 ? {} : { "match[]": match }) });
  expect(await values("layer")).toEqual(["MESH", "GENERAL", "MESH_DP"]);
  expect(await values("service", "service_traffic{layer='MESH'}")).toEqual(["cart.shop", "edge", "pay.bank", "web.shop"]);
  expect(await values("service", "service_cpm{layer='GENERAL'}")).toEqual(["legacy"]);
  expect(await values("service", "{layer='GENERAL'}")).toEqual(["legacy"]);
  expect(await values("service")).toEqual(["cart.shop", "edge", "legacy", "pay.bank", "web.shop"]);
  expect(await values("service_instance", "instance_traffic{layer='MESH', service='web.shop'}")).toEqual(["web-1", "web-2"]);
  expect(await values("service_instance")).toEqual(["web-1", "web-2"]);
  expect(await values("endpoint", "endpoint_traffic{layer='MESH', service=~'web.*'}")).toEqual([
    "GET:/",
    "GET:/cart",
    "POST:/order",
  ]);
  expect(await values("endpoint", "{service='pay.bank'}")).toEqual(["GET:/"]);
  expect(await values("dest_service")).toEqual(["cart.shop", "edge", "web.shop"]);
  expect(await values("p", "service_percentile{service='edge'}")).toEqual(["50", "75", "90", "95", "99"]);
  expect(await values("scope")).toContain("ServiceRelation");
  expect(await values("nothing_like_it")).toEqual([]);
  expect(await data("label/service/values", { limit: "1" })).toHaveLength(1);
});

test("names of metrics and labels are listed, all or those that a selector is about", async () => {
  const names = await data("label/__name__/values");
  expect(names).toEqual([...METRICS.keys(), "service_traffic", "instance_traffic", "endpoint_traffic"].sort());
  expect(await data("label/__name__/values", { "match[]": '{__name__=~".*apdex.*"}' })).toEqual(["service_apdex"]);
  expect(await data("label/__name__/values", { "match[]": '{endpoint="GET:/", p="99"}' })).toEqual(["endpoint_percentile"]);
  const labels = (match: string) => data("labels", { "match[]": match });
  expect(await labels("service_cpm")).toEqual(expect.arrayContaining(["layer", "service", "top_n", "order"]));
  expect(await labels("service_instance_cpm")).toEqual(expect.arrayContaining(["service_instance", "parent_service"]));
  expect(await labels("endpoint_percentile")).toEqual(expect.arrayContaining(["layer", "service", "endpoint", "p"]));
  expect(await labels("service_relation_client_cpm")).toEqual(expect.arrayContaining(["dest_layer", "dest_service"]));
  expect(await data("labels")).toEqual(expect.arrayContaining(["dest_service_instance", "keyword", "p"]));
  expect(await data("metadata", { metric: "service_cpm", limit: "10" })).toEqual({
    service_cpm: [{ type: "gauge", help: "Calls received.", unit: "calls/min" }],
  });
  expect(Object.keys(await data("metadata", { limit: "3" }))).toHaveLength(3);
  expect(Object.keys(await data("metadata", { metric: "service_.*_bytes_rate" }))).toHaveLength(12);
});

test("parameters come in the address, in a form, or in a form of a GET", async () => {
  const parameters = { query: "service_cpm{service='edge'}", time: String(NOW) };
  const posted = await ask("query", parameters);
  expect(await ask("query", parameters, { method: "GET" })).toEqual(posted);
  const text = await new Promise<string>((resolve, reject) => {
    const form = new URLSearchParams(parameters).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": form.length };
    const asked = httpRequest(`${query.url}/api/v1/query`, { method: "GET", headers }, (answer) => {
      let body = "";
      answer
        .setEncoding("utf8")
        .on("data", (chunk: string) => (body += chunk))
        .on("end", () => resolve(body)); // prettier-ignore
    });
    asked.once("error", reject).end(form);
  });
  expect(JSON.parse(text)).toEqual(posted.body);
  const millis = await ask("query", { ...parameters, time: "2026-05-01T11:00:30.5Z" });
  expect(millis.body.data.result[0].value[0]).toBe(NOW + 0.5);
});

test.each([
  ["service_cpm{", "400 error bad_data: 1:13: parse error: unexpected end of input"],
  ["servce_cpm", "400 error bad_data: Metric: [servce_cpm] does not exist."],
  ["{layer='MESH'}", "400 error bad_data: a selector needs the name of a metric"],
  ["service_cpm{service=~'('}", '400 error bad_data: service: "(" is no regular expression'],
  ["service_traffic", "400 error bad_data: service_traffic lists what there is"],
  ["rate(service_cpm[5m])", "400 error bad_data: 1:1: parse error: rate() is of counters"],
  ["1 > 2", "400 error bad_data: comparisons between scalars must use BOOL modifier"],
  ["service_cpm + on () service_sla", "422 error execution: found duplicate series"],
])("%s is an error of its asker", async (text, message) => {
  expect(await failing(text)).toContain(message);
}); // prettier-ignore

test("a metric that is known and never produced is empty, as dashboards of other things ask for it", async () => {
  expect(await data("query", { query: "instance_jvm_cpu{layer='GENERAL', service='a', service_instance='b'}" })).toMatchObject({
    result: [],
  });
});

test("parameters that are missing or wrong are named", async () => {
  const told = async (path: string, parameters: Parameters) => {
    const { status, body } = await ask(path, parameters);
    return `${status} ${body.errorType}: ${body.error}`;
  };
  expect(await told("query", {})).toBe('400 bad_data: the parameter "query" is missing');
  expect(await told("query", { query: "1", time: "noon" })).toContain('invalid parameter "time"');
  expect(await told("query_range", { query: "1", start: "1" })).toBe('400 bad_data: the parameter "end" is missing');
  expect(await told("query_range", { query: "1", start: "9", end: "1", step: "1" })).toContain(
    "end timestamp must not be before start time",
  );
  expect(await told("query_range", { query: "1", start: "1", end: "9", step: "-1" })).toContain('invalid parameter "step"');
  expect(await told("query_range", { query: "service_cpm[5m]", start: "1", end: "9", step: "1" })).toContain(
    "must be Scalar or instant Vector",
  );
  expect(await told("series", {})).toBe("400 bad_data: no match[] parameter provided");
  expect(await told("series", { "match[]": "1+1" })).toContain("is no selector of series");
  expect(await told("labels", { limit: "x" })).toContain('invalid parameter "limit"');
  expect(await told("targets", {})).toBe("404 not_found: there is no /api/v1/targets here");
  expect(await told("label/service/values/x", {})).toContain("404 not_found");
  expect((await fetch(`${query.url}/api/v1/query`, { method: "DELETE" })).status).toBe(405);
  const large = await fetch(`${query.url}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: "x".repeat(5_000_000) }),
  });
  expect([large.status, query.http.refused.bodies]).toEqual([413, 1]);
});

test("what a query may come to is bounded and counted, storage that is away is said without its words, and partial answers say so", async () => {
  const serve = async (change: object, ask_: (url: string) => Promise<void>) => {
    const setup = {
      listeners: async () => [],
      proxies: async () => [],
      problems: async () => [],
      server: async () => QUIET_SERVER,
    };
    const options = { clock: query.clock, setup, retention: KEEP_ALL, storage: storageOf(query.engine), limits: REQUEST_LIMITS };
    const rest = { sql: query.engine, connectionsMax: 10, node: READY_NODE, metrics: async () => "", onError: () => {} };
    const http = new HttpServer({ ...options, ...rest, ...change });
    const url = `http://127.0.0.1:${await http.listen("127.0.0.1", 0)}`;
    await ask_(url);
    expect(http.refused.values).toBe("limits" in change ? 1 : 0);
    await http.stop();
  };
  const parameters = { query: "service_percentile", ...TIME, step: "60" };
  await serve({ limits: { ...REQUEST_LIMITS, valuesMax: 1_000 } }, async (url) => {
    expect(await ask("query_range", parameters, { url })).toMatchObject({
      status: 422,
      body: { status: "error", errorType: "execution", error: expect.stringContaining("query.maxValues") },
    });
  });
  const away = { query: () => Promise.reject(new StorageError("connect 10.0.0.7:8123 refused", { retryable: true })) };
  await serve({ sql: away }, async (url) => {
    const { status, body } = await ask("query_range", parameters, { url });
    expect([status, body.errorType]).toEqual([503, "unavailable"]);
    expect(body.error).toMatch(/^Storage cannot be read at the moment \(error \w+\)$/);
  });
  await serve({ partial: () => "shard b is away" }, async (url) => {
    const { body } = await ask("query", { query: "service_cpm" }, { url });
    expect([body.status, body.warnings]).toEqual(["success", ["shard b is away"]]);
  });
});

test.each(dashboards().map((dashboard) => [dashboard.title, dashboard] as const))(
  "%s: every expression has values",
  async (_, dashboard) => {
    const variables = { layer: "MESH", service: "web.shop", instance: ".*", endpoint: ".*", __range: "3600s" };
    const expressions = [...new Set(expressionsOf(dashboard))];
    expect(expressions.length).toBeGreaterThan(20);
    const answers = await Promise.all(expressions.map((expr) => range(substituted(expr, variables), "60")));
    for (const [i, series] of answers.entries()) {
      const values = series.flatMap((one) => one.values.map(([, value]) => Number(value)));
      expect([expressions[i], series.length > 0, values.length > 0, values.every(Number.isFinite)]).toEqual([
        expressions[i],
        true,
        true,
        true,
      ]);
    }
  },
);

test("variables of the dashboards have values", async () => {
  const variables = { layer: "MESH", service: "web.shop" };
  for (const { templating } of dashboards())
    for (const { name, query: asked } of templating.list.slice(1)) {
      const text = substituted(typeof asked === "string" ? asked : asked.query, variables);
      const [, match = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(text) ?? [];
      const values = await data(`label/${label}/values`, { "match[]": match, ...TIME });
      expect([name, values.length > 0]).toEqual([name, true]);
    }
});
