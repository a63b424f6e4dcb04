/** swctl on what lies between and below services: dependencies and logs, and everything that is not collected. */
import { beforeAll, describe, expect, test } from "vitest";
import { endpointId, instanceId, serviceId } from "../../../oap/model/entity.ts";
import { type DemoMesh, EDGES, ENDPOINTS, GATEWAY, PRODUCTPAGE, RANGE, RATINGS, REVIEWS } from "../../harness/demo-mesh.ts";
import { type Ask, clientOf } from "../../harness/graphql-client.ts";
import { SWCTL_HEADERS, swctlEntity } from "./swctl.ts";

const duration = { ...RANGE, coldStage: false };
const CALL = "calls { id source detectPoints target sourceComponents targetComponents }";

export function swctlDependencySuite(mesh: () => DemoMesh): void {
  let ask: Ask;
  beforeAll(() => {
    ask = clientOf(mesh().url, SWCTL_HEADERS);
  });
  const result = async (query: string, variables?: Record<string, unknown>) => (await ask(query, variables)).result;

  describe("swctl, dependencies and logs", () => {
    test("dependency: of one service, of all, of instances, of an endpoint, of processes", async () => {
      const service = await result(
        `query ($serviceId: ID!, $duration: Duration!) { result: getServiceTopology(duration: $duration, serviceId: $serviceId) { nodes { id name type layers isReal } ${CALL} } }`,
        { serviceId: serviceId(REVIEWS), duration },
      );
      expect(service.nodes.map(({ name, type, isReal }: Record<string, unknown>) => [name, type, isReal]).sort()).toEqual(
        [PRODUCTPAGE, RATINGS, REVIEWS].map((name) => [name, "http", true]),
      );
      for (const call of service.calls)
        expect(call).toMatchObject({
          sourceComponents: ["http"],
          targetComponents: ["http", "mtls"],
          detectPoints: ["CLIENT", "SERVER"],
        });
      const global = `query ($layer: String, $duration: Duration!) { result: getGlobalTopology(duration: $duration, layer: $layer) { nodes { id name type isReal layers } ${CALL} } }`;
      const everything = await result(global, { layer: "", duration });
      expect(everything.calls).toHaveLength(EDGES.length + 1);
      expect(await result(global, { layer: "MESH", duration })).toEqual(everything);
      expect(await result(global, { layer: "GENERAL", duration })).toEqual({ nodes: [], calls: [] });
      const instances = await result(
        `query ($clientServiceId: ID!, $serverServiceId: ID!, $duration: Duration!) { result: getServiceInstanceTopology(duration: $duration, clientServiceId: $clientServiceId, serverServiceId: $serverServiceId) { nodes { id name type isReal serviceName serviceId } ${CALL} } }`,
        { clientServiceId: serviceId(PRODUCTPAGE), serverServiceId: serviceId(REVIEWS), duration },
      );
      expect(instances.calls).toHaveLength(12); // two pods, each calls six
      const endpoints = await result(
        `query ($endpointId:ID!, $duration: Duration!) { result: getEndpointDependencies(duration: $duration, endpointId: $endpointId) { nodes { id name serviceId serviceName type isReal } ${CALL} } }`,
        { endpointId: endpointId(REVIEWS, ENDPOINTS[REVIEWS] as string), duration },
      );
      expect(endpoints.nodes.map(({ name }: { name: string }) => name).sort()).toEqual([
        "GET:/productpage",
        "GET:/ratings/0",
        "GET:/reviews/0",
      ]);
      const processes =
        "query ($id: ID!, $duration: Duration!) { result: getProcessTopology(serviceInstanceId: $id, duration: $duration) { nodes { id name isReal } calls { id } } }";
      expect(await result(processes, { id: instanceId(REVIEWS, "x"), duration })).toEqual({ nodes: [], calls: [] });
    });

    test("logs ls: blank instance, endpoint and trace narrow nothing", async () => {
      const condition = {
        serviceId: serviceId(GATEWAY),
        serviceInstanceId: "",
        endpointId: "",
        relatedTrace: { traceId: "" },
        queryDuration: duration,
        paging: { pageNum: 1, pageSize: 15 },
      };
      const query =
        "query ($condition: LogQueryCondition!) { result: queryLogs(condition: $condition) { logs { serviceName serviceId serviceInstanceName serviceInstanceId endpointName endpointId traceId timestamp contentType content tags { key value } } } }";
      const { logs } = await result(query, { condition });
      expect(logs).toHaveLength(15);
      expect(new Set(logs.map(({ serviceName }: { serviceName: string }) => serviceName))).toEqual(new Set([GATEWAY]));
      const { logs: failed } = await result(query, { condition: { ...condition, tags: [{ key: "status.code", value: "404" }] } });
      expect(failed.map(({ content }: { content: string }) => JSON.parse(content).code)).toEqual(
        Array.from({ length: 15 }, () => 404),
      );
    });

    test("what is not collected: alarm, event, trace, tv2, hierarchy, records, profiling", async () => {
      const paging = { pageNum: 1, pageSize: 15 };
      const traces = {
        serviceId: "",
        serviceInstanceId: "",
        traceId: "",
        endpointId: "",
        queryDuration: duration,
        traceState: "ALL",
        queryOrder: "BY_DURATION",
        paging,
      };
      const empty = await ask(
        `query ($alarms: AlarmQueryCondition!, $events: EventQueryCondition, $traces: TraceQueryCondition, $records: RecordCondition!, $duration: Duration!, $id: ID!) {
          alarms: queryAlarms(condition: $alarms) { msgs { startTime scope id name message tags { key, value } events { name uuid layer } snapshot { expression metrics { name } } } }
          keys: queryAlarmTagAutocompleteKeys(duration: $duration)
          values: queryAlarmTagAutocompleteValues(tagKey: "level", duration: $duration)
          events: queryEvents(condition: $events) { events { uuid name } }
          traces: queryBasicTraces(condition: $traces) { traces { segmentId } }
          tv2: queryTraces(condition: $traces) { traces { spans { spanId } } retrievedTimeRange { startTime endTime } }
          trace: queryTrace(traceId: "abc") { spans { spanId } }
          service: getServiceHierarchy(serviceId: $id, layer: "MESH") { relations { upperService { id } } }
          records: readRecords(condition: $records, duration: $duration) { name id value refId }
          tasks: getProfileTaskList(serviceId: $id, endpointName: "") { id }
          heatMap: readHeatMap(condition: { name: "all_heatmap", entity: { scope: All, serviceName: "", normal: false } }, duration: $duration) { values { id } } }`,
        {
          alarms: { duration, paging },
          events: { source: { service: "", serviceInstance: "", endpoint: "" }, name: "", time: duration, layer: "", paging },
          traces,
          records: { name: "top_n_database_statement", parentEntity: swctlEntity("All"), topN: 5, order: "DES" },
          duration,
          id: serviceId(REVIEWS),
        },
      );
      expect(empty).toMatchObject({ alarms: { msgs: [] }, keys: [], values: [], events: { events: [] }, traces: { traces: [] } });
      expect(empty).toMatchObject({ trace: { spans: [] }, service: { relations: [] }, records: [], tasks: [], heatMap: null });
      expect(empty.tv2.traces).toEqual([]);
    });

    test("menu get and health", async () => {
      const MENU = "title icon layer activate description documentLink i18nKey";
      const menu = await result(`query { result: getMenuItems { ${MENU} subItems { ${MENU} } } }`);
      expect(menu).toMatchObject([{ title: "Service Mesh", subItems: [{ layer: "MESH", activate: true }, {}, {}] }]);
      expect(await ask("query { checkHealth { score details } }")).toEqual({ checkHealth: { score: 0, details: "" } });
    });
  });
}
