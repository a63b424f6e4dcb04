/** What operators and their tools ask of a server by URL, and the same from a terminal: on stored rows. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { query as typedQuery } from "../../oap/cli/query.ts";
import { endpointId, instanceId, relationId, serviceId } from "../../oap/model/entity.ts";
import type { Lack, SetupReader } from "../../oap/model/ports.ts";
import { REQUEST_LIMITS } from "../builders/limits.ts";
import { READY_NODE } from "../builders/node.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { sidelight } from "../harness/sidelight.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const AT = "2026-03-01 10:16:00";
const WEB = "web.shop";
const CART = "cart.shop";
const TIME = "startTime=2026-03-01+1015&endTime=2026-03-01+1017&step=MINUTE";
const HELD = "start=2026-03-01+1015&end=2026-03-01+1017&step=MINUTE";
const JSON_ONLY = { accept: "application/json" };

const setup: SetupReader = {
  listeners: async () => [
    { protocol: "grpc", address: "10.1.2.3:11800" },
    { protocol: "http", address: "10.1.2.3:12800" },
  ],
  proxies: async () => [],
  problems: async () => [],
  server: async () => QUIET_SERVER,
};

let lacks: readonly Lack[] = [];
let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T10:17:30Z", setup, node: { ...READY_NODE, lacks: () => lacks } });
  const call = { minute: AT, status_2xx: 1, latencies: [47] } as const;
  const edge = { ...call, service: WEB, dest_service: CART, detect_point: "server" } as const;
  await query.traffic(
    { ...call, scope: "service", service: CART },
    { ...call, scope: "service", service: CART, minute: "2026-03-01 10:17:00", latencies: [9, 9] },
    { ...call, scope: "service", service: "quiet.shop", minute: "2026-03-01 09:00:00" },
    { ...call, scope: "instance", service: CART, instance: "cart-0" },
    { ...call, scope: "endpoint", service: CART, endpoint: "GET:/items" },
    { ...edge, scope: "service_relation" },
    { ...edge, scope: "instance_relation", instance: "web-0", dest_instance: "cart-0" },
  );
  const seen = { normal: 1, first_seen: AT, last_seen: AT };
  await query.insert("service_meta", [
    { ...seen, service: CART, layer: "MESH" },
    { ...seen, service: CART, layer: "GENERAL" },
    { ...seen, service: WEB, layer: "MESH" },
  ]);
  const handedOver = (node: string, at: string) => ({
    node,
    part: "ingest-0",
    batch: `${at}@1`,
    handed_over_until: at,
    entries: 1,
    booked: {},
  }); // prettier-ignore
  await query.insert("node_progress", [
    handedOver("this-node", "2026-03-01 10:17:29"),
    handedOver("other-node", "2026-03-01 10:16:40"),
    handedOver("gone-node", "2026-03-01 10:10:00"),
  ]);
});
afterAll(() => query.close());

async function get(path: string, headers: Record<string, string> = {}, method = "GET") {
  const answer = await fetch(query.url + path, { method, headers });
  return { status: answer.status, type: answer.headers.get("content-type")?.split(";")[0], text: await answer.text() };
}

// biome-ignore lint/suspicious/noExplicitAny: answers are of any shape
async function json(path: string): Promise<any> {
  const { status, type, text } = await get(path, JSON_ONLY);
  expect([path, status, type]).toEqual([path, 200, "application/json"]);
  return JSON.parse(text);
}

test("a cluster's nodes are this one, by its address, and those that handed something over of late, by name", async () => {
  expect(await json("/status/cluster/nodes")).toEqual({
    nodes: [
      { host: "10.1.2.3", port: 11_800, self: true, isSelf: true },
      { host: "other-node", port: 0, self: false, isSelf: false },
    ],
  });
});

test("how long what is kept is told as GraphQL tells it, as JSON or in lines", async () => {
  const { data } = await query.gql("{ metrics: getMetricsTTL { minute coldDay } records: getRecordsTTL { log coldLog } }");
  expect(await json("/status/config/ttl")).toMatchObject(data);
  const lines = (await get("/status/config/ttl")).text.trim().split("\n");
  expect(lines).toHaveLength(17);
  expect(lines).toContain(`metrics.minute=${data.metrics.minute}`);
  expect(lines).toContain("records.coldLog=-1");
  expect(JSON.parse((await get("/status/config/ttl", { "content-type": "application/json" })).text)).toMatchObject(data);
});

test("settings in force are told by key, with what clients look for, and without secrets", async () => {
  const dump = await json("/debugging/config/dump");
  expect(dump).toMatchObject({
    "http.port": "12800",
    "storage.password": "******",
    "core.default.restHost": "10.1.2.3",
    "core.default.restPort": "12800",
  });
  for (const module of ["admin-server", "status", "inspect"]) {
    expect(Object.keys(dump).some((key) => key.startsWith(`${module}.`))).toBe(true);
  }
  const { type, text } = await get("/debugging/config/dump");
  expect(type).toBe("text/plain");
  expect(text).toContain("\nstorage.password=******\naccessLog.redact=cookie,token\n");
});

test("an expression asked by URL answers what GraphQL answers, with the statements it took and their durations", async () => {
  const { debuggingTrace, ...answer } = await json(`/debugging/query/mqe?expression=service_cpm&service=${CART}&${TIME}`);
  expect(answer).toMatchObject({ type: "TIME_SERIES_VALUES", error: null });
  expect(answer.results[0].values.map(({ value }: { value: string }) => value)).toEqual([null, "1", "2"]);
  const { rootSpan, condition, duration } = debuggingTrace;
  expect(JSON.parse(condition)).toMatchObject({ expression: "service_cpm", entity: { serviceName: CART, normal: true } });
  expect(rootSpan).toMatchObject({ spanId: 0, parentSpanId: -1, operation: "execExpression", duration });
  expect(rootSpan.childSpans).toHaveLength(1);
  const [statement] = rootSpan.childSpans;
  expect(statement).toMatchObject({ parentSpanId: 0, operation: expect.stringMatching(/^ClickHouse: \w/), error: null });
  expect(statement.msg).toMatch(/^\d+ rows\n\{.*"cart\.shop".*\}\n-- .*SELECT/s);
  expect(statement.duration).toBe(statement.endTime - statement.startTime);
  expect(statement.duration).toBeGreaterThan(0);
  expect(statement.duration).toBeLessThanOrEqual(duration);
});

test("rows that storage answered are told when they are asked for", async () => {
  const path = `/debugging/query/mqe?expression=service_cpm&service=${CART}&${TIME}&dumpDBRsp=true`;
  const [statement] = (await json(path)).debuggingTrace.rootSpan.childSpans;
  expect(statement.msg).toMatch(/\n\[\{.*"service":"cart\.shop".*\}\]$/s);
});

test("answers with a trace are YAML for whoever does not ask for JSON", async () => {
  const path = `/debugging/query/mqe?expression=avg(service_resp_time)&service=${CART}&${TIME}`;
  for (const accept of ["*/*", "application/yaml", "text/html"]) {
    const { type, text } = await get(path, { accept });
    expect([accept, type]).toEqual([accept, "application/yaml"]);
    expect(parse(text)).toMatchObject({ type: "SINGLE_VALUE", debuggingTrace: { rootSpan: { childSpans: [{}] } } });
  }
});

test("GraphQL clients that ask with debug get the same trace as a list, and others none", async () => {
  const ask = async (debug: string) => {
    const { data } = await query.gql(
      `{ getGlobalTopology(duration: { start: "2026-03-01 1015", end: "2026-03-01 1017", step: MINUTE }${debug}) { calls { id } debuggingTrace { traceId spans { spanId parentSpanId operation } } } }`,
    );
    return data.getGlobalTopology;
  };
  for (const debug of ["", ", debug: false"]) expect((await ask(debug)).debuggingTrace).toBeNull();
  const { calls, debuggingTrace } = await ask(", debug: true");
  expect(calls).toHaveLength(1);
  expect(debuggingTrace.spans[0]).toEqual({ spanId: 0, parentSpanId: -1, operation: "getGlobalTopology" });
  expect(debuggingTrace.spans.length).toBeGreaterThan(1);
});

test("topologies are asked by names", async () => {
  const call = relationId(serviceId(WEB), serviceId(CART));
  const calls = async (path: string) => {
    const { calls: found, nodes, debuggingTrace } = await json(`/debugging/query/topology/${path}&${TIME}`);
    return { ids: found.map(({ id }: { id: string }) => id), nodes, spans: debuggingTrace.rootSpan.childSpans.length };
  };
  expect((await calls("getGlobalTopology?")).ids).toEqual([call]);
  expect((await calls("getGlobalTopology?serviceLayer=GENERAL")).ids).toEqual([call]);
  expect((await calls("getGlobalTopology?serviceLayer=K8S")).ids).toEqual([]);
  expect((await calls(`getServicesTopology?services=nobody,${CART}`)).ids).toEqual([call]);
  const instances = await calls(`getServiceInstanceTopology?clientService=${WEB}&serverService=${CART}`);
  expect(instances.ids).toEqual([relationId(instanceId(WEB, "web-0"), instanceId(CART, "cart-0"))]);
  const dependencies = await calls(`getEndpointDependencies?service=${CART}&endpoint=GET:/items`);
  expect([dependencies.nodes, dependencies.spans]).toEqual([[], 1]);
  expect((await calls(`getProcessTopology?service=${CART}&instance=cart-0`)).ids).toEqual([]);
});

test("logs and traces are asked by names; there are no traces", async () => {
  const logs = await json(
    `/debugging/query/log/queryLogs?service=${CART}&tags=status.code=503,level=ERROR&${TIME}&pageNum=1&pageSize=5`,
  );
  expect(logs).toMatchObject({ errorReason: null, logs: [], debuggingTrace: { rootSpan: { childSpans: [{}] } } });
  expect(logs.debuggingTrace.rootSpan.childSpans[0].msg).toContain("503");
  expect(await json(`/debugging/query/trace/queryBasicTraces?service=${CART}&${TIME}`)).toMatchObject({ traces: [] });
  expect(await json("/debugging/query/trace/queryTrace?traceId=1")).toMatchObject({ spans: [] });
});

test.each([
  [`/debugging/query/mqe?service=${CART}&${TIME}`, "the parameter expression is missing"],
  ["/debugging/query/mqe?expression=service_cpm&step=MINUTE", "the parameter startTime is missing"],
  ["/debugging/query/mqe?expression=1&startTime=x&endTime=x&step=MINUTE", '"x" is no time of step MINUTE'],
  ["/debugging/query/mqe?expression=1&startTime=x&endTime=x&step=WEEK", "one of DAY, HOUR, MINUTE, SECOND"],
  ["/debugging/query/log/queryLogs?pageNum=1", "queryDuration or relatedTrace is needed"],
  [`/debugging/query/log/queryLogs?${TIME}&pageSize=many`, "pageSize"],
  [`/debugging/query/log/queryLogs?${TIME}&queryOrder=UP`, "queryOrder"],
  [`/inspect/entities?metric=nope&${HELD}`, "metric unknown: nope"],
  [`/inspect/entities?metric=service_cpm&${HELD}&limit=301`, "limit must be between 1 and 300"],
  ["/inspect/entities?metric=service_cpm&start=2026-03-01+101500&end=2026-03-01+101600&step=SECOND", "step SECOND not supported"],
  [`/inspect/values?metric=nope&${HELD}`, "nope"],
  ["/inspect/metrics?regex=(", "regex"],
])("a mistake in %s is told, as 400: %s", async (path, what) => {
  const { status, type, text } = await get(path);
  expect([status, type]).toEqual([400, "application/json"]);
  expect(JSON.parse(text).error).toContain(what);
});

test("status, debugging and inspection by themselves list what is below them, which is all there", async () => {
  const listed = await Promise.all(["/status", "/debugging/", "/inspect"].map(async (path) => (await json(path)).paths));
  expect(listed[0]).toEqual(["/status/cluster/nodes", "/status/config/ttl", "/status/alarm/rules"]);
  expect(listed[1]).toEqual(expect.arrayContaining(["/debugging/config/dump", "/debugging/query/mqe"]));
  expect(listed[2]).toEqual(["/inspect/metrics", "/inspect/entities", "/inspect/values"]);
  for (const path of listed.flat()) expect([path, (await get(path, JSON_ONLY)).status]).not.toEqual([path, 404]);
  expect((await get("/inspect", { accept: "application/yaml" })).text).toContain("- /inspect/metrics");
  expect(await get("/runtime")).toMatchObject({ status: 404, type: "text/plain" });
});

test("what is not there is not found, and never the dashboard's page; nothing can be changed", async () => {
  const absent = [
    "/status/nope",
    "/debugging/query/zipkin/api/v2/traces",
    "/ui-management/templates",
    "/runtime/rule/list",
    "/dsl-debugging/status",
  ]; // prettier-ignore
  for (const path of absent)
    expect([path, await get(path)]).toEqual([path, { status: 404, type: "text/plain", text: "not found\n" }]);
  expect(await json("/status/alarm/rules")).toEqual({
    oapInstances: [{ address: "10.1.2.3_11800", status: { ruleList: [] } }],
  });
  expect(await get("/status/alarm/some_rule")).toMatchObject({ status: 404, type: "application/json" });
  for (const path of ["/status/config/ttl", "/debugging/config/dump", "/inspect/metrics"]) {
    for (const method of ["POST", "PUT", "DELETE"]) expect((await get(path, {}, method)).status).toBe(405);
  }
  expect((await get("/status/config/ttl", {}, "HEAD")).status).toBe(200);
});

test("metrics that are produced here are listed with their scope and columns", async () => {
  const { metrics } = await json("/inspect/metrics?regex=service_(cpm|percentile)");
  const rest = { catalog: "SERVICE", scopeId: 1, scope: "Service", downsamplings: ["MINUTE", "HOUR", "DAY"] };
  expect(metrics).toEqual([
    { name: "service_cpm", type: "REGULAR_VALUE", valueColumnName: "calls", ...rest },
    { name: "service_percentile", type: "LABELED_VALUE", valueColumnName: "latency_histogram", ...rest },
  ]);
  const named = async (parameters: string): Promise<string[]> =>
    (await json(`/inspect/metrics?${parameters}`)).metrics.map(({ name }: { name: string }) => name);
  expect(await named("catalog=ENDPOINT&catalog=SERVICE&type=LABELED_VALUE")).toEqual([
    "service_percentile",
    "endpoint_percentile",
  ]);
  expect(await named("regex=kubernetes_.*")).toEqual([]); // known by name, never produced
});

test("entities that hold values of a metric come with what an expression takes for them, one row a layer, last seen first", async () => {
  const answer = await json(`/inspect/entities?metric=service_cpm&${HELD}`);
  const cart = {
    entityId: serviceId(CART),
    decoded: { serviceName: CART, isReal: true },
    mqeEntity: { scope: "Service", serviceName: CART, normal: true },
  };
  expect(answer).toEqual({
    metric: "service_cpm",
    scope: "Service",
    start: "2026-03-01 1015",
    end: "2026-03-01 1017",
    step: "MINUTE",
    rows: [
      { ...cart, layer: "GENERAL" },
      { ...cart, layer: "MESH" },
    ],
  });
  const ids = async (metric: string, more = "") =>
    (await json(`/inspect/entities?metric=${metric}&${HELD}${more}`)).rows.map(({ entityId }: { entityId: string }) => entityId);
  expect(await ids("service_throughput_sent")).toEqual([]); // calls and no bytes
  expect(await ids("endpoint_percentile")).toEqual(Array(2).fill(endpointId(CART, "GET:/items")));
  expect(await ids("service_relation_client_cpm")).toEqual([]);
  expect(await ids("service_relation_server_cpm")).toEqual([relationId(serviceId(WEB), serviceId(CART))]);
  const hours = await json("/inspect/entities?metric=service_cpm&start=2026-03-01+09&end=2026-03-01+10&step=HOUR");
  expect(hours.rows.map(({ layer }: { layer: string }) => layer)).toEqual(["GENERAL", "MESH", "UNDEFINED"]);
});

test("an entity as it is listed goes into an expression as it is", async () => {
  for (const [metric, value] of [
    ["service_instance_relation_server_cpm", "1"],
    ["service_instance_cpm", "1"],
    ["endpoint_resp_time", "47"],
  ] as const) {
    const [{ mqeEntity }] = (await json(`/inspect/entities?metric=${metric}&${HELD}`)).rows;
    const body = JSON.stringify({
      expression: metric,
      entity: mqeEntity,
      start: "2026-03-01 1016",
      end: "2026-03-01 1016",
      step: "MINUTE",
    });
    const answer = await fetch(`${query.url}/inspect/values`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { results } = (await answer.json()) as { results: { values: { value: string }[] }[] };
    expect([metric, results[0]?.values[0]?.value]).toEqual([metric, value]);
  }
  const { results } = await json(`/inspect/values?metric=service_cpm&service=${CART}&${HELD}`);
  expect(results[0].values.map(({ value }: { value: string }) => value)).toEqual([null, "1", "2"]);
  const other = { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" };
  expect((await fetch(`${query.url}/inspect/values`, other)).status).toBe(415);
  const large = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: " ".repeat(REQUEST_LIMITS.bodyMaxBytes + 1),
  };
  expect((await fetch(`${query.url}/inspect/values`, large)).status).toBe(413);
  expect(query.http.refused.bodies).toBe(1);
});

test("a failure of storage is told by an id, never by what storage said", async () => {
  await query.engine.command("RENAME TABLE traffic_minute TO traffic_away");
  try {
    const { status, text } = await get(`/inspect/entities?metric=service_cpm&${HELD}`);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(JSON.parse(text).error).toMatch(/\(error [0-9a-f]{8}\)$/);
    expect(text).not.toMatch(/traffic|SELECT|127\.0\.0\.1/);
  } finally {
    await query.engine.command("RENAME TABLE traffic_away TO traffic_minute");
  }
});

test("readiness gives its reasons, by part, as text or JSON, and checkHealth and /healthcheck agree with it", async () => {
  const told = async (path: string, headers = {}) => {
    const { status, text } = await get(path, headers);
    return `${status} ${text.trim()}`;
  };
  const health = async () => (await query.gql("{ checkHealth { score details } }")).data.checkHealth;
  expect([await told("/healthz/ready"), await told("/healthcheck"), await told("/healthz/live")]).toEqual([
    "200 ready",
    "200 ready",
    "200 live",
  ]);
  expect(await health()).toEqual({ score: 0, details: "" });
  lacks = [
    { part: "query", reason: "storage is not open yet" },
    { part: "ingest", reason: "no ingest process takes entries yet" },
  ];
  try {
    expect(await told("/healthz/ready")).toBe("503 storage is not open yet\nno ingest process takes entries yet");
    expect(await told("/healthz/ready?part=ingest")).toBe("503 no ingest process takes entries yet");
    expect(JSON.parse((await get("/healthz/ready?part=query", JSON_ONLY)).text)).toEqual({ ready: false, lacks: [lacks[0]] });
    expect((await get("/healthcheck")).status).toBe(503);
    expect(await get("/healthcheck", {}, "HEAD")).toMatchObject({ status: 503, text: "" });
    expect(await told("/healthz/live")).toBe("200 live");
    expect(await health()).toEqual({ score: 2, details: "storage is not open yet; no ingest process takes entries yet" });
  } finally {
    lacks = [];
  }
  expect((await get("/healthz/ready", {}, "POST")).status).toBe(405);
  expect((await get("/healthz/ready?part=ingset")).status).toBe(400);
});

test("the terminal shows a series as a table, by the server's clock", async () => {
  const typed = ["query", "service_cpm", "--service", CART, "--last", "3m", "--url", query.url];
  expect(await sidelight(typed)).toEqual({
    code: 0,
    err: "",
    out: `service_cpm  cart.shop  2026-03-01 10:15 – 10:17 UTC, by minute

TIME (UTC)        VALUE
2026-03-01 10:15      –
2026-03-01 10:16      1
2026-03-01 10:17      2
────────────────  ─────
min                   1
max                   2
last                  2
`,
  });
});

test("the terminal shows lists, sparklines and JSON of any time that is asked for", async () => {
  const typed = async (...args: string[]) => (await typedQuery(args, { SIDELIGHT_URL: query.url })).text;
  expect(await typed("top_n(service_cpm,5,des)", "--last", "3m")).toContain("#  VALUE  NAME\n1      1  cart.shop\n");
  const line = await typed("service_percentile{p='50'}", "-s", CART, "-l", "3m", "-o", "sparkline");
  expect(line).toContain("p=50  –█▁  min  9  max  47  last  9\n");
  const json = await typed("avg(service_cpm)", "-s", CART, "-l", "2m", "-o", "json", "--until", "2026-03-01T10:18");
  expect(JSON.parse(json)).toMatchObject({ type: "SINGLE_VALUE", error: null, results: [{ values: [{ value: "1.5" }] }] });
  expect(await typed("service_resp_time", "-s", CART, "-l", "1h", "--step", "hour")).toContain("2026-03-01 10     21\n");
});

test("what went wrong in the terminal is said on stderr, with an exit code", async () => {
  const typed = (...args: string[]) => sidelight(["query", ...args], { SIDELIGHT_URL: query.url });
  const [mistake, usage] = await Promise.all([typed("service_cpm +", "-s", CART), typed("service_cpm", "--last", "soon")]);
  expect([mistake.code, mistake.out, mistake.err]).toEqual([1, "", expect.stringMatching(/^sidelight: line 1:/)]);
  expect([usage.code, usage.out, usage.err]).toEqual([2, "", expect.stringContaining("--last")]);
  const ask = (...args: string[]) => typedQuery(args, { SIDELIGHT_URL: query.url });
  const nobody = await typed("service_cpm", "-s", "nope", "-l", "3m");
  expect([nobody.code, nobody.out, nobody.err]).toEqual([1, "", "sidelight: no service nope: there are cart.shop, web.shop\n"]);
  await expect(ask("service_cpm", "-s", "Cart", "-o", "json")).rejects.toThrow(/^no service Cart: is cart\.shop meant\?$/);
  await expect(ask("service_relation_server_cpm", "-s", WEB, "--dest-service", "cart")).rejects.toThrow("no service cart: is");
  expect((await ask("service_relation_server_cpm", "-s", WEB, "--dest-service", "db", "--no-dest-normal")).text).toContain("–");
  expect((await ask("service_cpm", "-s", CART, "-l", "3m", "--until", "2026-02-28T10:00")).text).toContain(
    "last                  –",
  );
  await expect(ask("endpoint_cpm", "-s", CART)).rejects.toThrow("--endpoint");
  await expect(ask("service_cpm", "-s", CART, "--step", "minute", "-l", "20d")).rejects.toThrow("can't exceed 500 MINUTEs");
  await expect(ask("service_cpm", "--url", "http://127.0.0.1:9")).rejects.toThrow("http://127.0.0.1:9 cannot be reached");
  await expect(ask("service_cpm", "--url", `${query.url}/metrics`)).rejects.toThrow(/answered 40\d/);
});
