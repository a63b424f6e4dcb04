/** Booster UI on the pages of one service: its pods and endpoints, its logs, and tabs of what is not collected. */
import { beforeAll, describe, expect, test } from "vitest";
import { endpointId, instanceId, serviceId } from "../../../oap/model/entity.ts";
import { type DemoMesh, ENDPOINTS, POD, PRODUCTPAGE, RANGE, REVIEWS, SECONDS } from "../../harness/demo-mesh.ts";
import { type Ask, clientOf, post } from "../../harness/graphql-client.ts";
import { BOOSTER_HEADERS } from "./booster.ts";

const duration = { ...RANGE, coldStage: false };
const seconds = { ...SECONDS, coldStage: false };

export function boosterPagesSuite(mesh: () => DemoMesh): void {
  let ask: Ask;
  beforeAll(() => {
    ask = clientOf(mesh().url, BOOSTER_HEADERS);
  });

  describe("Booster UI, pages of a service", () => {
    test("the pages of a service, its instances and its endpoints", async () => {
      const { pods } = await ask(
        "query queryInstances($serviceId: ID!, $duration: Duration!) { pods: listInstances(duration: $duration, serviceId: $serviceId) { id value: name label: name language instanceUUID attributes { name value } } }",
        { serviceId: serviceId(PRODUCTPAGE), duration },
      );
      expect(pods.map(({ value }: { value: string }) => value)).toEqual(POD.workload.pods.map(({ name }) => name));
      expect(pods[0].attributes).toEqual(
        expect.arrayContaining([
          { name: "pod", value: POD.name },
          { name: "namespace", value: "bookinfo" },
        ]),
      );
      const { pods: endpoints } = await ask(
        "query queryEndpoints($serviceId: ID!, $keyword: String!, $limit: Int!, $duration: Duration) { pods: findEndpoint(serviceId: $serviceId, keyword: $keyword, limit: $limit, duration: $duration) { id value: name label: name } }",
        { serviceId: serviceId(PRODUCTPAGE), keyword: "", limit: 20, duration },
      );
      const name = ENDPOINTS[PRODUCTPAGE] as string;
      const id = endpointId(PRODUCTPAGE, name);
      expect(endpoints).toEqual([{ id, value: name, label: name }]);
      const page = await ask(
        "query ($serviceId: String!, $instanceId: String!, $endpointId: ID!) { service: getService(serviceId: $serviceId) { id value: name label: name group layers normal shortName } instance: getInstance(instanceId: $instanceId) { id value: name label: name language instanceUUID attributes { name value } } endpoint: getEndpointInfo(endpointId: $endpointId) { id value: name label: name serviceId serviceName } }",
        { serviceId: serviceId(PRODUCTPAGE), instanceId: instanceId(PRODUCTPAGE, POD.name), endpointId: id },
      );
      expect(page.service).toMatchObject({ value: PRODUCTPAGE, normal: true });
      expect(page.instance).toEqual(pods[0]);
      expect(page.endpoint).toMatchObject({ value: name, serviceName: PRODUCTPAGE });
    });

    test("the log tab: a page of 20 and one more, its tags, and their values while one is typed", async () => {
      expect(await ask("query { supportQueryLogsByKeywords }")).toEqual({ supportQueryLogsByKeywords: true });
      const { tagKeys } = await ask(
        "query ($duration: Duration!) { tagKeys: queryLogTagAutocompleteKeys(duration: $duration) }",
        { duration: seconds },
      );
      expect(tagKeys).toEqual(["level", "status.code", "response.flag"]);
      const { tagValues } = await ask(
        "query ($tagKey: String!, $duration: Duration!) { tagValues: queryLogTagAutocompleteValues(tagKey: $tagKey, duration: $duration) }",
        { tagKey: "status.code", duration: seconds },
      );
      expect(tagValues).toEqual(["200", "404", "503", "504"]);
      const condition = {
        queryDuration: seconds,
        paging: { pageNum: 1, pageSize: 21 },
        serviceId: serviceId(PRODUCTPAGE),
        keywordsOfContent: [],
        excludingKeywordsOfContent: [],
      };
      const { queryLogs } = await ask(
        "query queryLogs($condition: LogQueryCondition) { queryLogs(condition: $condition) { logs { traceId serviceId serviceName serviceInstanceId serviceInstanceName endpointName endpointId timestamp contentType tags { key value } content } errorReason } }",
        { condition },
      );
      expect(queryLogs.logs).toHaveLength(21);
      const { content, tags, ...log } = queryLogs.logs[0];
      expect(log).toMatchObject({ serviceName: PRODUCTPAGE, contentType: "JSON" });
      expect(JSON.parse(content)).toMatchObject({ reporter: PRODUCTPAGE });
      expect(tags.map(({ key }: { key: string }) => key)).toContain("level");
    });

    test("what is not collected is empty: alarms, events, traces, hierarchy, processes", async () => {
      const paging = { pageNum: 1, pageSize: 21 };
      const empty = await ask(
        `query ($duration: Duration!, $paging: Pagination!, $traces: TraceQueryCondition, $events: EventQueryCondition, $id: ID!, $layer: String!, $instanceId: ID!) {
          alarms: getAlarm(duration: $duration, paging: $paging) { items: msgs { key: id message startTime recoveryTime scope name tags { key value } events { uuid source { service serviceInstance endpoint } name type message parameters { key value } startTime endTime layer } snapshot { expression metrics { name results { metric { labels { key value } } values { id owner { scope serviceID } value traceID } } } } } }
          alarmKeys: queryAlarmTagAutocompleteKeys(duration: $duration)
          events: queryEvents(condition: $events) { events { uuid source { service } name type message startTime endTime layer } }
          traceKeys: queryTraceTagAutocompleteKeys(duration: $duration)
          traces: queryBasicTraces(condition: $traces) { traces { key: segmentId endpointNames duration start isError traceIds } }
          levels: listLayerLevels { layer level }
          hierarchy: getServiceHierarchy(serviceId: $id, layer: $layer) { relations { upperService { id name layer normal } lowerService { id name layer normal } } }
          processes: listProcesses(instanceId: $instanceId, duration: $duration) { id name } }`,
        {
          duration: seconds,
          paging,
          traces: {
            queryDuration: seconds,
            traceState: "ALL",
            queryOrder: "BY_START_TIME",
            paging: { pageNum: 1, pageSize: 20 },
          },
          events: { time: seconds, paging, source: { service: REVIEWS, serviceInstance: "" } },
          id: serviceId(REVIEWS),
          layer: "MESH",
          instanceId: instanceId(PRODUCTPAGE, POD.name),
        },
      );
      expect(empty).toEqual({
        alarms: { items: [] },
        alarmKeys: [],
        events: { events: [] },
        traceKeys: [],
        traces: { traces: [] },
        levels: expect.arrayContaining([{ layer: "MESH", level: 3 }]),
        hierarchy: { relations: [] },
        processes: [],
      });
    });

    test("a page whose widgets ask nothing sends an empty document, and gets 400", async () => {
      const { status, body } = await post(
        mesh().url,
        { query: "query queryData() {}", variables: { duration } },
        BOOSTER_HEADERS,
      );
      expect([status, body.data, body.errors?.length]).toEqual([400, undefined, 1]);
    });
  });
}
