import { type GraphQLOutputType, getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serviceId } from "../../oap/model/entity.ts";
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

let servers: ClickHouseServer[] = [];
let single: Oap;
let cluster: Oap;

/** The same minute of traffic, taken by an OAP on one engine and by one on a cluster. */
beforeAll(async () => {
  servers = await startServers(2);
  const settings = {
    OAP_STORAGE_URL: servers[0]?.url as string,
    OAP_STORAGE_USERNAME: USERNAME,
    OAP_STORAGE_PASSWORD: PASSWORD,
    OAP_STORAGE_CLUSTER: CLUSTER,
    OAP_STORAGE_SHARD_URLS: servers.map(({ url }) => url).join(","),
  };
  [single, cluster] = await Promise.all([startOap({ at: AT }), startOap({ at: AT, settings })]);
  for (const oap of [single, cluster]) {
    await sendDemo(oap.grpcAddress, 10, 7, Date.parse("2026-03-01T10:16:20Z"));
    await oap.flush();
  }
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

/** Name of the question -> its arguments. */
const QUESTIONS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["listServices", {}],
  ["listInstances", { duration: DURATION, serviceId: REVIEWS }],
  ["findEndpoint", { keyword: "", serviceId: REVIEWS, limit: 50 }],
  ["getGlobalTopology", { duration: DURATION }],
  ["getServiceTopology", { duration: DURATION, serviceId: REVIEWS }],
  ["getServiceInstanceTopology", { duration: DURATION, clientServiceId: PRODUCTPAGE, serverServiceId: REVIEWS }],
  ["execExpression", { expression: "service_cpm", entity, duration: DURATION }],
  ["execExpression", { expression: "service_percentile", entity, duration: DURATION }],
  ["execExpression", { expression: "service_resp_time", entity, duration: HOUR }],
  ["execExpression", { expression: "top_n(service_cpm,10,des)", entity: {}, duration: DURATION }],
  ["execExpression", { expression: "top_n(endpoint_resp_time,10,des)", entity, duration: DURATION }],
  ["meshServices", { window: WINDOW }],
  ["meshService", { id: REVIEWS, window: WINDOW }],
  ["meshMap", { window: WINDOW }],
  ["meshMap", { window: WINDOW, around: REVIEWS, hops: 1 }],
];

test.for(QUESTIONS)("%s answers on a cluster what it answers on one engine", async ([name, args]) => {
  const field = schema.getQueryType()?.getFields()[name];
  if (field === undefined) throw new Error(`there is no question ${name}`);
  const given = field.args.filter((arg) => arg.name in args);
  const head = given.map((arg) => `$${arg.name}: ${arg.type}`).join(", ");
  const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const query = `query ${head === "" ? "" : `(${head})`} { ${name} ${passed === "" ? "" : `(${passed})`} ${everyField(field.type)} }`;
  const [one, many] = await Promise.all([single, cluster].map((oap) => oap.graphql<Record<string, unknown>>(query, args)));
  expect(many).toEqual(one);
  expect(JSON.stringify(one).length).toBeGreaterThan(60);
});
