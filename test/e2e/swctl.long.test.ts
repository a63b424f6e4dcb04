/** The real swctl against the product, fed by real streams: what it prints of the demo's mesh. Skipped, loudly, where there is no swctl. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";
import {
  type DemoMesh,
  EDGES,
  ENDPOINTS,
  GATEWAY,
  MONGODB,
  POD,
  POINTS,
  PRODUCTPAGE,
  RANGE,
  RATINGS,
  REVIEWS,
  SERVICES,
  startDemoMesh,
} from "../harness/demo-mesh.ts";
import { findSwctl, type Printed, swctlAt } from "../harness/swctl.ts";

const program = findSwctl();

describe.skipIf(program === null)("swctl", () => {
  let mesh: DemoMesh;
  let swctl: ReturnType<typeof swctlAt>;
  beforeAll(async () => {
    mesh = await startDemoMesh();
    swctl = swctlAt(program ?? "", mesh.url, RANGE);
  });
  afterAll(() => mesh.stop());

  /** What a command prints that must go well, of the range and of ever. */
  const printed = async (command: string, ...args: string[]) => yamlOf(command, await swctl.during(command, ...args));
  const printedEver = async (command: string, ...args: string[]) => yamlOf(command, await swctl.run(command, ...args));
  const cpm = (name: string) => mesh.numbers.points("service_cpm", { serviceName: name }) ?? [];
  const reviews = `--service-name=${REVIEWS}`;

  test("service ls, service layer, layer ls", async () => {
    const expected = SERVICES.map((name) => ({
      id: serviceId(name),
      name,
      group: "",
      shortname: name,
      layers: ["MESH"],
      normal: true,
    }));
    expect(await printed("service ls")).toEqual(expected);
    expect(await printedEver("service layer", "MESH")).toEqual(expected);
    expect(await printedEver("layer ls")).toContain("MESH");
  });

  test("instance ls and get, endpoint ls and get", async () => {
    const instances = await printed("instance ls", `--service-name=${PRODUCTPAGE}`);
    expect(instances.map(({ name }: { name: string }) => name)).toEqual(POD.workload.pods.map(({ name }) => name));
    const id = instanceId(PRODUCTPAGE, POD.name);
    expect(instances[0]).toMatchObject({ id, language: "UNKNOWN", instanceuuid: id });
    expect(instances[0].attributes).toEqual(
      expect.arrayContaining([
        { name: "pod", value: POD.name },
        { name: "namespace", value: "bookinfo" },
      ]),
    );
    expect(await printedEver("instance get", id)).toMatchObject({ name: POD.name });
    const name = ENDPOINTS[REVIEWS] as string;
    expect(await printed("endpoint ls", reviews)).toEqual([{ id: endpointId(REVIEWS, name), name }]);
    expect(await printed("endpoint ls", reviews, "--keyword=nothing")).toEqual([]);
    expect(await printedEver("endpoint get", endpointId(REVIEWS, name))).toMatchObject({ name, servicename: REVIEWS });
  });

  test("metrics exec: every scope, labels, rankings, a mistake", async () => {
    const series = await printed("metrics exec", "--expression=service_cpm", reviews);
    expect(series).toMatchObject({ type: "TIME_SERIES_VALUES", error: null });
    const values = POINTS.map((at, i) => ({ id: String(at), value: textOf(cpm(REVIEWS)[i]), traceid: null, owner: null }));
    expect(series.results).toEqual([{ metric: { labels: [] }, values }]);
    expect(values.map(({ value }) => value === null)).toContain(true);
    const percentiles = await printed("metrics exec", "--expression=service_percentile", reviews);
    expect(percentiles.results.map(({ metric }: { metric: object }) => metric)).toEqual(
      ["50", "75", "90", "95", "99"].map((value) => ({ labels: [{ key: "p", value }] })),
    );
    const valuesOf = async (...args: string[]) =>
      (await printed("metrics exec", ...args)).results[0].values.map(({ value }: { value: string | null }) => value);
    const endpoint = `--endpoint-name=${ENDPOINTS[REVIEWS]}`;
    expect(await valuesOf("--expression=endpoint_cpm", reviews, endpoint)).toEqual(values.map(({ value }) => value));
    const pod = [`--service-name=${PRODUCTPAGE}`, `--instance-name=${POD.name}`];
    expect(Number(await valuesOf("--expression=sum(service_instance_cpm)", ...pod))).toBeGreaterThan(0);
    const relation = [`--service-name=${PRODUCTPAGE}`, `--dest-service-name=${REVIEWS}`];
    const client = mesh.numbers.points("service_relation_client_cpm", { serviceName: PRODUCTPAGE, destServiceName: REVIEWS });
    expect(await valuesOf("--expression=service_relation_client_cpm", ...relation)).toEqual(client?.map(textOf));
    const ranked = await printed("metrics exec", "--expression=top_n(service_cpm,3,des)");
    expect(ranked.type).toBe("SORTED_LIST");
    expect(ranked.results[0].values.map(({ id, value }: Record<string, string>) => [id, value])).toEqual(
      mesh.numbers.busiest().slice(0, 3),
    );
    expect(await printed("metrics exec", "--expression=nope", reviews)).toMatchObject({
      type: "UNKNOWN",
      error: "Metric: [nope] does not exist.",
    });
  });

  test("metrics by name: list, single, nullable, linear, multiple-linear, top", async () => {
    const metric = ["--name=service_cpm", reviews];
    const seen = cpm(REVIEWS).filter((one) => one !== null);
    const mean = Math.trunc(seen.reduce((sum, one) => sum + one, 0) / seen.length);
    expect(await printedEver("metrics list", "--regex=service_cpm")).toEqual([
      { name: "service_cpm", type: "REGULAR_VALUE", catalog: "SERVICE" },
    ]);
    expect(await printed("metrics single", ...metric)).toBe(mean);
    expect(await printed("metrics nullable", ...metric)).toEqual({ value: mean, isemptyvalue: false });
    const linear: Record<string, { value: number; isemptyvalue: boolean }>[] = await printed("metrics linear", ...metric);
    expect(JSON.stringify(linear)).toContain(String(seen[0]));
    const labeled = JSON.stringify(await printed("metrics multiple-linear", "--name=service_percentile", reviews));
    for (const rank of [50, 75, 90, 95, 99]) expect(labeled).toContain(`p=${rank}`);
    const top = await printed("metrics top", "--name=service_cpm", "5");
    expect(top.map(({ name, value }: Record<string, string>) => [name, value])).toEqual(mesh.numbers.busiest().slice(0, 5));
  });

  test("dependency: service, global, instance, endpoint, process", async () => {
    const service = await printed("dependency service", reviews);
    expect(service.nodes.map(({ name, type, isreal }: Record<string, unknown>) => [name, type, isreal]).sort()).toEqual(
      [PRODUCTPAGE, RATINGS, REVIEWS].map((name) => [name, "http", true]),
    );
    for (const call of service.calls)
      expect(call).toMatchObject({
        sourcecomponents: ["http"],
        targetcomponents: ["http", "mtls"],
        detectpoints: ["CLIENT", "SERVER"],
      });
    const global = await printed("dependency global");
    expect(global.calls).toHaveLength(EDGES.length + 1);
    const entry = global.calls.find(({ target }: { target: string }) => target === serviceId(GATEWAY));
    expect(entry).toMatchObject({ source: serviceId("UNKNOWN"), detectpoints: ["SERVER"] });
    const database = global.calls.find(({ target }: { target: string }) => target === serviceId(MONGODB));
    expect(database).toMatchObject({ sourcecomponents: ["tcp"], targetcomponents: ["tcp", "mtls"] });
    expect(await printed("dependency global", "--layer=MESH")).toEqual(global);
    const sides = [`--service-name=${PRODUCTPAGE}`, `--dest-service-name=${REVIEWS}`];
    expect((await printed("dependency instance", ...sides)).calls).toHaveLength(12);
    const endpoint = await printed("dependency endpoint", reviews, `--endpoint-name=${ENDPOINTS[REVIEWS]}`);
    expect(endpoint.calls).toHaveLength(2);
    expect(await printed("dependency process", reviews, "--instance-name=x")).toMatchObject({ nodes: [], calls: [] });
  });

  test("logs ls: of a service, by tags, and of a keyword that is nowhere", async () => {
    const { logs } = await printed("logs ls", `--service-name=${GATEWAY}`);
    expect(logs).toHaveLength(15);
    expect(JSON.parse(logs[0].content)).toMatchObject({ reporter: GATEWAY });
    const notFound = await printed("logs ls", `--service-name=${GATEWAY}`, "--tags=status.code=404");
    expect(notFound.logs.map(({ content }: { content: string }) => JSON.parse(content).code)).toContain(404);
    expect(await printed("logs ls", reviews, "--tags=status.code=404")).toMatchObject({ logs: [] });
  });

  test("what is not collected: alarm, event, trace, records, hierarchy, profiling, browser", async () => {
    expect(await printed("alarm ls")).toEqual({ msgs: [] });
    expect(await printed("alarm autocomplete-keys")).toEqual([]);
    expect(await printed("alarm autocomplete-values", "--key=level")).toEqual([]);
    expect(await printed("event ls")).toEqual({ events: [] });
    expect((await printed("trace ls")).traces).toEqual([]);
    expect((await printed("tv2 ls")).traces).toEqual([]);
    expect(await printed("records list", "--name=top_n_database_statement", reviews, "5")).toEqual([]);
    expect(await printedEver("hierarchy service", reviews, "--layer=MESH")).toEqual({ relations: [] });
    expect(await printedEver("hierarchy layer-levels")).toContainEqual({ layer: "MESH", level: 3 });
    expect(await printedEver("profiling trace list", reviews)).toEqual([]);
    expect((await printed("browser logs ls")).logs).toEqual([]);
  });

  test("menu get, and the health of both ports", async () => {
    const [group] = await printedEver("menu get");
    expect(group).toMatchObject({ title: "Service Mesh", activate: true });
    const { code } = await swctl.run(`--grpc-addr=${mesh.grpcAddress} health`);
    expect(code).toBe(0);
  });
});

function yamlOf(command: string, { code, yaml, error }: Printed) {
  if (code !== 0) throw new Error(`swctl ${command} ended with ${code}: ${error}`);
  return yaml;
}

function textOf(value: number | null | undefined): string | null {
  return value == null ? null : String(value);
}
