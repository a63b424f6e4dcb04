/** Horizon UI: everything as literals, no Accept header, one error fails a whole document. What it asks after the login and on the pages of a mesh. */
import { beforeAll, describe, expect, test } from "vitest";
import { endpointId, instanceId, relationId, serviceId } from "../../../oap/model/entity.ts";
import { type Dashboard, HORIZON } from "../../builders/dashboards.ts";
import { horizonDocuments } from "../../builders/expression-documents.ts";
import { checkExpressions } from "../../harness/checked-expressions.ts";
import {
  DEST_POD,
  DETAILS,
  type DemoMesh,
  ENDPOINTS,
  entitiesOf,
  GATEWAY,
  POD,
  PRODUCTPAGE,
  RANGE,
  RATINGS,
  REVIEWS,
  SECONDS,
  SERVICES,
} from "../../harness/demo-mesh.ts";
import { type Ask, clientOf } from "../../harness/graphql-client.ts";

const MINUTES = `{ start: "${RANGE.start}", end: "${RANGE.end}", step: MINUTE }`;
const SECOND_RANGE = `{ start: "${SECONDS.start}", end: "${SECONDS.end}", step: SECOND }`;
const SERVICE_FIELDS = "{ id name group shortName layers normal }";
const quoted = (text: string): string => JSON.stringify(text);

export function horizonSuite(mesh: () => DemoMesh): void {
  let ask: Ask;
  beforeAll(() => {
    ask = clientOf(mesh().url, {});
  });

  describe("Horizon UI", () => {
    test("after the login: the menu, and one document with the services of every layer", async () => {
      const menu = await ask("query HorizonMenu { listLayers listLayerLevels { layer level } }");
      expect(menu.listLayers).toContain("MESH");
      const { listLayers: layers } = await ask("query HorizonServiceCatalogLayers { listLayers }");
      const fields = layers.map((layer: string, i: number) => `_${i}: listServices(layer: ${quoted(layer)}) ${SERVICE_FIELDS}`);
      const services = await ask(`query HorizonServiceCatalogServices { ${fields.join(" ")} }`);
      const found = layers.map((layer: string, i: number) => [
        layer,
        services[`_${i}`].map(({ name }: { name: string }) => name),
      ]);
      for (const [layer, names] of found) expect([layer, names]).toEqual([layer, layer === "MESH" ? SERVICES : []]);
    });

    test("after the login: clock, capabilities, health, lifetimes, and the number of alarms", async () => {
      const { getTimeInfo } = await ask("query HorizonServerTime { getTimeInfo { timezone currentTimestamp } }");
      expect(getTimeInfo.timezone).toBe("+0000");
      const { __type: type } = await ask('query HorizonOapCapabilities { __type(name: "Query") { fields { name } } }');
      const names = type.fields.map(({ name }: { name: string }) => name);
      expect(names).toEqual(expect.arrayContaining(["queryAlarms", "getAlarm", "queryTraces", "queryBasicTraces"]));
      const info = await ask(
        "query HorizonOapInfo { version getTimeInfo { timezone currentTimestamp } checkHealth { score details } }",
      );
      expect(info).toMatchObject({ version: expect.stringMatching(/^11\./), checkHealth: { score: 0 } });
      const { metrics, records } = await ask(
        "query HorizonOapTtl { metrics: getMetricsTTL { metadata minute hour day coldMinute coldHour coldDay } records: getRecordsTTL { normal trace zipkinTrace log browserErrorLog coldNormal coldTrace coldZipkinTrace coldLog coldBrowserErrorLog } }",
      );
      const cold = Object.entries({ ...metrics, ...records }).filter(([name]) => name.startsWith("cold"));
      expect(cold.map(([, days]) => days)).toEqual(Array.from({ length: 8 }, () => -1));
      expect(await ask("query HorizonLogKeywordSupport { supportQueryLogsByKeywords }")).toEqual({
        supportQueryLogsByKeywords: true,
      });
      const alarms = `queryAlarms(condition: { duration: ${SECOND_RANGE}, paging: { pageNum: 1, pageSize: 201 } })`;
      expect(await ask(`query HorizonCountQueryAlarms { ${alarms} { msgs { id } } }`)).toEqual({ queryAlarms: { msgs: [] } });
    });

    const rowsOf = ({ of, entities }: Dashboard): object =>
      entities === undefined ? {} : { entities: Math.min(entities, entitiesOf(of).length) };
    test.each(HORIZON.map((one) => [one.name, { ...one, ...rowsOf(one) }] as const))("%s", async (_, dashboard) => {
      const at: Parameters<typeof horizonDocuments>[2] = (of, i) =>
        of === "nothing" ? { normal: true } : (entitiesOf(of)[i] ?? {});
      for (const document of horizonDocuments(dashboard, RANGE, at)) await checkExpressions(ask, document, mesh().numbers);
    });

    test("the overview adds up the calls of the layer", async () => {
      const text = "sum(top_n(service_cpm,100,DES,attr0='MESH'))";
      const entity = "{ scope: Service, normal: true }";
      const { agg0 } = await ask(
        `query LandingAggMqe { agg0: execExpression(expression: ${quoted(text)}, entity: ${entity}, duration: ${MINUTES}) { type error results { metric { labels { key value } } values { id value } } } }`,
      );
      const sum = mesh()
        .numbers.busiest()
        .reduce((total, [, value]) => total + Number(value), 0);
      expect(agg0).toMatchObject({ type: "SINGLE_VALUE", results: [{ values: [{ value: String(sum) }] }] });
    });

    test("the service and endpoint pages list one more than they show", async () => {
      const id = quoted(serviceId(REVIEWS));
      const { listInstances } = await ask(
        `query LayerInstances { listInstances(serviceId: ${id}, duration: ${MINUTES}) { id name language instanceUUID attributes { name value } } }`,
      );
      expect(listInstances).toHaveLength(6);
      for (const one of listInstances)
        expect(one).toMatchObject({ id: instanceId(REVIEWS, one.name), instanceUUID: one.id, language: "UNKNOWN" });
      const { findEndpoint } = await ask(
        `query LayerEndpoints { findEndpoint(serviceId: ${id}, keyword: "", limit: 21, duration: ${MINUTES}) { id name } }`,
      );
      const name = ENDPOINTS[REVIEWS] as string;
      expect(findEndpoint).toEqual([{ id: endpointId(REVIEWS, name), name }]);
    });

    test("the calls of all pods of a service add up to its calls", async () => {
      const fields = DEST_POD.workload.pods.length;
      const { listInstances } = await ask(
        `query LayerInstances { listInstances(serviceId: ${quoted(serviceId(REVIEWS))}, duration: ${MINUTES}) { name } }`,
      );
      expect(listInstances.length).toBeGreaterThan(fields);
      const asked = listInstances.map(
        ({ name }: { name: string }, i: number) =>
          `w0_e${i}: execExpression(expression: "service_instance_cpm", entity: { scope: ServiceInstance, serviceName: ${quoted(REVIEWS)}, normal: true, serviceInstanceName: ${quoted(name)} }, duration: ${MINUTES}) { results { values { value } } }`,
      );
      const answers = Object.values<{ results: { values: { value: string | null }[] }[] }>(
        await ask(`query DashboardMqe { ${asked.join(" ")} }`),
      );
      const totals = (mesh().numbers.points("service_cpm", { serviceName: REVIEWS }) ?? []).map((_, point) =>
        answers.reduce((sum, { results }) => sum + Number(results[0]?.values[point]?.value ?? 0), 0),
      );
      expect(totals).toEqual(
        mesh()
          .numbers.points("service_cpm", { serviceName: REVIEWS })
          ?.map((one) => one ?? 0),
      );
    });

    test("the topologies of services, of instances, and of an endpoint", async () => {
      const ids = SERVICES.map((name) => quoted(serviceId(name))).join(", ");
      const call = "{ id source target detectPoints sourceComponents targetComponents }";
      const { topology } = await ask(
        `query ServicesTopology { topology: getServicesTopology(serviceIds: [${ids}], duration: ${MINUTES}) { nodes { id name type isReal layers } calls ${call} } }`,
      );
      expect(topology.nodes.map(({ name }: { name: string }) => name).sort()).toEqual([...SERVICES, "UNKNOWN"].sort());
      const sides = `clientServiceId: ${quoted(serviceId(PRODUCTPAGE))}, serverServiceId: ${quoted(serviceId(REVIEWS))}`;
      const { instances } = await ask(
        `query InstanceTopology { instances: getServiceInstanceTopology(${sides}, duration: ${MINUTES}) { nodes { id name serviceId serviceName type isReal } calls ${call} } }`,
      );
      expect(instances.nodes).toHaveLength(8);
      const [source, target] = [instanceId(PRODUCTPAGE, POD.name), instanceId(REVIEWS, DEST_POD.name)];
      expect(instances.calls).toContainEqual(
        expect.objectContaining({ id: relationId(source, target), source, target, detectPoints: ["CLIENT", "SERVER"] }),
      );
      const endpoint = endpointId(REVIEWS, ENDPOINTS[REVIEWS] as string);
      const { dependencies } = await ask(
        `query EndpointDependencies { dependencies: getEndpointDependencies(endpointId: ${quoted(endpoint)}, duration: ${MINUTES}) { nodes { id name serviceId serviceName type isReal } calls ${call} } }`,
      );
      const around = dependencies.nodes.map(({ serviceName }: { serviceName: string }) => serviceName).sort();
      expect(around).toEqual([PRODUCTPAGE, RATINGS, REVIEWS].sort());
    });

    test("the log page: a page and one more, and the values of its tags", async () => {
      const logs = async (condition: string, size: number) =>
        (
          await ask(
            `query HorizonLogs { queryLogs(condition: { queryDuration: ${SECOND_RANGE}, paging: { pageNum: 1, pageSize: ${size} }, ${condition} }) { errorReason logs { serviceName serviceId serviceInstanceName serviceInstanceId endpointName endpointId traceId timestamp contentType content tags { key value } } } }`,
          )
        ).queryLogs.logs;
      const gateway = `serviceId: ${quoted(serviceId(GATEWAY))}`;
      expect(await logs(gateway, 21)).toHaveLength(21);
      const notFound = await logs(`${gateway}, tags: [{ key: "status.code", value: "404" }]`, 201);
      const sent = mesh().numbers.points("service_sla", { serviceName: GATEWAY }) ?? [];
      expect(sent.some((one) => one !== null && one < 10_000)).toBe(true);
      const failed = Object.values(mesh().numbers.tally.minutes).reduce(
        (sum, minute) => sum + (minute.services[GATEWAY]?.failed ?? 0),
        0,
      );
      expect(notFound).toHaveLength(failed); // failed calls are kept, each
      const details = await logs(`serviceId: ${quoted(serviceId(DETAILS))}, keywordsOfContent: ["no such text"]`, 21);
      expect(details).toEqual([]);
    });

    test("alarms, events and traces are empty, whatever they are narrowed to", async () => {
      const paging = "{ pageNum: 1, pageSize: 501 }";
      const entity = `{ scope: Service, serviceName: ${quoted(REVIEWS)}, normal: true }`;
      const empty = await ask(
        `query HorizonQueryAlarms {
          queryAlarms(condition: { duration: ${SECOND_RANGE}, paging: ${paging}, layer: "MESH", entities: [${entity}], ruleNames: ["r"], keyword: "x", tags: [{ key: "level", value: "x" }] }) { msgs { id startTime recoveryTime scope name message tags { key value } events { uuid } snapshot { expression metrics { name results { values { id value } } } } } }
          queryEvents(condition: { time: ${SECOND_RANGE}, source: { service: ${quoted(REVIEWS)} }, paging: ${paging} }) { events { uuid } }
          hasQueryTracesV2Support
          queryBasicTraces(condition: { queryDuration: ${SECOND_RANGE}, traceState: ALL, queryOrder: BY_START_TIME, paging: ${paging} }) { traces { segmentId } } }`,
      );
      expect(empty).toEqual({
        queryAlarms: { msgs: [] },
        queryEvents: { events: [] },
        hasQueryTracesV2Support: false,
        queryBasicTraces: { traces: [] },
      });
    });
  });
}
