import { type GraphQLOutputType, getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";
import { EMPTY_ANSWERS } from "../../query/empty-answers.ts";
import { buildQuerySchema } from "../../query/schema.ts";
import { CLUSTER, type ClickHouseServer, PASSWORD, startServers, USERNAME } from "../harness/clickhouse-server.ts";
import { sendDemo } from "../harness/demo-load.ts";
import { type Oap, startOap } from "../harness/oap.ts";

const AT = "2026-03-01T10:16:30Z";
const DURATION = { start: "2026-03-01 1010", end: "2026-03-01 1016", step: "MINUTE" };
const HOUR = { start: "2026-03-01 09", end: "2026-03-01 10", step: "HOUR" };
const WINDOW = { from: Date.parse("2026-03-01T10:00:00Z"), to: Date.parse("2026-03-01T10:17:00Z") };
const [PRODUCTPAGE, REVIEWS] = ["productpage.bookinfo", "reviews.bookinfo"].map((name) => serviceId(name)) as [string, string];
const schema = buildQuerySchema();
/** One that failed; its id is looked up. */
const request = { id: "" };
/** One of its instances. */
const instance = { instanceId: "" };

let servers: ClickHouseServer[] = [];
let single: Oap;
let cluster: Oap;

/** The same minute of traffic, taken by an OAP on one engine and by one on a cluster. */
beforeAll(async () => {
  servers = await startServers(2);
  // Every entry is a row: which ones are kept of too many is a matter of the order in which streams come in.
  const all = { OAP_ACCESS_LOG_ROWS_PER_SECOND: "1000000", OAP_ACCESS_LOG_FAILED_ROWS_PER_SECOND: "1000000" };
  const settings = {
    ...all,
    OAP_STORAGE_URL: servers[0]?.url as string,
    OAP_STORAGE_USERNAME: USERNAME,
    OAP_STORAGE_PASSWORD: PASSWORD,
    OAP_STORAGE_CLUSTER: CLUSTER,
    OAP_STORAGE_SHARD_URLS: servers.map(({ url }) => url).join(","),
  };
  [single, cluster] = await Promise.all([startOap({ at: AT, settings: all }), startOap({ at: AT, settings })]);
  for (const oap of [single, cluster]) {
    await sendDemo(oap.grpcAddress, 10, 7, Date.parse("2026-03-01T10:16:20Z"));
    await oap.flush();
  }
  const [row] = await single.sql<{ id: string }>(
    "SELECT request_id AS id FROM access_log WHERE kept = 'failed' AND request_id != '' GROUP BY id ORDER BY count() DESC, id LIMIT 1",
  );
  request.id = row?.id ?? "";
  const [pod] = await single.sql<{ instance: string }>(
    "SELECT instance FROM instance_meta WHERE service = 'reviews.bookinfo' LIMIT 1",
  );
  instance.instanceId = instanceId("reviews.bookinfo", pod?.instance ?? "");
});
afterAll(async () => {
  await Promise.all([single, cluster].map((oap) => oap?.stop()));
  await Promise.all(servers.map((server) => server.close()));
});

/** Every field of a type, to the leaves. */
function everyField(type: GraphQLOutputType, above: readonly string[] = []): string {
  const named = getNamedType(type);
  if (!isObjectType(named) || above.includes(named.name)) return "";
  const fields = Object.values(named.getFields()).map((field) => {
    const inner = everyField(field.type, [...above, named.name]);
    return isObjectType(getNamedType(field.type)) && inner === "" ? "" : `${field.name} ${inner}`;
  });
  return `{ ${fields.join(" ")} }`;
}

const entity = { serviceName: "reviews.bookinfo", normal: true };
const service = { serviceName: "reviews.bookinfo" };
const services = [service, { serviceName: "productpage.bookinfo" }];
const FACETS = ["REPORTER", "CALLER", "CALLEE", "ENDPOINT", "CODE", "CODE_CLASS", "FLAGS", "CODE_DETAILS", "KEPT", "ATTEMPTS"];

/** Name of the question -> its arguments. */
const QUESTIONS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["listServices", {}],
  ["getAllServices", { duration: DURATION }],
  ["searchServices", { duration: DURATION, keyword: "re" }],
  ["getService", { serviceId: REVIEWS }],
  ["findService", service],
  ["searchService", { serviceCode: "reviews.bookinfo" }],
  ["listInstances", { duration: DURATION, serviceId: REVIEWS }],
  ["getServiceInstances", { duration: DURATION, serviceId: REVIEWS }],
  ["listInstancesByName", { duration: DURATION, service }],
  ["getInstance", instance],
  ["findEndpoint", { keyword: "", serviceId: REVIEWS, limit: 50 }],
  ["searchEndpoint", { keyword: "", serviceId: REVIEWS, limit: 50 }],
  ["findEndpointByName", { keyword: "", service, limit: 50 }],
  ["getEndpointInfo", { endpointId: endpointId("reviews.bookinfo", "GET:/reviews/{var}") }],
  ["getGlobalTopology", { duration: DURATION }],
  ["getServiceTopology", { duration: DURATION, serviceId: REVIEWS }],
  ["getServiceTopologyByName", { duration: DURATION, service }],
  ["getServicesTopology", { duration: DURATION, serviceIds: [PRODUCTPAGE, REVIEWS] }],
  ["getServicesTopologyByNames", { duration: DURATION, services }],
  ["getServiceInstanceTopology", { duration: DURATION, clientServiceId: PRODUCTPAGE, serverServiceId: REVIEWS }],
  [
    "getServiceInstanceTopologyByName",
    { duration: DURATION, clientService: { serviceName: "productpage.bookinfo" }, serverService: service },
  ],
  ["getEndpointDependencies", { duration: DURATION, endpointId: endpointId("reviews.bookinfo", "GET:/reviews/0") }],
  ["getEndpointDependenciesByName", { duration: DURATION, endpoint: { ...service, endpointName: "GET:/reviews/0" } }],
  ["getEndpointTopology", { duration: DURATION, endpointId: endpointId("productpage.bookinfo", "GET:/productpage") }],
  ["queryLogs", { condition: { queryDuration: DURATION, paging: { pageSize: 50 }, serviceId: REVIEWS } }],
  ["queryLogs", { condition: { queryDuration: DURATION, paging: { pageNum: 3, pageSize: 20 }, keywordsOfContent: ["ratings"] } }],
  ["queryLogsByName", { condition: { queryDuration: DURATION, paging: { pageSize: 50 }, service, queryOrder: "ASC" } }],
  ["queryLogTagAutocompleteKeys", { duration: DURATION }],
  ["queryLogTagAutocompleteValues", { duration: DURATION, tagKey: "status.code" }],
  ["getMenuItems", {}],
  ["readMetricsValue", { condition: { name: "service_cpm", entity }, duration: DURATION }],
  ["readNullableMetricsValue", { condition: { name: "service_cpm", entity }, duration: DURATION }],
  ["readMetricsValues", { condition: { name: "service_cpm", entity }, duration: DURATION }],
  ["readLabeledMetricsValues", { condition: { name: "service_percentile", entity }, labels: ["50", "99"], duration: DURATION }],
  ["sortMetrics", { condition: { name: "service_cpm", topN: 10, order: "DES" }, duration: DURATION }],
  ["getValues", { metric: { name: "service_cpm", ids: [PRODUCTPAGE, REVIEWS] }, duration: DURATION }],
  ["getLinearIntValues", { metric: { name: "service_cpm", id: REVIEWS }, duration: DURATION }],
  ["getMultipleLinearIntValues", { metric: { name: "service_percentile", id: REVIEWS }, numOfLinear: 5, duration: DURATION }],
  [
    "getSubsetOfMultipleLinearIntValues",
    { metric: { name: "service_percentile", id: REVIEWS }, linearIndex: [1, 4], duration: DURATION },
  ],
  ["getServiceTopN", { name: "service_cpm", topN: 5, order: "DES", duration: DURATION }],
  ["getAllServiceInstanceTopN", { name: "service_instance_cpm", topN: 5, order: "DES", duration: DURATION }],
  ["getAllEndpointTopN", { name: "endpoint_cpm", topN: 5, order: "DES", duration: DURATION }],
  ["getServiceInstanceTopN", { serviceId: REVIEWS, name: "service_instance_cpm", topN: 5, order: "DES", duration: DURATION }],
  ["getEndpointTopN", { serviceId: REVIEWS, name: "endpoint_cpm", topN: 5, order: "DES", duration: DURATION }],
  ["execExpression", { expression: "service_cpm", entity, duration: DURATION }],
  ["execExpression", { expression: "service_percentile", entity, duration: DURATION }],
  ["execExpression", { expression: "service_resp_time", entity, duration: HOUR }],
  ["execExpression", { expression: "top_n(service_cpm,10,des)", entity: {}, duration: DURATION }],
  ["execExpression", { expression: "top_n(endpoint_resp_time,10,des)", entity, duration: DURATION }],
  ["execExpression", { expression: "increase(service_cpm,3) > 0 && service_sla < 10000", entity, duration: DURATION }],
  ["meshServices", { window: WINDOW }],
  ["meshService", { id: REVIEWS, window: WINDOW }],
  ["meshGroup", { window: WINDOW, layer: "MESH" }],
  ["meshMap", { window: WINDOW }],
  ["meshMap", { window: WINDOW, around: REVIEWS, hops: 1 }],
  ["meshFailures", { window: WINDOW }],
  ["meshFailures", { window: WINDOW, groupBy: ["SOURCE", "DESTINATION", "ENDPOINT", "CODE"], around: REVIEWS }],
  ["meshTopEndpoints", { window: WINDOW, by: "CALLS" }],
  ["meshTopEndpoints", { window: WINDOW, by: "P99", minCalls: 10 }],
  ["meshLogs", { window: WINDOW, first: 500 }],
  ["meshLogs", { window: WINDOW, order: "OLDEST", filter: { callers: ["reviews.bookinfo"], hasFlags: true } }],
  ["meshLogFacets", { window: WINDOW, fields: FACETS, filter: { kept: ["FAILED"] } }],
  ["meshLogFacets", { window: WINDOW, fields: FACETS, filter: { services: ["reviews.bookinfo"] } }],
  ["meshLogHistogram", { window: WINDOW }],
  ["meshLogHistogram", { window: WINDOW, filter: { callers: ["reviews.bookinfo"], hasFlags: true } }],
  ["meshRequest", request],
];

/** Questions that are not in the list, and why. */
const CONSTANT = "says what is the same everywhere";
const PROCESS = "says how this process is doing, not what is stored";
const EXCEPTIONS: Readonly<Record<string, string>> = {
  version: CONSTANT,
  ...Object.fromEntries(Object.keys(EMPTY_ANSWERS.Query).map((name) => [name, CONSTANT])),
  getAllTemplates: CONSTANT,
  getTemplate: CONSTANT,
  supportQueryLogsByKeywords: CONSTANT,
  listLayers: CONSTANT,
  listLayerLevels: CONSTANT,
  listMetrics: CONSTANT,
  typeOfMetrics: CONSTANT,
  meshResponseFlags: CONSTANT,
  checkHealth: PROCESS,
  getTimeInfo: PROCESS,
  getRecordsTTL: "says what the settings are",
  getMetricsTTL: "says what the settings are",
  meshSetup: PROCESS,
  meshStorage: "the disks of two hosts are not one: what must be the same has a test of its own",
};

test("every question is compared, or there is a reason why not", () => {
  const asked = new Set(QUESTIONS.map(([name]) => name));
  const all = Object.keys(schema.getQueryType()?.getFields() ?? {});
  expect([...asked, ...Object.keys(EXCEPTIONS)].sort()).toEqual(all.sort());
});

test("meshStorage tells of a cluster's tables as many rows as of those of one engine", async () => {
  const query = "{ meshStorage { engine shards { name freeBytes } tables { name kind rows oldest newest } } }";
  interface Table {
    readonly name: string;
    readonly kind: string;
  }
  interface Answer {
    readonly meshStorage: { engine: string; shards: { name: string; freeBytes: number | null }[]; tables: Table[] };
  }
  const [one, many] = await Promise.all([single, cluster].map((oap) => oap.graphql<Answer>(query)));
  const stored = (answer: Answer | undefined) =>
    (answer?.meshStorage.tables ?? [])
      .filter(({ name }) => /^(traffic|failure)_|_meta$|^access_log$/.test(name))
      .sort((a, b) => (`${a.name} ${a.kind}` < `${b.name} ${b.kind}` ? -1 : 1));
  expect(stored(many)).toEqual(stored(one));
  expect(stored(one).length).toBeGreaterThan(10);
  expect([one?.meshStorage.engine, many?.meshStorage.engine]).toEqual(["embedded", "cluster"]);
  expect(many?.meshStorage.shards.map(({ name, freeBytes }) => [name, (freeBytes ?? 0) > 0])).toEqual([
    ["1", true],
    ["2", true],
  ]);
});

test.for(QUESTIONS)("%s answers on a cluster what it answers on one engine", async ([name, args]) => {
  const field = schema.getQueryType()?.getFields()[name];
  if (field === undefined) throw new Error(`there is no question ${name}`);
  const given = field.args.filter((arg) => arg.name in args);
  const head = given.map((arg) => `$${arg.name}: ${arg.type}`).join(", ");
  const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const query = `query ${head === "" ? "" : `(${head})`} { ${name} ${passed === "" ? "" : `(${passed})`} ${everyField(field.type)} }`;
  const [one, many] = await Promise.all([single, cluster].map((oap) => oap.graphql<Record<string, unknown>>(query, args)));
  expect(many).toEqual(one);
  expect(many).not.toEqual({ [name]: null });
  expect(JSON.stringify(one).length).toBeGreaterThan(name.startsWith("read") || name.includes("Autocomplete") ? 20 : 90);
});
