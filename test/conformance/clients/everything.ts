/** Every operation on services, metrics and topology that is said to answer with data does so, in each of its fields, of a mesh whose
 *  proxies' access logs were sent. */
import { getNamedType, isObjectType } from "graphql";
import { describe, expect, test } from "vitest";
import { endpointId, instanceId, relationId, serviceId } from "../../../oap/model/entity.ts";
import { EMPTY_ANSWERS } from "../../../query/empty-answers.ts";
import { buildQuerySchema } from "../../../query/schema.ts";
import { documentedOperations } from "../../builders/protocol-doc.ts";
import { questionOf } from "../../builders/question.ts";
import { DEST_POD, type DemoMesh, ENDPOINTS, PRODUCTPAGE, RATINGS, REVIEWS } from "../../harness/demo-mesh.ts";
import { post } from "../../harness/graphql-client.ts";

const PAGE = ENDPOINTS[PRODUCTPAGE] as string;
const REVIEW = ENDPOINTS[REVIEWS] as string;

const quoted = (text: string): string => JSON.stringify(text);
const named = (name: string): string => `{ serviceName: ${quoted(name)}, layer: "MESH" }`;
const ENTITY = `{ serviceName: ${quoted(REVIEWS)}, normal: true }`;
const METRIC = { metric: `{ name: "service_percentile", id: ${quoted(serviceId(REVIEWS))} }` };
const TOP = { topN: "5", order: "DES" };

/** What each operation is asked where a question made from its types finds nothing. */
const ASKED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  listServices: { layer: '"MESH"' },
  getService: { serviceId: quoted(serviceId(REVIEWS)) },
  findService: { serviceName: quoted(REVIEWS) },
  searchService: { serviceCode: quoted(REVIEWS) },
  searchServices: { keyword: '"reviews"' },
  getAllServices: { group: '""' },
  listInstances: { serviceId: quoted(serviceId(REVIEWS)) },
  getServiceInstances: { serviceId: quoted(serviceId(REVIEWS)) },
  listInstancesByName: { service: named(REVIEWS) },
  getInstance: { instanceId: quoted(instanceId(REVIEWS, DEST_POD.name)) },
  findEndpoint: { serviceId: quoted(serviceId(REVIEWS)), keyword: '"reviews"', limit: "21" },
  searchEndpoint: { serviceId: quoted(serviceId(REVIEWS)), keyword: '"reviews"', limit: "21" },
  findEndpointByName: { service: named(REVIEWS), limit: "21" },
  getEndpointInfo: { endpointId: quoted(endpointId(REVIEWS, REVIEW)) },
  execExpression: { expression: '"top_n(endpoint_cpm,5,des)"', entity: "{}" },
  typeOfMetrics: { name: '"service_cpm"' },
  readMetricsValue: { condition: `{ name: "service_cpm", entity: ${ENTITY} }` },
  readNullableMetricsValue: { condition: `{ name: "service_cpm", entity: ${ENTITY} }` },
  readMetricsValues: { condition: `{ name: "service_cpm", entity: ${ENTITY} }` },
  readLabeledMetricsValues: { condition: `{ name: "service_percentile", entity: ${ENTITY} }`, labels: '["99"]' },
  sortMetrics: { condition: '{ name: "service_cpm", topN: 5, order: DES }' },
  getValues: { metric: `{ name: "service_cpm", ids: [${quoted(serviceId(REVIEWS))}] }` },
  getLinearIntValues: METRIC,
  getMultipleLinearIntValues: { ...METRIC, numOfLinear: "5" },
  getSubsetOfMultipleLinearIntValues: { ...METRIC, linearIndex: "[0, 4]" },
  getServiceTopN: { name: '"service_cpm"', ...TOP },
  getAllServiceInstanceTopN: { name: '"service_instance_cpm"', ...TOP },
  getAllEndpointTopN: { name: '"endpoint_cpm"', ...TOP },
  getServiceInstanceTopN: { serviceId: quoted(serviceId(REVIEWS)), name: '"service_instance_cpm"', ...TOP },
  getEndpointTopN: { serviceId: quoted(serviceId(REVIEWS)), name: '"endpoint_cpm"', ...TOP },
  getServicesTopology: { serviceIds: `[${quoted(serviceId(PRODUCTPAGE))}]` },
  getServicesTopologyByNames: { services: `[${named(REVIEWS)}]` },
  getServiceTopology: { serviceId: quoted(serviceId(REVIEWS)) },
  getServiceTopologyByName: { service: named(PRODUCTPAGE) },
  getServiceInstanceTopology: { clientServiceId: quoted(serviceId(PRODUCTPAGE)), serverServiceId: quoted(serviceId(REVIEWS)) },
  getServiceInstanceTopologyByName: { clientService: named(PRODUCTPAGE), serverService: named(REVIEWS) },
  getEndpointDependencies: { endpointId: quoted(endpointId(REVIEWS, REVIEW)) },
  getEndpointDependenciesByName: { endpoint: `{ serviceName: ${quoted(REVIEWS)}, endpointName: ${quoted(REVIEW)} }` },
  getEndpointTopology: { endpointId: quoted(endpointId(PRODUCTPAGE, PAGE)) },
};

/** Fields that are empty for good reason, whoever asks. */
const EMPTY_BY_DESIGN = [
  /\.debuggingTrace$/, // nothing is traced
  /^MQEValue\.traceID$|^Owner\.serviceInstance(ID|Name)$|^ExpressionResult\.error$/, // of records; of instances; of mistakes
  /^Metadata\.labels$/, // of percentiles
  /^SelectedRecord\.refId$|^MetricsValues\.label$/, // of records; of labeled metrics
  /^(ServiceInstanceNode|EndpointNode)\.type$/, // as the protocol has it
  /^Service\.group$/, // of names with `::`
];
/** Between instances and between endpoints, protocols are not told. */
const WITHOUT_PROTOCOLS = /Instance|Endpoint/;
const PROTOCOLS = /Components$|^Node\.type$/;

const schema = buildQuerySchema();
const sections = ["Metadata", "Metrics", "Topology"];
const operations = documentedOperations().filter(({ section, answer }) => sections.includes(section) && answer === "data");

export function everythingSuite(mesh: () => DemoMesh): void {
  const gql = async (query: string) => (await post(mesh().url, { query })).body;

  describe("everything", () => {
    test.each(operations.map(({ name }) => name))("%s answers with data in every field", async (name) => {
      const field = schema.getQueryType()?.getFields()[name];
      if (field === undefined) throw new Error(`${name} is no question`);
      const document = `{ ${questionOf(field, ASKED[name])} }`;
      const { data, errors } = await gql(document);
      expect(errors).toBeUndefined();
      expect(await gql(document)).toEqual({ data }); // the second time as compiled code
      expect(isEmpty(data[name])).toBe(false);
      const seen = new Map<string, boolean>();
      visit(getNamedType(field.type).name, data[name], seen);
      const isExpected = (path: string): boolean =>
        EMPTY_BY_DESIGN.some((one) => one.test(path)) || (PROTOCOLS.test(path) && WITHOUT_PROTOCOLS.test(name));
      expect([...seen].filter(([path, isSeen]) => !isSeen && !isExpected(path)).map(([path]) => path)).toEqual([]);
    });

    test("what is not collected is answered without anything being read, again and again", async () => {
      const fields = schema.getQueryType()?.getFields() ?? {};
      const asked = Object.keys(EMPTY_ANSWERS.Query).map((name) => questionOf(fields[name] as never));
      const { sql } = mesh().main;
      const { query } = sql;
      let statements = 0;
      const counted = (...args: Parameters<typeof query>) => {
        statements++;
        return query(...args);
      };
      Object.assign(sql, { query: counted });
      const answers = [];
      for (let i = 0; i < 3; i++) answers.push(await gql(`{ ${asked.join(" ")} }`));
      Object.assign(sql, { query });
      expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);
      expect(answers[2]).toEqual(answers[0]);
      expect(statements).toBe(0);
    });

    test("the menu shows the layers that have services, and its dashboards are there", async () => {
      const { data } = await gql(
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
      const { data } = await gql(
        `{ t: ${questionOf(schema.getQueryType()?.getFields().getEndpointDependencies as never, ASKED.getEndpointDependencies)} }`,
      );
      const [source, target] = [endpointId(PRODUCTPAGE, PAGE), endpointId(REVIEWS, REVIEW)];
      const next = endpointId(RATINGS, ENDPOINTS[RATINGS] as string);
      const call = (from: string, to: string) => ({
        id: relationId(from, to),
        source: from,
        target: to,
        detectPoints: ["SERVER"],
      });
      expect(data.t.calls).toHaveLength(2);
      expect(data.t.calls).toMatchObject(
        expect.arrayContaining([call(source, target), call(target, next)].map((one) => expect.objectContaining(one))),
      );
    });
  });
}

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
