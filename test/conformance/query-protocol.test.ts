/** The query protocol on stored rows: what clients of SkyWalking get for one request from productpage to reviews. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { instanceId, serviceId } from "../../oap/model/entity.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const AT = "2026-03-01 10:16:00";
const DURATION = '{ start: "2026-03-01 1015", end: "2026-03-01 1017", step: MINUTE }';
const REVIEWS = "reviews.bookinfo";
const PRODUCTPAGE = "productpage.bookinfo";
const CALLER_POD = "productpage-v1-6b7f";
const CALLEE_POD = "reviews-v2-5d8c";

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T10:30:00Z" });
  const server = {
    minute: AT,
    status_2xx: 1,
    tls_mtls: 1,
    apdex_satisfied: 1,
    latencies: [47],
    internal_request_count: 1,
    internal_request_ns: 600_000,
    internal_response_count: 1,
    internal_response_ns: 200_000,
  } as const; // prettier-ignore
  const client = { ...server, tls_mtls: 0, tls_none: 1, latencies: [49], internal_request_ns: 2_700_000 } as const;
  const relation = { scope: "service_relation", service: PRODUCTPAGE, dest_service: REVIEWS } as const;
  const pods = { ...relation, scope: "instance_relation", instance: CALLER_POD, dest_instance: CALLEE_POD } as const;
  await query.traffic(
    { ...server, scope: "service", service: REVIEWS },
    { ...server, scope: "instance", service: REVIEWS, instance: CALLEE_POD },
    { ...server, scope: "endpoint", service: REVIEWS, endpoint: "GET:/reviews/0" },
    { ...server, ...relation, detect_point: "server" },
    { ...client, ...relation, detect_point: "client" },
    { ...server, ...pods, detect_point: "server" },
    { ...client, ...pods, detect_point: "client" },
  );
  const seen = { normal: 1, first_seen: AT, last_seen: AT };
  await query.insert("service_meta", [
    { ...seen, service: REVIEWS, layer: "MESH" },
    { ...seen, service: PRODUCTPAGE, layer: "MESH" },
    { ...seen, service: "e2e::ratings", layer: "MESH" },
  ]);
  await query.insert("instance_meta", [
    { ...seen, service: REVIEWS, instance: CALLEE_POD, attributes: { pod: CALLEE_POD, namespace: "bookinfo" } },
  ]);
  await query.insert("endpoint_meta", [{ ...seen, service: REVIEWS, endpoint: "GET:/reviews/0" }]);
});
afterAll(() => query.close());

const RESULT =
  "{ type error results { metric { labels { key value } } values { id value traceID owner { scope } } } debuggingTrace { traceId } }";

async function exec(expression: string, entity: object, duration = DURATION) {
  const { data } = await query.gql(
    `query($e: Entity!, $x: String!) { r: execExpression(expression: $x, entity: $e, duration: ${duration}) ${RESULT} }`,
    { e: entity, x: expression },
  );
  return data.r;
}

/** The values of the first series: of 10:15, 10:16 and 10:17. */
async function points(expression: string, entity: object): Promise<(string | null)[]> {
  const { results } = await exec(expression, entity);
  return results[0].values.map(({ value }: { value: string | null }) => value);
}

const SERVICE = { scope: "Service", serviceName: REVIEWS, normal: true };
const INSTANCE = { ...SERVICE, serviceInstanceName: CALLEE_POD };
const ENDPOINT = { ...SERVICE, endpointName: "GET:/reviews/0" };
const RELATION = { serviceName: PRODUCTPAGE, normal: true, destServiceName: REVIEWS, destNormal: true };
const PODS = { ...RELATION, serviceInstanceName: CALLER_POD, destServiceInstanceName: CALLEE_POD };

test.each([
  ["service_cpm", SERVICE, "1"],
  ["service_resp_time", SERVICE, "47"],
  ["service_sla", SERVICE, "10000"],
  ["service_apdex", SERVICE, "10000"],
  ["service_percentile{p='99'}", SERVICE, "47"],
  ["service_sidecar_internal_req_latency_nanos", SERVICE, "600000"],
  ["service_sidecar_internal_resp_latency_nanos", SERVICE, "200000"],
  ["service_instance_cpm", INSTANCE, "1"],
  ["service_instance_resp_time", INSTANCE, "47"],
  ["endpoint_cpm", ENDPOINT, "1"],
  ["endpoint_resp_time", ENDPOINT, "47"],
  ["service_relation_client_cpm", RELATION, "1"],
  ["service_relation_client_resp_time", RELATION, "49"],
  ["service_relation_client_call_sla", RELATION, "10000"],
  ["service_relation_client_percentile{p='50'}", RELATION, "49"],
  ["service_relation_server_cpm", RELATION, "1"],
  ["service_relation_server_resp_time", RELATION, "47"],
  ["service_relation_server_call_sla", RELATION, "10000"],
  ["service_client_sidecar_internal_req_latency_nanos", RELATION, "2700000"],
  ["service_client_sidecar_internal_resp_latency_nanos", RELATION, "200000"],
  ["service_server_sidecar_internal_req_latency_nanos", RELATION, "600000"],
  ["service_server_sidecar_internal_resp_latency_nanos", RELATION, "200000"],
  ["service_instance_relation_client_resp_time", PODS, "49"],
  ["service_instance_relation_server_cpm", PODS, "1"],
])("%s of the one request", async (expression, entity, value) => {
  expect(await points(expression, entity)).toEqual([null, value, null]);
});

test("percentiles come as one series per rank", async () => {
  const { type, results } = await exec("service_percentile", SERVICE);
  expect(type).toBe("TIME_SERIES_VALUES");
  const labels = ["50", "75", "90", "95", "99"].map((value) => [{ key: "p", value }]);
  expect(results.map(({ metric }: { metric: { labels: unknown } }) => metric.labels)).toEqual(labels);
});

test("a series has one entry per minute, named by its start, without owner or trace", async () => {
  const { results, ...rest } = await exec("service_cpm", SERVICE);
  expect(rest).toEqual({ type: "TIME_SERIES_VALUES", error: null, debuggingTrace: null });
  const ids = ["10:15", "10:16", "10:17"].map((at) => String(Date.parse(`2026-03-01T${at}:00Z`)));
  const values = ids.map((id, i) => ({ id, value: i === 1 ? "1" : null, traceID: null, owner: null }));
  expect(results).toEqual([{ metric: { labels: [] }, values }]);
});

test("hours and days read their own rows, and divide calls by their minutes", async () => {
  const hours = '{ start: "2026-03-01 09", end: "2026-03-01 10", step: HOUR }';
  const days = '{ start: "2026-03-01", end: "2026-03-01", step: DAY }';
  const valuesOf = async (expression: string, duration: string) =>
    (await exec(expression, SERVICE, duration)).results[0].values.map(({ value }: { value: string }) => value);
  expect(await valuesOf("service_resp_time", hours)).toEqual([null, "47"]);
  expect(await valuesOf("service_cpm", hours)).toEqual([null, "0"]);
  expect(await valuesOf("service_percentile{p='95'}", days)).toEqual(["47"]);
  expect(await valuesOf("service_cpm", '{ start: "2026-03-01 101600", end: "2026-03-01 101601", step: SECOND }')).toEqual([
    null,
    null,
  ]);
});

test("a caller has no service metrics of its own", async () => {
  const caller = { serviceName: PRODUCTPAGE, normal: true };
  expect(await points("service_cpm", caller)).toEqual([null, null, null]);
  expect((await exec("service_percentile", caller)).results).toEqual([]);
  expect((await exec("sum(service_cpm)", caller)).results[0].values[0].value).toBe("0");
});

test("entities that do not fit a metric give nothing, and superfluous fields are ignored", async () => {
  const unfit = { type: "UNKNOWN", error: null, results: [] };
  expect(await exec("service_cpm", { serviceName: REVIEWS })).toMatchObject(unfit);
  expect(await exec("endpoint_cpm", SERVICE)).toMatchObject(unfit);
  expect(await exec("service_relation_client_cpm", SERVICE)).toMatchObject(unfit);
  expect(await exec("service_percentile", {})).toMatchObject({ type: "TIME_SERIES_VALUES", error: null, results: [] });
  const everything = { ...SERVICE, scope: "Endpoint", destServiceName: "", destNormal: false, endpointName: "", processName: "" };
  expect(await points("service_cpm", everything)).toEqual([null, "1", null]);
  expect(await points("service_cpm", { ...SERVICE, normal: false })).toEqual([null, null, null]);
});

test("TCP entries give throughput and rates, and no calls", async () => {
  const service = "mongodb.bookinfo";
  const tcp = {
    scope: "service",
    minute: AT,
    service,
    tcp_records: 1,
    tcp_carried: 1,
    tcp_received: 120,
    tcp_sent: 900,
  } as const;
  await query.traffic(tcp);
  const entity = { serviceName: service, normal: true };
  expect(await points("service_throughput_received", entity)).toEqual([null, "120", null]);
  expect(await points("service_throughput_sent", entity)).toEqual([null, "900", null]);
  expect(await points("service_tcp_sent_bytes_rate", entity)).toEqual([null, "15", null]);
  expect(await points("service_cpm", entity)).toEqual([null, null, null]);
  expect(await points("service_sla", entity)).toEqual([null, null, null]);
});

test("a real and a virtual service of one name keep their own numbers, asked for alone and beside others", async () => {
  const minute = "2026-03-05 10:00:00";
  const duration = '{ start: "2026-03-05 1000", end: "2026-03-05 1000", step: MINUTE }';
  const rows = (service: string, normal: number, calls: number) => {
    const row = { minute, service, normal, calls, latencies: [calls] } as const;
    const dest = { dest_service: "db.twins", dest_normal: normal } as const;
    const pod = { instance: "pod-1", dest_instance: "pod-2" };
    return [
      { ...row, scope: "service" },
      { ...row, scope: "instance", instance: "pod-1" },
      { ...row, scope: "endpoint", endpoint: "GET:/" },
      { ...row, ...dest, scope: "service_relation", detect_point: "client" },
      { ...row, ...dest, ...pod, scope: "instance_relation", detect_point: "client" },
    ] as const;
  };
  await query.traffic(...rows("a.twins", 1, 3), ...rows("a.twins", 0, 5), ...rows("b.twins", 1, 7), ...rows("b.twins", 0, 9));
  const kinds: Record<string, (service: string, normal: boolean) => object> = {
    service: (serviceName, normal) => ({ serviceName, normal }),
    service_instance: (serviceName, normal) => ({ serviceName, normal, serviceInstanceName: "pod-1" }),
    endpoint: (serviceName, normal) => ({ serviceName, normal, endpointName: "GET:/" }),
    service_relation_client: (serviceName, normal) => ({ serviceName, normal, destServiceName: "db.twins", destNormal: normal }),
    service_instance_relation_client: (serviceName, normal) => ({
      ...{ serviceName, normal, serviceInstanceName: "pod-1" },
      ...{ destServiceName: "db.twins", destNormal: normal, destServiceInstanceName: "pod-2" },
    }),
  };
  for (const [kind, entity] of Object.entries(kinds)) {
    const asked = ["cpm", "percentile"].filter((name) => METRICS.has(`${kind}_${name}`)); // instances have no percentiles
    const numbers = (...of: number[]) => of.flatMap((number) => asked.map(() => String(number)));
    const ask = async (...of: [string, boolean][]): Promise<(string | null)[]> => {
      const fields = of.flatMap((_, i) =>
        asked.map(
          (name) => `${name}${i}: execExpression(expression: "${kind}_${name}", entity: $e${i}, duration: ${duration}) ${RESULT}`,
        ),
      );
      const declared = of.map((_, i) => `$e${i}: Entity!`).join(", ");
      const variables = Object.fromEntries(of.map(([service, normal], i) => [`e${i}`, entity(service, normal)]));
      const { data } = await query.gql(`query(${declared}) { ${fields.join(" ")} }`, variables);
      return of.flatMap((_, i) => asked.map((name) => data[`${name}${i}`].results[0].values[0].value));
    };
    expect([kind, await ask(["a.twins", true])]).toEqual([kind, numbers(3)]);
    expect([kind, await ask(["a.twins", false])]).toEqual([kind, numbers(5)]);
    expect([kind, await ask(["a.twins", true], ["b.twins", false])]).toEqual([kind, numbers(3, 9)]);
  }
});

test.each([
  ["of a service", "apart.ns", ""],
  ["of the mesh", "", "apart.ns - "],
])("top_n %s takes rows of a minute that ClickHouse has not merged yet for one step", async (_, serviceName, before) => {
  const day = serviceName === "" ? "2026-03-04" : "2026-03-03";
  const row = (endpoint: string, minute: string, calls: number, failed: number) =>
    ({ scope: "endpoint", service: "apart.ns", endpoint, minute: `${day} 10:0${minute}:00`, calls, failed }) as const;
  await query.engine.command("SYSTEM STOP MERGES traffic_minute");
  try {
    await query.traffic(row("GET:/a", "0", 1, 1), row("GET:/a", "1", 10, 0), row("GET:/b", "0", 10, 3));
    await query.traffic(row("GET:/a", "0", 9, 0), row("GET:/a", "2", 10, 4), row("GET:/b", "1", 10, 3));
    await query.traffic(row("GET:/a", "0", 10, 0), row("GET:/a", "2", 10, 0));
    const expressions = { sla: "top_n(endpoint_sla,5,asc)", cpm: "top_n(endpoint_cpm,5,des)" };
    const duration = `{ start: "${day} 1000", end: "${day} 1009", step: MINUTE }`;
    const fields = Object.entries(expressions).map(
      ([alias, text]) =>
        `${alias}: execExpression(expression: "${text}", entity: { serviceName: "${serviceName}", normal: true }, duration: ${duration}) { results { values { id value } } }`,
    );
    const { data } = await query.gql(`{ ${fields.join(" ")} }`);
    const ranked = (alias: string) =>
      data[alias].results[0].values.map(({ id, value }: { id: string; value: string }) => `${id} ${value}`);
    // Of /a: 19 of 20, 10 of 10 and 16 of 20 calls in its three minutes, 45 of all 50.
    expect([ranked("sla"), ranked("cpm")]).toEqual([
      [`${before}GET:/b 7000`, `${before}GET:/a 9000`],
      [`${before}GET:/a 16`, `${before}GET:/b 10`],
    ]);
  } finally {
    await query.engine.command("SYSTEM START MERGES traffic_minute");
  }
});

test("top_n ranks by the whole range, within a service or globally", async () => {
  const minute = "2026-03-02 10:00:00";
  const service = "top.ns";
  const row = (endpoint: string, minutes: string, calls: number, failed = 0) =>
    ({ scope: "endpoint", service, endpoint, minute: minutes, calls, failed, latencies: [10] }) as const;
  await query.traffic(
    row("GET:/a", minute, 10),
    row("GET:/a", "2026-03-02 10:01:00", 20),
    row("GET:/b", minute, 18),
    row("GET:/c", minute, 4, 1),
  );
  const duration = '{ start: "2026-03-02 1000", end: "2026-03-02 1009", step: MINUTE }';
  const top = async (expression: string, entity: object) => {
    const { data } = await query.gql(
      `query($x: String!, $e: Entity!) { r: execExpression(expression: $x, entity: $e, duration: ${duration}) { type error results { values { id value owner { scope serviceID endpointName serviceInstanceID } } } } }`,
      { x: expression, e: entity },
    );
    return data.r;
  };
  const ranked = (result: { results: { values: { id: string; value: string }[] }[] }) =>
    result.results[0]?.values.map(({ id, value }) => `${id} ${value}`);
  const within = { serviceName: service, normal: true };
  expect(ranked(await top("top_n(endpoint_cpm,2,des)", within))).toEqual(["GET:/b 18", "GET:/a 15"]);
  expect(ranked(await top("top_n(endpoint_cpm,2,asc)", { serviceName: "" }))).toEqual([
    "top.ns - GET:/c 4",
    "top.ns - GET:/a 15",
  ]);
  expect(ranked(await top("top_n(endpoint_sla,1,asc)", within))).toEqual(["GET:/c 7500"]);
  expect(ranked(await top("top_n(endpoint_cpm,2,des)", { serviceName: service }))).toEqual([]);
  expect(ranked(await top("top_n(service_cpm,2,des)", {}))).toEqual([]);
  expect(ranked(await top("top_n(endpoint_cpm,5,des,attr0='MESH')", {}))).toEqual([]);
  expect(ranked(await top("top_n(endpoint_cpm,1,des,attr0!='MESH')", {}))).toEqual(["top.ns - GET:/b 18"]);
  const { type, results } = await top("top_n(endpoint_cpm,1,des)", within);
  const owner = { scope: "Endpoint", serviceID: serviceId(service), endpointName: "GET:/b", serviceInstanceID: null };
  expect([type, results[0].values[0].owner]).toEqual(["SORTED_LIST", owner]);
});

test("over an hour, every way to rank agrees with its one point, and of rates with the mean of its minutes; over two, too", async () => {
  const at = (minute: string) => ({ scope: "service", service: "all.ns", minute: `2026-03-03 10:${minute}:00` }) as const;
  const busy = {
    calls: 70,
    failed: 2,
    apdex_satisfied: 30,
    apdex_tolerating: 20,
    internal_request_count: 20,
    internal_request_ns: 90,
  } as const;
  const quiet = { calls: 7, failed: 7, apdex_tolerating: 1, internal_request_count: 2, internal_request_ns: 800 } as const;
  const response = { internal_response_count: 2, internal_response_ns: 7 } as const;
  const tcp = { tcp_carried: 3, tcp_received: 600, tcp_sent: 1_200 } as const;
  await query.traffic(
    { ...at("00"), ...busy, ...response, ...tcp, latencies: [10, 20, 35, 40, 50] },
    { ...at("01"), ...quiet, ...response, internal_response_ns: 900, latencies: [9_000] },
    { ...at("07"), ...tcp, tcp_received: 66_000 },
  );
  const hour = {
    minutes: '{ start: "2026-03-03 1000", end: "2026-03-03 1059", step: MINUTE }',
    whole: '{ start: "2026-03-03 10", end: "2026-03-03 10", step: HOUR }',
    twice: '{ start: "2026-03-03 0900", end: "2026-03-03 1059", step: MINUTE }',
  };
  const { data } = await query.gql(
    '{ listMetrics(regex: "service_(cpm|resp|sla|apdex|sidecar|throughput|tcp).*") { name type } }',
  );
  const names: string[] = data.listMetrics.map(({ name }: { name: string }) => name);
  expect(names).toHaveLength(10);
  const one = { serviceName: "all.ns", normal: true };
  const numberOf = async (text: string, entity: object, duration: string): Promise<number> =>
    Number((await exec(text, entity, duration)).results[0].values[0].value);
  for (const name of names) {
    const isRate = /cpm|throughput|rate$/.test(name);
    const expected = Math.floor(await numberOf(isRate ? `avg(${name})` : name, one, isRate ? hour.minutes : hour.whole));
    for (const [entity, over] of [
      [{}, hour.minutes],
      [one, hour.minutes],
      [one, hour.twice],
    ] as const)
      expect([name, entity, await numberOf(`top_n(${name},1,des)`, entity, over)]).toEqual([name, entity, expected]);
  }
});

test("twenty expressions over one range are at most three statements", async () => {
  const expressions = [
    ...["cpm", "resp_time", "sla", "apdex", "sidecar_internal_req_latency_nanos"].map(
      (name) => [`service_${name}`, SERVICE] as const,
    ),
    ...["cpm", "resp_time", "sla"].map((name) => [`avg(service_instance_${name}) * 2`, INSTANCE] as const),
    ...["cpm", "resp_time", "percentile"].map((name) => [`endpoint_${name}`, ENDPOINT] as const),
    ...["client_cpm", "server_resp_time", "server_percentile"].map((name) => [`service_relation_${name}`, RELATION] as const),
    ["service_percentile / service_percentile{p='50'}", SERVICE] as const,
    ["service_cpm * service_sla / 10000", SERVICE] as const,
    ...["service_cpm", "service_sla", "endpoint_resp_time", "service_instance_cpm"].map(
      (name) => [`top_n(${name},5,des)`, {}] as const,
    ),
  ];
  expect(expressions).toHaveLength(20);
  const fields = expressions.map(
    ([text], i) =>
      `e${i}: execExpression(expression: ${JSON.stringify(text)}, entity: $v${i}, duration: ${DURATION}) { error results { values { value } } }`,
  );
  const declared = expressions.map((_, i) => `$v${i}: Entity!`).join(", ");
  const variables = Object.fromEntries(expressions.map(([, entity], i) => [`v${i}`, entity]));
  const before = query.engine.queries;
  const { data, errors } = await query.gql(`query(${declared}) { ${fields.join(" ")} }`, variables);
  expect(errors).toBeUndefined();
  expect(query.engine.queries - before).toBeLessThanOrEqual(3);
  for (const one of Object.values(data) as { error: string | null; results: unknown[] }[]) {
    expect(one.error).toBeNull();
    expect(one.results.length).toBeGreaterThan(0);
  }
});

test("a range of more than 500 points is an error, not for topology", async () => {
  const long = '{ start: "2026-03-01 0000", end: "2026-03-01 1200", step: MINUTE }';
  const { data, errors } = await query.gql(
    `{ execExpression(expression: "service_cpm", entity: {}, duration: ${long}) { type } }`,
  );
  expect([data, errors?.[0]?.message]).toEqual([null, expect.stringContaining("can't exceed 500 MINUTEs")]);
  const topology = await query.gql(`{ getGlobalTopology(duration: ${long}) { calls { id } } }`);
  expect(topology.data.getGlobalTopology.calls).toHaveLength(1);
});

test("a bad expression is told inside the answer", async () => {
  expect(await exec("service_cpm = 1", SERVICE)).toMatchObject({
    type: "UNKNOWN",
    results: [],
    error: expect.stringMatching(/^line 1:12/),
  });
  expect(await exec("nope", SERVICE)).toMatchObject({ type: "UNKNOWN", results: [], error: "Metric: [nope] does not exist." });
});

test("metrics are listed by whole name, with their type and catalog", async () => {
  const { data } = await query.gql(
    '{ m: listMetrics(regex: "service_(cpm|percentile)") { name type catalog } all: listMetrics { name } a: typeOfMetrics(name: "service_percentile") b: typeOfMetrics(name: "service_cpm") c: typeOfMetrics(name: "x") }',
  );
  expect(data.m).toEqual([
    { name: "service_cpm", type: "REGULAR_VALUE", catalog: "SERVICE" },
    { name: "service_percentile", type: "LABELED_VALUE", catalog: "SERVICE" },
  ]);
  expect(data.all.length).toBeGreaterThan(60);
  expect([data.a, data.b, data.c]).toEqual(["LABELED_VALUE", "REGULAR_VALUE", "UNKNOWN"]);
});

test("services are listed by layer, with group and short name", async () => {
  const fields = "{ id name group shortName layers normal }";
  const { data } = await query.gql(
    `{ mesh: listServices(layer: "MESH") ${fields} none: listServices(layer: "GENERAL") ${fields} all: listServices { name } grouped: getAllServices(duration: ${DURATION}, group: "e2e") ${fields} one: getService(serviceId: "${serviceId(REVIEWS)}") ${fields} found: findService(serviceName: "nobody") ${fields} blank: getService(serviceId: "") ${fields} layers: listLayers }`,
  );
  const reviews = {
    id: "cmV2aWV3cy5ib29raW5mbw==.1",
    name: REVIEWS,
    group: "",
    shortName: REVIEWS,
    layers: ["MESH"],
    normal: true,
  };
  expect(data.mesh.map(({ name }: { name: string }) => name)).toEqual(["e2e::ratings", PRODUCTPAGE, REVIEWS]);
  expect(data.mesh[2]).toEqual(reviews);
  expect(data.grouped).toMatchObject([{ name: "e2e::ratings", group: "e2e", shortName: "ratings" }]);
  expect([data.none, data.one, data.found, data.blank, data.all.length]).toEqual([[], reviews, null, null, 3]);
  expect(data.layers).toContain("MESH");
  expect(data.layers).not.toContain("UNDEFINED");
});

test("instances and endpoints are listed while they live", async () => {
  const service = serviceId(REVIEWS);
  const ask = (duration: string) =>
    query.gql(
      `{ i: listInstances(duration: ${duration}, serviceId: "${service}") { id name language instanceUUID attributes { name value } } e: findEndpoint(keyword: "reviews", serviceId: "${service}", limit: 10, duration: ${duration}) { id name } }`,
    );
  const id = instanceId(REVIEWS, CALLEE_POD);
  const attributes = expect.arrayContaining([
    { name: "pod", value: CALLEE_POD },
    { name: "namespace", value: "bookinfo" },
  ]);
  const { data } = await ask(DURATION);
  expect(data.i).toEqual([{ id, name: CALLEE_POD, language: "UNKNOWN", instanceUUID: id, attributes }]);
  expect(data.e).toEqual([{ id: "cmV2aWV3cy5ib29raW5mbw==.1_R0VUOi9yZXZpZXdzLzA=", name: "GET:/reviews/0" }]);
  expect((await ask('{ start: "2026-03-01 0900", end: "2026-03-01 0930", step: MINUTE }')).data).toEqual({ i: [], e: [] });
  expect((await ask('{ start: "2026-03-01 1200", end: "2026-03-01 1230", step: MINUTE }')).data).toEqual({ i: [], e: [] });
  const others = await query.gql(
    `{ none: findEndpoint(keyword: "zzz", serviceId: "${service}", limit: 10) { id } any: findEndpoint(serviceId: "${service}", limit: 10) { name } bad: findEndpoint(serviceId: "x", limit: 10) { id } one: getInstance(instanceId: "${id}") { name } info: getEndpointInfo(endpointId: "${data.e[0].id}") { name serviceId serviceName } gone: getInstance(instanceId: "x") { name } }`,
  );
  expect(others.data).toEqual({
    none: [],
    any: [{ name: "GET:/reviews/0" }],
    bad: [],
    one: { name: CALLEE_POD },
    info: { name: "GET:/reviews/0", serviceId: service, serviceName: REVIEWS },
    gone: null,
  });
});

test("the topology of the one request has one call, seen from both sides", async () => {
  const shape =
    "{ nodes { id name type isReal layers } calls { id source target sourceComponents targetComponents detectPoints } }";
  const [source, target] = [serviceId(PRODUCTPAGE), serviceId(REVIEWS)];
  const { data } = await query.gql(
    `{ all: getGlobalTopology(duration: ${DURATION}) ${shape} mesh: getGlobalTopology(duration: ${DURATION}, layer: "MESH") ${shape} some: getServicesTopology(serviceIds: ["${source}"], duration: ${DURATION}) ${shape} one: getServiceTopology(serviceId: "${target}", duration: ${DURATION}) ${shape} none: getServicesTopology(serviceIds: [], duration: ${DURATION}) ${shape} }`,
  );
  expect(data.all.calls).toEqual([
    {
      id: "cHJvZHVjdHBhZ2UuYm9va2luZm8=.1-cmV2aWV3cy5ib29raW5mbw==.1",
      source,
      target,
      sourceComponents: ["http"],
      targetComponents: ["http", "mtls"],
      detectPoints: ["CLIENT", "SERVER"],
    },
  ]);
  expect(data.all.nodes).toEqual([
    { id: source, name: PRODUCTPAGE, type: null, isReal: true, layers: ["MESH"] },
    { id: target, name: REVIEWS, type: "http", isReal: true, layers: ["MESH"] },
  ]);
  for (const other of ["mesh", "some", "one"]) expect([other, data[other]]).toEqual([other, data.all]);
  expect(data.none).toEqual({ nodes: [], calls: [] });
});

test("a range of seconds finds the minute that it lies in", async () => {
  const duration = '{ start: "2026-03-01 101620", end: "2026-03-01 101640", step: SECOND, coldStage: false }';
  const { data } = await query.gql(`{ getGlobalTopology(duration: ${duration}) { calls { id } } }`);
  expect(data.getGlobalTopology.calls).toHaveLength(1);
});

test("the topology of instances has neither types nor components", async () => {
  const { data } = await query.gql(
    `{ t: getServiceInstanceTopology(clientServiceId: "${serviceId(PRODUCTPAGE)}", serverServiceId: "${serviceId(REVIEWS)}", duration: ${DURATION}) { nodes { id name serviceId serviceName type isReal } calls { source target sourceComponents targetComponents detectPoints } } }`,
  );
  const [source, target] = [instanceId(PRODUCTPAGE, CALLER_POD), instanceId(REVIEWS, CALLEE_POD)];
  expect(data.t).toEqual({
    nodes: [
      { id: source, name: CALLER_POD, serviceId: serviceId(PRODUCTPAGE), serviceName: PRODUCTPAGE, type: "", isReal: true },
      { id: target, name: CALLEE_POD, serviceId: serviceId(REVIEWS), serviceName: REVIEWS, type: "", isReal: true },
    ],
    calls: [{ source, target, sourceComponents: [], targetComponents: [], detectPoints: ["CLIENT", "SERVER"] }],
  });
});

test("unknown peers and unreported destinations are on the topology with layer UNDEFINED, and in no list", async () => {
  const minute = "2026-03-04 10:00:00";
  const edge = { scope: "service_relation", minute, calls: 1 } as const;
  await query.traffic(
    { ...edge, service: "UNKNOWN", dest_service: REVIEWS, detect_point: "server" },
    { ...edge, service: REVIEWS, dest_service: "api.example.com", detect_point: "client", calls: 0, tcp_records: 1 },
  );
  const duration = '{ start: "2026-03-04 1000", end: "2026-03-04 1000", step: MINUTE }';
  const { data } = await query.gql(
    `{ t: getGlobalTopology(duration: ${duration}) { nodes { name type isReal layers } calls { sourceComponents targetComponents detectPoints } } listServices { name } }`,
  );
  expect(data.t.nodes).toEqual(
    expect.arrayContaining([
      { name: "UNKNOWN", type: null, isReal: true, layers: ["UNDEFINED"] },
      { name: "api.example.com", type: null, isReal: true, layers: ["UNDEFINED"] },
      { name: REVIEWS, type: "http", isReal: true, layers: ["MESH"] },
    ]),
  );
  expect(data.t.calls).toContainEqual({ sourceComponents: ["tcp"], targetComponents: [], detectPoints: ["CLIENT"] });
  const listed: string[] = data.listServices.map(({ name }: { name: string }) => name);
  expect(listed).toEqual(["e2e::ratings", PRODUCTPAGE, REVIEWS]);
});

test("what clients ask at start is answered", async () => {
  const { data } = await query.gql(
    "{ version checkHealth { score } getTimeInfo { timezone currentTimestamp } getMetricsTTL { minute hour day coldMinute } getRecordsTTL { normal coldNormal } hasQueryTracesV2Support supportQueryLogsByKeywords listLayerLevels { layer level } }",
  );
  expect(data).toMatchObject({
    version: expect.stringMatching(/^11\.\d+/),
    checkHealth: { score: 0 },
    getTimeInfo: { timezone: "+0000", currentTimestamp: query.clock.nowMs },
    getMetricsTTL: { minute: 8, hour: 35, day: 400, coldMinute: -1 },
    getRecordsTTL: { coldNormal: -1 },
    hasQueryTracesV2Support: false,
    supportQueryLogsByKeywords: true,
  });
  expect(data.listLayerLevels).toContainEqual({ layer: "MESH", level: 3 });
});

test("new services are seen when the ten seconds of the cache are over", async () => {
  const names = async () =>
    (await query.gql("{ listServices { name } }")).data.listServices.map(({ name }: { name: string }) => name);
  await names();
  await query.insert("service_meta", [{ service: "late.ns", normal: 1, layer: "MESH", first_seen: AT, last_seen: AT }]);
  query.clock.nowMs += 9_000;
  expect(await names()).not.toContain("late.ns");
  query.clock.nowMs += 1_000;
  expect(await names()).toContain("late.ns");
});
