import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { httpEntry, istioNode, message, peerOf, pod, tcpEntry } from "../builders/access-log.ts";
import {
  CLIENT_COMMON,
  clientMessage,
  PRODUCTPAGE,
  PRODUCTPAGE_ID,
  REVIEWS,
  REVIEWS_ID,
  SERVER_COMMON,
  serverMessage,
} from "../builders/worked-example.ts"; // prettier-ignore
import { startClickHouse } from "../harness/clickhouse.ts";
import { type Oap, startOap } from "../harness/oap.ts";

const AT = "2026-03-01T10:16:30Z";
let clickhouse: Awaited<ReturnType<typeof startClickHouse>>;
let databases = 0;
let oap: Oap;

beforeAll(async () => {
  clickhouse = await startClickHouse();
});

afterAll(async () => {
  await clickhouse.close();
});

/** An OAP for each test, on a database of its own: a ClickHouse for each would take a minute. */
beforeEach(async () => {
  const { url, username, password } = clickhouse.embedded.connection;
  const settings = { OAP_STORAGE_URL: url, OAP_STORAGE_USERNAME: username, OAP_STORAGE_PASSWORD: password };
  oap = await startOap({ at: AT, settings: { ...settings, OAP_STORAGE_DATABASE: `example_${++databases}` } });
});

afterEach(async () => {
  await oap.stop();
});

const MINUTE = { start: "2026-03-01 1016", end: "2026-03-01 1016", step: "MINUTE" };
const RELATION = { serviceName: "productpage.bookinfo", normal: true, destServiceName: "reviews.bookinfo", destNormal: true };
const INSTANCES = { serviceInstanceName: "productpage-v1-6b7f", destServiceInstanceName: "reviews-v2-5d8c" };
const REVIEWS_ENTITY = { serviceName: "reviews.bookinfo", normal: true };

interface Expression {
  execExpression: {
    type: string;
    error: string | null;
    results: { metric: { labels: { value: string }[] }; values: { value: string | null }[] }[];
  };
}

/** The one value of each series of an expression over minute 10:16. */
async function metric(expression: string, entity: object = REVIEWS_ENTITY): Promise<(string | null)[]> {
  const query = `query ($expression: String!, $entity: Entity!, $duration: Duration!) {
    execExpression(expression: $expression, entity: $entity, duration: $duration) { type error results { metric { labels { key value } } values { value } } } }`;
  const { execExpression } = await oap.graphql<Expression>(query, { expression, entity, duration: MINUTE });
  expect(execExpression.error).toBeNull();
  return execExpression.results.map(({ values }) => values[0]?.value ?? null);
}

async function bothSides(): Promise<void> {
  await oap.send([clientMessage()]);
  await oap.send([serverMessage()]);
  await oap.flush();
}

test("one request seen by both proxies gives the metrics of the reference, to the digit", async () => {
  await bothSides();
  const expected: Record<string, string> = {
    service_cpm: "1",
    service_resp_time: "47",
    service_sla: "10000",
    service_apdex: "10000",
    service_sidecar_internal_req_latency_nanos: "600000",
    service_sidecar_internal_resp_latency_nanos: "200000",
  }; // prettier-ignore
  for (const [name, value] of Object.entries(expected)) expect([name, await metric(name)]).toEqual([name, [value]]);
  expect(await metric("service_percentile")).toEqual(["47", "47", "47", "47", "47"]);
  const endpoint = { ...REVIEWS_ENTITY, endpointName: "GET:/reviews/0" };
  expect(await metric("endpoint_cpm", endpoint)).toEqual(["1"]);
  expect(await metric("endpoint_resp_time", endpoint)).toEqual(["47"]);
  const instance = { ...REVIEWS_ENTITY, serviceInstanceName: "reviews-v2-5d8c" };
  expect(await metric("service_instance_cpm", instance)).toEqual(["1"]);
  expect(await metric("service_instance_resp_time", instance)).toEqual(["47"]);
});

test("each side of the relation has its own numbers", async () => {
  await bothSides();
  const expected: Record<string, string> = {
    service_relation_client_cpm: "1",
    service_relation_client_resp_time: "49",
    service_relation_client_call_sla: "10000",
    service_relation_server_cpm: "1",
    service_relation_server_resp_time: "47",
    service_relation_server_call_sla: "10000",
    service_client_sidecar_internal_req_latency_nanos: "2700000",
    service_client_sidecar_internal_resp_latency_nanos: "200000",
    service_server_sidecar_internal_req_latency_nanos: "600000",
    service_server_sidecar_internal_resp_latency_nanos: "200000",
  }; // prettier-ignore
  for (const [name, value] of Object.entries(expected)) expect([name, await metric(name, RELATION)]).toEqual([name, [value]]);
  expect(await metric("service_relation_client_percentile", RELATION)).toEqual(["49", "49", "49", "49", "49"]);
  expect(await metric("service_instance_relation_client_cpm", { ...RELATION, ...INSTANCES })).toEqual(["1"]);
  expect(await metric("service_instance_relation_server_resp_time", { ...RELATION, ...INSTANCES })).toEqual(["47"]);
});

test("both workloads are listed, each by its own proxy's word, and the caller has no values of its own", async () => {
  await bothSides();
  const answer = await oap.graphql(
    `query ($d: Duration!, $id: ID!) {
      listServices(layer: "MESH") { id name group shortName layers normal }
      listInstances(duration: $d, serviceId: $id) { name attributes { name value } }
      findEndpoint(serviceId: $id, limit: 10, duration: $d) { id name } }`,
    { d: MINUTE, id: REVIEWS_ID },
  );
  expect(answer).toMatchObject({
    listServices: [
      {
        id: PRODUCTPAGE_ID,
        name: "productpage.bookinfo",
        group: "",
        shortName: "productpage.bookinfo",
        layers: ["MESH"],
        normal: true,
      },
      { id: REVIEWS_ID, name: "reviews.bookinfo", group: "", shortName: "reviews.bookinfo", layers: ["MESH"], normal: true },
    ],
    listInstances: [
      {
        name: "reviews-v2-5d8c",
        attributes: expect.arrayContaining([
          { name: "pod", value: "reviews-v2-5d8c" },
          { name: "namespace", value: "bookinfo" },
        ]),
      },
    ], // prettier-ignore
    findEndpoint: [{ id: `${REVIEWS_ID}_R0VUOi9yZXZpZXdzLzA=`, name: "GET:/reviews/0" }],
  });
  expect(await metric("service_cpm", { serviceName: "productpage.bookinfo", normal: true })).toEqual([null]);
});

test("the topology has one call with both detect points and their components", async () => {
  await bothSides();
  const answer = await oap.graphql(
    `query ($d: Duration!, $from: ID!, $to: ID!) {
      getGlobalTopology(duration: $d, layer: "MESH") { nodes { name type layers isReal } calls { id detectPoints sourceComponents targetComponents } }
      getServiceInstanceTopology(duration: $d, clientServiceId: $from, serverServiceId: $to) {
        nodes { name type } calls { detectPoints sourceComponents targetComponents } } }`,
    { d: MINUTE, from: PRODUCTPAGE_ID, to: REVIEWS_ID },
  );
  expect(answer).toMatchObject({
    getGlobalTopology: {
      nodes: expect.arrayContaining([
        { name: "productpage.bookinfo", type: null, layers: ["MESH"], isReal: true },
        { name: "reviews.bookinfo", type: "http", layers: ["MESH"], isReal: true },
      ]),
      calls: [
        {
          id: `${PRODUCTPAGE_ID}-${REVIEWS_ID}`,
          detectPoints: ["CLIENT", "SERVER"],
          sourceComponents: ["http"],
          targetComponents: ["http", "mtls"],
        },
      ],
    },
    getServiceInstanceTopology: {
      nodes: expect.arrayContaining([
        { name: "productpage-v1-6b7f", type: "" },
        { name: "reviews-v2-5d8c", type: "" },
      ]),
      calls: [{ detectPoints: ["CLIENT", "SERVER"], sourceComponents: [], targetComponents: [] }],
    },
  }); // prettier-ignore
});

async function topologyAndServices() {
  return await oap.graphql<{
    getGlobalTopology: {
      nodes: { name: string; layers: string[] }[];
      calls: { source: string; target: string; detectPoints: string[]; targetComponents: string[] }[];
    };
    listServices: { name: string }[];
  }>(
    `query ($d: Duration!) { listServices { name } getGlobalTopology(duration: $d) { nodes { name layers } calls { source target detectPoints targetComponents } } }`,
    { d: MINUTE },
  );
}

test("only the client-side entry: a CLIENT edge, the caller registered, the callee known by hearsay", async () => {
  await oap.send([clientMessage()]);
  await oap.flush();
  const { getGlobalTopology: topology, listServices } = await topologyAndServices();
  expect(listServices).toEqual([{ name: "productpage.bookinfo" }]);
  expect(topology.calls.map(({ detectPoints }) => detectPoints)).toEqual([["CLIENT"]]);
  expect(topology.nodes).toEqual(
    expect.arrayContaining([
      { name: "productpage.bookinfo", layers: ["MESH"] },
      { name: "reviews.bookinfo", layers: ["UNDEFINED"] },
    ]),
  ); // prettier-ignore
});

test("only the server-side entry: a SERVER edge, the callee registered", async () => {
  await oap.send([serverMessage()]);
  await oap.flush();
  const { getGlobalTopology: topology, listServices } = await topologyAndServices();
  expect(listServices).toEqual([{ name: "reviews.bookinfo" }]);
  expect(topology.calls.map(({ detectPoints }) => detectPoints)).toEqual([["SERVER"]]);
});

test("404 fails for the client and not for the server; 503 fails for both", async () => {
  const code = (value: number) => ({ response: { response_code: { value } } });
  await oap.send([clientMessage(code(404))]);
  await oap.send([serverMessage(code(404))]);
  await oap.flush();
  expect(await metric("service_sla")).toEqual(["10000"]);
  expect(await metric("service_relation_client_call_sla", RELATION)).toEqual(["0"]);
  await oap.send([clientMessage(code(503))]);
  await oap.send([serverMessage(code(503))]);
  await oap.flush();
  expect(await metric("service_sla")).toEqual(["5000"]);
  expect(await metric("service_relation_client_call_sla", RELATION)).toEqual(["0"]);
  expect(await metric("service_relation_server_call_sla", RELATION)).toEqual(["5000"]);
});

test("a client that went away: no code, and no failure", async () => {
  const gone = { response: null, common: { response_flags: { downstream_connection_termination: true } } };
  await oap.send([serverMessage(gone)]);
  await oap.flush();
  expect(await metric("service_sla")).toEqual(["10000"]);
  const { meshService } = await oap.graphql<{ meshService: object }>(
    `query ($id: ID!, $w: Window!) { meshService(id: $id, window: $w) { statusClasses { class calls } } }`,
    { id: REVIEWS_ID, w: { from: Date.parse("2026-03-01T10:16:00Z"), to: Date.parse("2026-03-01T10:17:00Z") } },
  );
  expect(meshService).toEqual({ statusClasses: [{ class: "none", calls: 1 }] });
});

test("the query string is no part of the endpoint", async () => {
  await oap.send([serverMessage({ request: { path: "/reviews/0?u=x" } })]);
  await oap.flush();
  expect(await metric("endpoint_cpm", { ...REVIEWS_ENTITY, endpointName: "GET:/reviews/0" })).toEqual(["1"]);
});

test("an ingress gateway reports as a server to UNKNOWN callers and as a client of its upstream", async () => {
  const gateway = pod("istio-ingressgateway", { namespace: "istio-system", pod: "istio-ingressgateway-6f", ip: "10.244.0.5" });
  const entry = {
    common: {
      ...CLIENT_COMMON,
      upstream_cluster: "outbound|9080||productpage.bookinfo.svc.cluster.local",
      filter_state_objects: { upstream_peer: peerOf(PRODUCTPAGE) },
    },
  };
  await oap.send([message(istioNode(gateway, "router"), { http: [httpEntry(entry)] })]);
  await oap.flush();
  const { getGlobalTopology: topology, listServices } = await topologyAndServices();
  expect(listServices).toEqual([{ name: "istio-ingressgateway.istio-system" }]);
  const name = (id: string): string => Buffer.from(id.split(".")[0] ?? "", "base64").toString();
  expect(topology.calls.map(({ source, target, detectPoints }) => [name(source), name(target), ...detectPoints]).sort()).toEqual([
    ["UNKNOWN", "istio-ingressgateway.istio-system", "SERVER"],
    ["istio-ingressgateway.istio-system", "productpage.bookinfo", "CLIENT"],
  ]);
  expect(topology.nodes).toContainEqual({ name: "UNKNOWN", layers: ["UNDEFINED"] });
});

test("a TCP entry gives throughput and a tcp edge, and no calls", async () => {
  await oap.send([message(istioNode(REVIEWS), { tcp: [tcpEntry(100, 900, { common: SERVER_COMMON })] })]);
  await oap.flush();
  expect(await metric("service_throughput_received")).toEqual(["100"]);
  expect(await metric("service_throughput_sent")).toEqual(["900"]);
  expect(await metric("service_cpm")).toEqual([null]);
  const { getGlobalTopology: topology } = await topologyAndServices();
  expect(topology.calls.map(({ targetComponents }) => targetComponents)).toEqual([["tcp", "mtls"]]);
});

test("a restart on the same data directory keeps everything", async () => {
  await oap.stop();
  oap = await startOap({ at: AT });
  await bothSides();
  await oap.stop(true);
  const { dir } = oap;
  oap = await startOap({ at: "2026-03-01T10:20:00Z", dataDir: dir });
  expect(await metric("service_cpm")).toEqual(["1"]);
  expect(await metric("service_relation_client_resp_time", RELATION)).toEqual(["49"]);
  await oap.main.drain();
  expect(await metric("service_cpm")).toEqual(["1"]); // the spool was replayed, and counted nothing twice
});

test("the setup question names the proxy, what it sent and that it is counted", async () => {
  await oap.send([clientMessage()]);
  await oap.flush();
  const { meshSetup } = await oap.graphql<{ meshSetup: { proxies: object[] } }>(
    `{ meshSetup { proxies { node service instance entriesTotal resolved reason streams } } }`,
  );
  expect(meshSetup.proxies).toEqual([
    {
      node: `sidecar~10.244.1.7~${PRODUCTPAGE.pod}.bookinfo~bookinfo.svc.cluster.local`,
      service: "productpage.bookinfo",
      instance: PRODUCTPAGE.pod,
      entriesTotal: 1,
      resolved: true,
      reason: null,
      streams: 0,
    },
  ]); // prettier-ignore
});
