/** Every operation on services, metrics and topology that is said to answer with data does so, in each of its fields. The mesh is a small
 *  one: web calls cart, in a request of which both reports were kept. */
import { getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endpointId, instanceId, relationId, serviceId } from "../../oap/model/entity.ts";
import { EMPTY_ANSWERS } from "../../query/empty-answers.ts";
import { buildQuerySchema } from "../../query/schema.ts";
import { logRow } from "../builders/log-row.ts";
import { documentedOperations } from "../builders/protocol-doc.ts";
import { questionOf } from "../builders/question.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const AT = "2026-03-01 10:16:00";
const [WEB, CART] = ["shop::web", "shop::cart"];
const [WEB_POD, CART_POD] = ["web-1", "cart-1"];
const [HOME, ITEMS] = ["GET:/", "GET:/items"];

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T10:30:00Z" });
  const sums = { minute: AT, status_2xx: 4, tls_mtls: 4, latencies: [10, 20, 30, 400], apdex_satisfied: 3 } as const;
  const relation = { scope: "service_relation", service: WEB, dest_service: CART } as const;
  const pods = { ...relation, scope: "instance_relation", instance: WEB_POD, dest_instance: CART_POD } as const;
  await query.traffic(
    ...[WEB, CART].map((service) => ({ ...sums, scope: "service", service }) as const),
    { ...sums, scope: "instance", service: CART, instance: CART_POD },
    { ...sums, scope: "endpoint", service: CART, endpoint: ITEMS },
    ...(["client", "server"] as const).flatMap((detect_point) => [
      { ...sums, ...relation, detect_point },
      { ...sums, ...pods, detect_point },
    ]),
  );
  const seen = { normal: 1, first_seen: AT, last_seen: AT };
  await query.insert(
    "service_meta",
    [WEB, CART].map((service) => ({ ...seen, service, layer: "MESH" })),
  ); // prettier-ignore
  await query.insert("instance_meta", [{ ...seen, service: CART, instance: CART_POD, attributes: { pod: CART_POD } }]);
  await query.insert("endpoint_meta", [{ ...seen, service: CART, endpoint: ITEMS }]);
  await query.insert("access_log", [
    logRow({ service: WEB, instance: WEB_POD, caller: "edge", endpoint: HOME }),
    logRow({ service: CART, instance: CART_POD, caller: WEB, endpoint: ITEMS }),
  ]);
});
afterAll(() => query.close());

const quoted = (text: string): string => JSON.stringify(text);
const named = (name: string): string => `{ serviceName: ${quoted(name)}, layer: "MESH" }`;
const ENTITY = `{ serviceName: ${quoted(CART)}, normal: true }`;
const METRIC = { metric: `{ name: "service_percentile", id: ${quoted(serviceId(CART))} }` };
const TOP = { topN: "5", order: "DES" };

/** What each operation is asked where a question made from its types finds nothing. */
const ASKED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  listServices: { layer: '"MESH"' },
  getService: { serviceId: quoted(serviceId(CART)) },
  findService: { serviceName: quoted(CART) },
  searchService: { serviceCode: quoted(CART) },
  searchServices: { keyword: '"cart"' },
  getAllServices: { group: '"shop"' },
  listInstances: { serviceId: quoted(serviceId(CART)) },
  getServiceInstances: { serviceId: quoted(serviceId(CART)) },
  listInstancesByName: { service: named(CART) },
  getInstance: { instanceId: quoted(instanceId(CART, CART_POD)) },
  findEndpoint: { serviceId: quoted(serviceId(CART)), keyword: '"items"', limit: "21" },
  searchEndpoint: { serviceId: quoted(serviceId(CART)), keyword: '"items"', limit: "21" },
  findEndpointByName: { service: named(CART), limit: "21" },
  getEndpointInfo: { endpointId: quoted(endpointId(CART, ITEMS)) },
  execExpression: { expression: '"top_n(endpoint_cpm,5,des)"', entity: "{}" },
  typeOfMetrics: { name: '"service_cpm"' },
  readMetricsValue: { condition: `{ name: "service_cpm", entity: ${ENTITY} }` },
  readNullableMetricsValue: { condition: `{ name: "service_cpm", entity: ${ENTITY} }` },
  readMetricsValues: { condition: `{ name: "service_cpm", entity: ${ENTITY} }` },
  readLabeledMetricsValues: { condition: `{ name: "service_percentile", entity: ${ENTITY} }`, labels: '["99"]' },
  sortMetrics: { condition: '{ name: "service_cpm", topN: 5, order: DES }' },
  getValues: { metric: `{ name: "service_cpm", ids: [${quoted(serviceId(CART))}] }` },
  getLinearIntValues: METRIC,
  getMultipleLinearIntValues: { ...METRIC, numOfLinear: "5" },
  getSubsetOfMultipleLinearIntValues: { ...METRIC, linearIndex: "[0, 4]" },
  getServiceTopN: { name: '"service_cpm"', ...TOP },
  getAllServiceInstanceTopN: { name: '"service_instance_cpm"', ...TOP },
  getAllEndpointTopN: { name: '"endpoint_cpm"', ...TOP },
  getServiceInstanceTopN: { serviceId: quoted(serviceId(CART)), name: '"service_instance_cpm"', ...TOP },
  getEndpointTopN: { serviceId: quoted(serviceId(CART)), name: '"endpoint_cpm"', ...TOP },
  getServicesTopology: { serviceIds: `[${quoted(serviceId(WEB))}]` },
  getServicesTopologyByNames: { services: `[${named(CART)}]` },
  getServiceTopology: { serviceId: quoted(serviceId(CART)) },
  getServiceTopologyByName: { service: named(WEB) },
  getServiceInstanceTopology: { clientServiceId: quoted(serviceId(WEB)), serverServiceId: quoted(serviceId(CART)) },
  getServiceInstanceTopologyByName: { clientService: named(WEB), serverService: named(CART) },
  getEndpointDependencies: { endpointId: quoted(endpointId(CART, ITEMS)) },
  getEndpointDependenciesByName: { endpoint: `{ serviceName: ${quoted(CART)}, endpointName: ${quoted(ITEMS)} }` },
  getEndpointTopology: { endpointId: quoted(endpointId(WEB, HOME)) },
};

/** Fields that are empty for good reason, whoever asks. */
const EMPTY_BY_DESIGN = [
  /\.debuggingTrace$/, // nothing is traced
  /^MQEValue\.traceID$|^Owner\.serviceInstance(ID|Name)$|^ExpressionResult\.error$/, // of records; of instances; of mistakes
  /^Metadata\.labels$/, // of percentiles
  /^SelectedRecord\.refId$|^MetricsValues\.label$/, // of records; of labeled metrics
  /^(ServiceInstanceNode|EndpointNode)\.type$/, // as the protocol has it
];
/** Between instances and between endpoints, protocols are not told. */
const WITHOUT_PROTOCOLS = /Instance|Endpoint/;
const PROTOCOLS = /Components$|^Node\.type$/;

const schema = buildQuerySchema();
const sections = ["Metadata", "Metrics", "Topology"];
const operations = documentedOperations().filter(({ section, answer }) => sections.includes(section) && answer === "data");

test.each(operations.map(({ name }) => name))("%s answers with data in every field", async (name) => {
  const field = schema.getQueryType()?.getFields()[name];
  if (field === undefined) throw new Error(`${name} is no question`);
  const document = `{ ${questionOf(field, ASKED[name])} }`;
  const { data, errors } = await query.gql(document);
  expect(errors).toBeUndefined();
  expect(await query.gql(document)).toEqual({ data }); // the second time as compiled code
  expect(isEmpty(data[name])).toBe(false);
  const seen = new Map<string, boolean>();
  visit(getNamedType(field.type).name, data[name], seen);
  const isExpected = (path: string): boolean =>
    EMPTY_BY_DESIGN.some((one) => one.test(path)) || (PROTOCOLS.test(path) && WITHOUT_PROTOCOLS.test(name));
  expect([...seen].filter(([path, isSeen]) => !isSeen && !isExpected(path)).map(([path]) => path)).toEqual([]);
});

/** Whether each field has a value in some object of the answer. */
function visit(typeName: string, value: unknown, seen: Map<string, boolean>): void {
  if (Array.isArray(value)) for (const one of value) visit(typeName, one, seen);
  const type = schema.getType(typeName);
  if (!isObjectType(type) || isMarkedEmpty(value) || typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [name, one] of Object.entries(value)) {
    const path = `${typeName}.${name}`;
    seen.set(path, seen.get(path) === true || !isEmpty(one));
    const field = type.getFields()[name];
    if (field !== undefined) visit(getNamedType(field.type).name, one, seen);
  }
}

/** A point without a value has 0 in its place, and says so. */
function isMarkedEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && "isEmptyValue" in value && value.isEmptyValue === true;
}

function isEmpty(value: unknown): boolean {
  return value == null || value === "" || value === 0 || (Array.isArray(value) && value.length === 0);
}

test("what is not collected is answered without anything being read, again and again", async () => {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const asked = Object.keys(EMPTY_ANSWERS.Query).map((name) => questionOf(fields[name] as never));
  const before = query.engine.queries;
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await query.gql(`{ ${asked.join(" ")} }`));
  expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);
  expect(answers[2]).toEqual(answers[0]);
  expect(query.engine.queries).toBe(before);
});

test("the menu shows the layers that have services, and its dashboards are there", async () => {
  const { data } = await query.gql(
    '{ getMenuItems { title layer activate subItems { layer activate } } all: getAllTemplates { id configuration } one: getTemplate(id: "Mesh-Service") { id configuration } none: getTemplate(id: "x") { id } }',
  );
  expect(data.getMenuItems).toMatchObject([{ title: "Service Mesh", layer: "", activate: true }]);
  expect(data.getMenuItems[0].subItems).toEqual([
    { layer: "MESH", activate: true },
    { layer: "MESH_CP", activate: false },
    { layer: "MESH_DP", activate: false },
  ]);
  expect(data.all).toContainEqual(data.one);
  expect(JSON.parse(data.one.configuration)).toMatchObject({ layer: "MESH", entity: "Service", name: "Mesh-Service" });
  expect(data.none).toBeNull();
});

test("endpoints that share a request are dependent, in the direction of the call", async () => {
  const { data } = await query.gql(
    `{ t: ${questionOf(schema.getQueryType()?.getFields().getEndpointDependencies as never, ASKED.getEndpointDependencies)} }`,
  );
  const [source, target] = [endpointId(WEB, HOME), endpointId(CART, ITEMS)];
  expect(data.t.calls).toMatchObject([{ id: relationId(source, target), source, target, detectPoints: ["SERVER"] }]);
  expect(data.t.nodes.map(({ name }: { name: string }) => name).sort()).toEqual([HOME, ITEMS]);
});
