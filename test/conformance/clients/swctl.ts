/** swctl: one question a command, always called `result`, everything in variables, and an empty text for whatever its user left out. What
 *  the program itself prints of this mesh is another test's matter: test/e2e/swctl.long.test.ts. */
import { beforeAll, describe, expect, test } from "vitest";
import { endpointId, instanceId, serviceId } from "../../../oap/model/entity.ts";
import { type DemoMesh, ENDPOINTS, POD, POINTS, PRODUCTPAGE, RANGE, REVIEWS, SERVICES } from "../../harness/demo-mesh.ts";
import { type Ask, clientOf } from "../../harness/graphql-client.ts";

const TYPE = "application/json; charset=utf-8";
export const SWCTL_HEADERS = { "content-type": TYPE, accept: TYPE };
const duration = { ...RANGE, coldStage: false };
const OWNER = "owner { scope serviceID serviceName normal serviceInstanceID serviceInstanceName endpointID endpointName }";
const EXECUTE = `query ($expression: String!, $entity: Entity!, $duration: Duration!) { result: execExpression(expression: $expression, entity: $entity, duration: $duration) { type results { metric { labels { key value } } values { id value traceID ${OWNER} } } error } }`;
const SERVICE_FIELDS = "{ id name group shortName layers normal }";

/** All parts, empty or false where the user named none. */
export function swctlEntity(scope: string, serviceName = ""): object {
  return {
    scope,
    serviceName,
    normal: serviceName !== "",
    serviceInstanceName: "",
    endpointName: "",
    destServiceName: "",
    destNormal: false,
    destServiceInstanceName: "",
    destEndpointName: "",
  };
}

export function swctlSuite(mesh: () => DemoMesh): void {
  let ask: Ask;
  beforeAll(() => {
    ask = clientOf(mesh().url, SWCTL_HEADERS);
  });
  const result = async (query: string, variables?: Record<string, unknown>) => (await ask(query, variables)).result;
  const cpm = (name: string) => (mesh().numbers.points("service_cpm", { serviceName: name }) ?? []) as (number | null)[];

  describe("swctl", () => {
    test("before every command: the clock, and the version that it chooses its questions by", async () => {
      expect(await result("query { result: getTimeInfo { timezone, currentTimestamp } }")).toMatchObject({ timezone: "+0000" });
      expect(await result("query { result: version }")).toMatch(/^\d+\.\d+/);
    });

    test("service ls, service layer, layer ls, and the look-up of a name", async () => {
      const expected = SERVICES.map((name) => ({
        id: serviceId(name),
        name,
        group: "",
        shortName: name,
        layers: ["MESH"],
        normal: true,
      }));
      const list = `query ($duration: Duration!) { result: getAllServices(duration: $duration) ${SERVICE_FIELDS} }`;
      expect(await result(list, { duration })).toEqual(expected);
      const layer = `query ($layer: String!) { result: listServices(layer: $layer) ${SERVICE_FIELDS} }`;
      expect(await result(layer, { layer: "MESH" })).toEqual(expected);
      expect(await result("query { result: listLayers }")).toContain("MESH");
      const find = `query findService($serviceName: String!) { result: findService(serviceName: $serviceName) ${SERVICE_FIELDS} }`;
      expect(await result(find, { serviceName: REVIEWS })).toEqual(expected.find(({ name }) => name === REVIEWS));
      expect(await result(find, { serviceName: "nobody" })).toBeNull();
    });

    test("instance ls and get, endpoint ls and get", async () => {
      const instances = await result(
        "query ($serviceId: ID!, $duration: Duration!) { result: listInstances(duration: $duration, serviceId: $serviceId) { id name language instanceUUID attributes { name value } } }",
        { serviceId: serviceId(PRODUCTPAGE), duration },
      );
      expect(instances.map(({ name }: { name: string }) => name)).toEqual(POD.workload.pods.map(({ name }) => name));
      const id = instanceId(PRODUCTPAGE, POD.name);
      const one =
        "query ($id: String!) { result: getInstance(instanceId: $id) { id name attributes { name value } language instanceUUID } }";
      expect(await result(one, { id })).toMatchObject({ id, name: POD.name, language: "UNKNOWN", instanceUUID: id });
      const endpoints =
        "query ($keyword: String!, $serviceId: ID!, $limit: Int!) { result: findEndpoint(keyword: $keyword, serviceId: $serviceId, limit: $limit) { id name } }";
      const name = ENDPOINTS[REVIEWS] as string;
      const asked = { serviceId: serviceId(REVIEWS), limit: 100 };
      expect(await result(endpoints, { ...asked, keyword: "" })).toEqual([{ id: endpointId(REVIEWS, name), name }]);
      expect(await result(endpoints, { ...asked, keyword: "nothing" })).toEqual([]);
      const info = "query ($id: ID!) { result: getEndpointInfo(endpointId: $id) { id name serviceId serviceName } }";
      expect(await result(info, { id: endpointId(REVIEWS, name) })).toMatchObject({ name, serviceName: REVIEWS });
    });

    test("metrics execute: a series with values and nulls, labels, a ranking, and a mistake", async () => {
      const run = (expression: string, entity = swctlEntity("Service", REVIEWS)) =>
        result(EXECUTE, { expression, entity, duration });
      const series = await run("service_cpm");
      expect(series).toEqual({
        type: "TIME_SERIES_VALUES",
        error: null,
        results: [
          {
            metric: { labels: [] },
            values: POINTS.map((at, i) => {
              const calls = cpm(REVIEWS)[i] ?? null;
              return { id: String(at), value: calls === null ? null : String(calls), traceID: null, owner: null };
            }),
          },
        ],
      });
      const nulls = series.results[0].values.map(({ value }: { value: string | null }) => value === null);
      expect([nulls.includes(true), nulls.includes(false)]).toEqual([true, true]);
      const percentiles = await run("service_percentile");
      expect(percentiles.results.map(({ metric }: { metric: object }) => metric)).toEqual(
        ["50", "75", "90", "95", "99"].map((value) => ({ labels: [{ key: "p", value }] })),
      );
      const ranked = await run("top_n(service_cpm,3,des)", swctlEntity("All"));
      expect(ranked.results[0].values.map(({ id, value }: Record<string, string>) => [id, value])).toEqual(
        mesh().numbers.busiest().slice(0, 3),
      );
      expect(await run("nope")).toEqual({ type: "UNKNOWN", results: [], error: "Metric: [nope] does not exist." });
    });

    test("metrics by name: list, single, nullable, linear, multiple-linear, top", async () => {
      const list = "query ($regex: String!) { result: listMetrics(regex: $regex) { name type catalog } }";
      expect(await result(list, { regex: "service_cpm" })).toEqual([
        { name: "service_cpm", type: "REGULAR_VALUE", catalog: "SERVICE" },
      ]);
      const condition = { name: "service_cpm", entity: swctlEntity("Service", REVIEWS) };
      const read = (operation: string, selection: string, more: Record<string, unknown> = {}) =>
        result(
          `query ($condition: MetricsCondition!, ${"labels" in more ? "$labels: [String!]!, " : ""}$duration: Duration!) { result: ${operation}(condition: $condition, ${"labels" in more ? "labels: $labels, " : ""}duration: $duration) ${selection} }`,
          { condition, duration, ...more },
        );
      const seen = cpm(REVIEWS).filter((one) => one !== null);
      const mean = Math.trunc(seen.reduce((sum, one) => sum + one, 0) / seen.length);
      expect(await read("readMetricsValue", "")).toBe(mean);
      expect(await read("readNullableMetricsValue", "{ value isEmptyValue }")).toEqual({ value: mean, isEmptyValue: false });
      const points = "{ label values { values { value isEmptyValue } } }";
      const marked = cpm(REVIEWS).map((one) => ({ value: one ?? 0, isEmptyValue: one === null }));
      expect(await read("readMetricsValues", points)).toEqual({ label: null, values: { values: marked } });
      const labeled = { condition: { ...condition, name: "service_percentile" } };
      const of = async (labels: string[]) =>
        (await read("readLabeledMetricsValues", points, { ...labeled, labels })).map((one: { label: string }) => one.label);
      expect(await of(["p=50", "p=99"])).toEqual(["p=50", "p=99"]);
      expect(await of([""])).toEqual(["p=50", "p=75", "p=90", "p=95", "p=99"]);
      const top =
        "query ($condition:TopNCondition!, $duration: Duration!) { result: sortMetrics(condition: $condition, duration: $duration) { name value } }";
      const by = { name: "service_cpm", parentService: "", normal: false, scope: "Service", topN: 5, order: "DES" };
      expect(await result(top, { condition: by, duration })).toEqual(
        mesh()
          .numbers.busiest()
          .slice(0, 5)
          .map(([name, value]) => ({ name, value })),
      );
    });
  });
}
