/** What an assistant gets over MCP, asked by the protocol's own client, against what GraphQL says of the same rows. */
import { request } from "node:http";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serviceId } from "../../oap/model/entity.ts";
import type { SetupReader } from "../../oap/model/ports.ts";
import { decodeFilter, filterInput } from "../../ui/src/lib/log-filter.ts";
import { parseSearch } from "../../ui/src/lib/url-search.ts";
import { decodeSearch, decodeWindow, type PageSearch } from "../../ui/src/lib/url-state.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { insertShop, NOW, REQUEST } from "./mcp-rows.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const WINDOW = { from: Date.parse("2026-03-01T10:16:00Z"), to: Date.parse("2026-03-01T10:31:00Z") };
const BEFORE = { from: Date.parse("2026-03-01T10:01:00Z"), to: WINDOW.from };
const CART = serviceId("cart.shop");
const TRAFFIC =
  "traffic { calls failed callRate errorShare p50 p95 p99 apdex tlsShare mtlsShare bytesIn bytesOut tcpConnections }";
const SIDE = "{ calls failed callRate p50 p95 p99 tlsShare mtlsShare tcpConnections }";

const setup: SetupReader = {
  listeners: async () => [],
  problems: async () => ["The disk is nearly full."],
  server: async () => QUIET_SERVER,
  proxies: async () => [
    {
      node: "sidecar~1",
      service: null,
      instance: null,
      streams: 1,
      since: 5,
      lastEntry: null,
      entriesPerSecond: 0,
      entriesTotal: 0,
      clockSkewed: 0,
      resolved: false,
      reason: "it sent no node",
    },
  ],
};

let query: Query;
let client: Client;
beforeAll(async () => {
  query = await startQuery({ now: NOW, setup });
  await insertShop(query);
  client = new Client({ name: "assistant", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${query.url}/mcp`)));
  await client.listTools(); // from here on the client checks every answer against the tool's output schema
});
afterAll(async () => {
  await client.close();
  await query.close();
});

interface Told {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly data: any;
  readonly text: string;
  readonly path: string;
  readonly state: PageSearch;
}

async function call(name: string, args: Record<string, unknown> = {}): Promise<Told> {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
  const text = (content as { text: string }[]).map((part) => part.text).join("\n");
  if (isError) throw new Error(text);
  const data = structuredContent as { link: string };
  const link = new URL(data.link);
  expect(link.origin).toBe(query.url);
  expect(text).toContain(data.link);
  return { data, text, path: link.pathname, state: decodeSearch(parseSearch(link.search)) };
}

const gql = async (text: string, variables: object = {}) => {
  const { data, errors } = await query.gql(text, { window: WINDOW, ...variables });
  expect(errors).toBeUndefined();
  return data;
};

test("every tool only reads, and says what it takes and answers", async () => {
  const { tools } = await client.listTools();
  expect(tools.length).toBe(12);
  for (const { name, annotations, inputSchema, outputSchema, description } of tools) {
    expect(annotations, name).toMatchObject({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
    expect(description?.length, name).toBeGreaterThan(50);
    expect(inputSchema["additionalProperties"], name).toBe(false);
    expect(outputSchema?.required, name).toEqual(expect.arrayContaining(["window", "notes", "link"]));
  }
  // What an assistant has to keep in mind of all tools.
  expect(JSON.stringify(tools.map(({ outputSchema: _, ...told }) => told)).length).toBeLessThan(20_000);
});

test("services are listed with GraphQL's numbers, and the page is the one with the same list", async () => {
  const { meshServices } = await gql(
    `query ($window: Window!) { meshServices(window: $window) { services { id name layers ${TRAFFIC} } } }`,
  );
  const { data, text, path, state } = await call("list_services");
  expect(data.services.map(({ namespace: _, ...row }: { namespace: string }) => row)).toEqual(meshServices.services);
  expect(data).toMatchObject({ matching: 4, notes: [], window: { from: "2026-03-01T10:16:00Z", to: "2026-03-01T10:31:00Z" } });
  expect(text).toContain("| cart.shop | 100 | 0.117/s | 80 % | 20 |");
  expect([path, decodeWindow(state.t)]).toEqual(["/", { lastMinutes: null, ...WINDOW }]);
  const shop = await call("list_services", { namespace: "shop", sort: "p95", limit: 1, window: "last 15 minutes" });
  expect(shop.data.services.map(({ name }: { name: string }) => name)).toEqual(["cart.shop"]);
  expect(shop.data.notes).toEqual(["2 services fit, 1 are listed (limit)."]);
  expect(shop.state).toMatchObject({ q: ".shop", sort: "-p95" });
  const plain = await call("list_services", { sort: "plaintext" });
  expect(plain.data.services[0]).toMatchObject({ name: "cart.shop", traffic: { tlsShare: 0.6 } });
});

test("a service is told in full against the window before, with GraphQL's numbers", async () => {
  const { meshService } = await gql(
    `query ($window: Window!, $id: ID!) { meshService(id: $id, window: $window) { ${TRAFFIC} statusClasses { class calls } callers { name client ${SIDE} server ${SIDE} } callees { name client ${SIDE} server ${SIDE} } } }`,
    { id: CART },
  );
  const before = await gql(`query ($window: Window!, $id: ID!) { meshService(id: $id, window: $window) { ${TRAFFIC} } }`, {
    id: CART,
    window: BEFORE,
  });
  const { data, text, path, state } = await call("describe_service", { service: "Cart.Shop" });
  expect(data).toMatchObject({
    service: { id: CART, name: "cart.shop", layers: ["MESH"] },
    now: meshService.traffic,
    before: before.meshService.traffic,
    statusClasses: meshService.statusClasses,
    notes: ['"Cart.Shop" was taken for the service cart.shop.'],
    totals: { endpoints: 2, instances: 2, callers: 2, callees: 1 },
  });
  expect(data.changes).toEqual([
    "Failed calls went up from 1 % to 20 %.",
    expect.stringMatching(/^Latency p95 went up/),
    expect.stringMatching(/^Latency p99/),
    "Calls over mTLS went down from 100 % to 60 %.",
  ]);
  expect(data.failedCalls).toEqual({ received: 20, receivedAsCallersSaw: 25, made: 0 });
  expect(data.callers).toEqual(expect.arrayContaining(meshService.callers));
  expect(data.callees).toEqual(meshService.callees);
  expect(data.callers[0].name).toBe("web.shop");
  expect(data.failingEndpoints).toMatchObject([{ name: "GET:/items", calls: 70, failed: 20 }]);
  expect(data.instances[0].name).toBe("cart-1");
  expect(data.failures[0]).toMatchObject({ code: 500, codeDetails: "via_upstream", calls: 20 });
  expect(text).toMatch(/UF: No connection to the called service could be made\./);
  expect([path, state.id, decodeWindow(state.t)]).toEqual(["/service", CART, { lastMinutes: null, ...WINDOW }]);
});

test("a short name will do where one service has it; else what there is, is told", async () => {
  const of = async (service: string) => (await call("list_failures", { service })).state.id;
  expect([await of("web"), await of(CART)]).toEqual([serviceId("web.shop"), CART]);
  // Who reports nothing is there when somebody called it.
  const outside = await call("describe_service", { service: "db.outside" });
  expect(outside.data).toMatchObject({ now: null, callers: [{ name: "cart.shop" }] });
  await expect(of("cart")).rejects.toThrow(/^service: there are several services of that name: .*cart\.blog/);
  await expect(of("cart-v2.shop")).rejects.toThrow('service: there is no service "cart-v2.shop"; did you mean');
  await expect(of("nothing")).rejects.toThrow("there are ");
});

test("the map is told by services, around one of them, and by namespaces with merged numbers", async () => {
  const { meshMap } = await gql(
    `query ($window: Window!) { meshMap(window: $window) { nodes { id name } edges { source target client ${SIDE} server ${SIDE} } } }`,
  );
  const names = new Map(meshMap.nodes.map(({ id, name }: { id: string; name: string }) => [id, name]));
  const whole = await call("show_topology");
  expect(whole.data).toMatchObject({ level: "services", totals: { nodes: meshMap.nodes.length, edges: 4 } });
  const edges = meshMap.edges.map((edge: { source: string; target: string }) => ({
    ...edge,
    source: names.get(edge.source),
    target: names.get(edge.target),
  }));
  expect(whole.data.edges.map(({ protocols: _, ...edge }: { protocols: unknown }) => edge)).toEqual(
    expect.arrayContaining(edges),
  );
  expect(whole.data.edges[0]).toMatchObject({
    source: "web.shop",
    target: "cart.shop",
    client: { failed: 25 },
    server: { failed: 20 },
  });

  const around = await call("show_topology", { around: "db.outside", hops: 1 });
  expect(around.data.nodes.map(({ name }: { name: string }) => name).sort()).toEqual(["cart.shop", "db.outside"]);
  expect([around.path, around.state.around, around.state.hops]).toEqual(["/map", serviceId("db.outside"), "1"]);

  const { meshGroup } = await gql(`query ($window: Window!) { meshGroup(window: $window, namespace: "shop") { ${TRAFFIC} } }`);
  const spaces = await call("show_topology", { level: "namespaces" });
  expect(spaces.data.nodes[0]).toMatchObject({ name: "shop", services: 2, traffic: meshGroup.traffic });
  expect(spaces.data.edges).toContainEqual(
    expect.objectContaining({
      source: "shop",
      target: "shop",
      server: expect.objectContaining({ calls: 60, failed: 20, p95: null }),
    }),
  );
  const one = await call("show_topology", { limit: 1 });
  expect(one.data.edges.length).toBe(1);
  expect(one.data.notes[0]).toBe("4 connections, of which the 1 busiest are listed (limit).");
});

test("failures are told by cause with what their flags mean, or by who calls whom", async () => {
  const { meshFailures } = await gql(
    `query ($window: Window!) { meshFailures(window: $window) { client server groups { calls share callShare code codeDetails } } }`,
  );
  const { data, text, path } = await call("list_failures");
  expect([data.seenByCallers, data.seenByCallees]).toEqual([meshFailures.client, meshFailures.server]);
  expect(data.groups).toMatchObject(meshFailures.groups);
  expect(data.flagsSeen).toMatchObject([{ short: "UF", text: "No connection to the called service could be made." }]);
  expect(text).toContain("connection refused, timeout and TLS errors are different matters");
  expect(path).toBe("/failures");
  const edges = await call("list_failures", { service: "cart.shop", groupBy: "edge" });
  expect(edges.data.groups[0]).toMatchObject({
    reportedBy: "client",
    caller: "web.shop",
    callee: "cart.shop",
    calls: 25,
    flags: null,
  });
  expect(edges.state).toMatchObject({ id: CART, by: "edge" });
  expect((await call("list_failures", { service: "cart.blog" })).text).toContain("Nothing failed of and to cart.blog");
});

test("the access log is searched by the words of the page, which opens with the same filter", async () => {
  const filter = { kept: "failed", caller: "web", code: ["5xx"] };
  const { data, text, path, state } = await call("search_logs", { filter, facets: true });
  const asked = { kept: ["FAILED"], callers: ["web.shop"], codeClasses: [5] };
  const { meshLogs } = await gql(
    `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogs(window: $window, filter: $filter) { total { rows calls isExact } rows { requestId code codeDetails duration } } }`,
    { filter: asked },
  );
  expect(data.total).toEqual(meshLogs.total);
  expect(
    data.rows.map(({ requestId, code, codeDetails, durationMs }: Record<string, unknown>) => ({
      requestId,
      code,
      codeDetails,
      duration: durationMs,
    })),
  ).toEqual(meshLogs.rows);
  expect(data.rows[0]).toMatchObject({
    time: "2026-03-01T10:21:00.000Z",
    caller: "web.shop",
    flags: [{ short: "UF" }],
    failureReason: "connection refused",
  });
  expect(data.facets.find(({ field }: { field: string }) => field === "CODE").values.length).toBe(2);
  expect(text).toContain("web.shop → cart.shop");
  expect(text).toContain("- code: ");
  expect(path).toBe("/logs");
  expect(filterInput(decodeFilter(state.f))).toEqual(asked);
  expect(decodeWindow(state.t)).toEqual({ lastMinutes: null, ...WINDOW });
});

test("pages of the access log follow each other, and a sample is said to be one", async () => {
  const first = await call("search_logs", { limit: 3, order: "oldest" });
  const { from, to } = first.data.window;
  const second = await call("search_logs", { limit: 3, order: "oldest", after: first.data.next, from, to });
  const ids = [first, second].flatMap(({ data }) => data.rows.map(({ requestId }: { requestId: string }) => requestId));
  expect(ids).toEqual([REQUEST, REQUEST, "r-2", "r-3"]);
  expect(second.data.next).toBeNull();
  expect(first.data.notes[0]).toMatch(/only a sample is kept/);
});

test("a request is told hop by hop, and its page opens by an id that no number holds", async () => {
  const { data, text, path, state } = await call("show_request", { requestId: REQUEST });
  expect(data.hops).toMatchObject([
    {
      caller: "web.shop",
      callee: "cart.shop",
      failed: true,
      client: { reporter: "web.shop" },
      server: { reporter: "cart.shop" },
    },
  ]);
  expect(text).toContain("FAILED");
  expect([path, state.req]).toEqual(["/logs/request", REQUEST]);
  await expect(call("show_request", { requestId: "gone" })).rejects.toThrow('requestId: no report of "gone" was kept');
});

test("connections without mTLS are found by the end that accepted them, within the mesh and outside of it", async () => {
  const { meshGroup } = await gql(`query ($window: Window!) { meshGroup(window: $window) { ${TRAFFIC} } }`);
  const { data, text, state } = await call("check_encryption");
  expect(data).toMatchObject({
    mtlsEverywhere: true,
    tlsShare: meshGroup.traffic.tlsShare,
    mtlsShare: meshGroup.traffic.mtlsShare,
    withinMesh: { seen: 2, mtls: 2, notAlways: 0, unknown: 0 },
    outside: { seen: 2, mtls: 0, notAlways: 1, unknown: 1 },
    notMtls: [{ source: "UNKNOWN", target: "cart.shop", calls: 40, mtlsShare: 0, reportedBy: "server", isWithinMesh: false }],
  });
  expect(data.notMtls).toHaveLength(1);
  expect(text).toContain("mTLS between the services of the mesh everywhere: yes. 2 connections, 2 of them mTLS throughout");
  expect(data.notes[0]).toMatch(/^Of 1 connection no proxy told/);
  expect(data.notes[1]).toMatch(/^UNKNOWN as a caller/);
  expect(state.view).toBe("table");
  expect((await call("check_encryption", { from: "2026-02-28", to: "2026-03-01" })).data.mtlsEverywhere).toBeNull();
});

test("endpoints are ranked over the mesh or of one service, with GraphQL's numbers", async () => {
  const { meshTopEndpoints } = await gql(
    "query ($window: Window!) { meshTopEndpoints(window: $window, by: FAILED) { endpoints { service name calls failed callRate errorShare p50 p95 p99 } } }",
  );
  expect((await call("list_endpoints", { sort: "failed" })).data.endpoints).toEqual(meshTopEndpoints.endpoints);
  const { data, path, state } = await call("list_endpoints", { sort: "p95", service: "cart.shop", minCalls: 50, limit: 5 });
  expect(data.endpoints).toMatchObject([{ name: "GET:/items", calls: 70 }]);
  expect([path, state.id]).toEqual(["/service", CART]);
});

test("metrics expressions answer GraphQL's values, with the time or the owner of each", async () => {
  const duration = { start: "2026-03-01 1016", end: "2026-03-01 1030", step: "MINUTE" };
  const expression = "service_percentile{p='50,99'}";
  const { execExpression } = await gql(
    "query ($expression: String!, $entity: Entity!, $duration: Duration!) { execExpression(expression: $expression, entity: $entity, duration: $duration) { type results { metric { labels { key value } } values { value } } } }",
    { expression, entity: { serviceName: "cart.shop", normal: true }, duration },
  );
  const { data, path, state } = await call("query_metrics", { expression, service: "cart.shop" });
  expect(data.series.map(({ labels }: { labels: object }) => labels)).toEqual([{ p: "50" }, { p: "99" }]);
  const values = data.series.map((one: { values: { value: number | null }[] }) =>
    one.values.map(({ value }) => ({ value: value === null ? null : String(value) })),
  );
  expect(values).toEqual(execExpression.results.map((one: { values: unknown }) => one.values));
  expect(data.series[0].values[4]).toEqual({ at: "2026-03-01T10:20:00Z", owner: null, value: 10 });
  expect([path, state.id]).toEqual(["/service", CART]);

  const top = await call("query_metrics", { expression: "top_n(service_cpm, 2, des)", step: "hour" });
  expect(top.data.series[0].values.map(({ owner }: { owner: string }) => owner)).toEqual(["cart.shop", "web.shop"]);
  expect(top.data.window).toEqual({ from: "2026-03-01T10:00:00Z", to: "2026-03-01T11:00:00Z" });
  const relation = await call("query_metrics", {
    expression: "sum(service_relation_client_cpm)",
    service: "web",
    destService: "cart.shop",
  });
  expect(relation.data.series[0].values).toEqual([{ at: null, owner: null, value: 65 }]);
  expect((await call("query_metrics", { expression: "endpoint_cpm", service: "web" })).data.notes[1]).toMatch(
    /^There are no values/,
  );
  await expect(call("query_metrics", { expression: "service_cpm)", service: "web" })).rejects.toThrow(/^expression: line 1:11 /);
});

test("metrics are listed with unit, meaning and what they are of", async () => {
  const { data } = await call("list_metrics", { name: "percentile", scope: "service" });
  expect(data.metrics).toEqual([
    { name: "service_percentile", scope: "service", unit: "ms", help: "Latency percentiles.", labels: ["p"] },
  ]);
});

test("a response flag is explained, with the way to the calls that have it", async () => {
  const { meshResponseFlags } = await gql("{ meshResponseFlags { short text causes next } }", {});
  const { data, text, state } = await call("explain_response_flags", { flags: "UF, uc" });
  expect(data.flags).toEqual(
    ["UF", "UC"].map((short) => meshResponseFlags.find((one: { short: string }) => one.short === short)),
  );
  expect(text).toContain("Usual causes");
  expect(filterInput(decodeFilter(state.f))).toEqual({ flags: ["UF", "UC"] });
  expect((await call("explain_response_flags")).data.flags.length).toBe(28);
  await expect(call("explain_response_flags", { flags: ["XX"] })).rejects.toThrow(
    /^flags: there is no flag "XX"; there are LH, /,
  );
});

test("what is wrong right now is one question", async () => {
  const { data, text, path } = await call("mesh_overview");
  const { now, before } = await gql(
    `query ($window: Window!, $before: Window!) { now: meshGroup(window: $window) { services ${TRAFFIC} } before: meshGroup(window: $before) { ${TRAFFIC} } }`,
    { before: BEFORE },
  );
  expect(data).toMatchObject({ services: now.services, now: now.traffic, before: before.traffic });
  expect(data.failing).toMatchObject([{ name: "cart.shop", now: { failed: 20 }, failedAsCallersSaw: 25 }]);
  expect(data.changed.map(({ name }: { name: string }) => name)).toContain("cart.shop");
  expect(data.failures[0]).toMatchObject({ caller: "web.shop", callee: "cart.shop", code: 500, calls: 20 });
  expect(data.problems).toEqual([
    "The disk is nearly full.",
    "1 of 1 proxies talk, but yield no service; sidecar~1: it sent no node.",
  ]);
  expect(text).toContain("## Services that changed\n- cart.shop: Failed calls went up from 1 % to 20 %.");
  expect(path).toBe("/");
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["list_services", { window: "soon" }, /^window: "soon" is no window; write "last 30m"/],
  ["list_services", { from: "now-1h", window: "1h" }, /^window: give either/],
  ["list_services", { limit: 201 }, /limit/],
  ["list_services", { time_range: "1h" }, /time_range/],
  ["describe_service", {}, /service/],
  ["search_logs", { filter: { code: "bad" } }, /^filter\.code: "bad" is not 503/],
  ["search_logs", { filter: { status: 500 } }, /status/],
  ["search_logs", { filter: { flag: "ZZ" } }, /ZZ/],
  ["search_logs", { filter: { caller: "nobody" } }, /^filter\.caller: there is no service "nobody"/],
  ["search_logs", { window: "last 60 days" }, /^window: 60 days are more than the 31/],
  ["search_logs", { after: "nonsense" }, /after/],
  ["show_topology", { hops: 11, around: "web" }, /hops/],
  ["query_metrics", { expression: "service_cpm", service: "web", step: "minute", window: "last 2 days" }, /500 MINUTEs/],
])("%s tells a mistake by its argument: %j", async (name, args, message) => {
  await expect(call(name, args)).rejects.toThrow(message);
});

test("what fails on the server is told by an id only", async () => {
  const { query: read } = query.engine;
  query.engine.query = () => Promise.reject(new Error("secret of the storage"));
  try {
    await expect(call("list_failures")).rejects.toThrow(/^Something went wrong on the server \(error [0-9a-f]{8}\)$/);
  } finally {
    query.engine.query = read;
  }
  expect(query.failures.some((text) => text.includes("secret of the storage"))).toBe(true);
});

const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const post = (message: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${query.url}/mcp`, { method: "POST", headers: { ...HEADERS, ...headers }, body: JSON.stringify(message) });

test("there are no sessions: only POST is answered, from our own pages and from programs", async () => {
  for (const method of ["GET", "DELETE"]) {
    const answer = await fetch(`${query.url}/mcp`, { method, headers: { accept: "text/event-stream" } });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  }
  const ping = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  expect((await post(ping, { origin: "http://rebound.example" })).status).toBe(403);
  expect((await post(ping, { origin: query.url })).status).toBe(200);
  expect((await post(ping, { "content-type": "text/plain" })).status).toBe(415);
  expect((await post("x".repeat(300_000))).status).toBe(413);
  expect(query.http.refused.bodies).toBe(1);
  expect((await post(Array.from({ length: 11 }, (_, id) => ({ ...ping, id })))).status).toBe(400);
});

test("clients of earlier revisions of the protocol are served too", async () => {
  const clientInfo = { name: "older", version: "1" };
  for (const protocolVersion of ["2025-03-26", "2025-06-18", "2025-11-25"]) {
    const hello = await post({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion, capabilities: {}, clientInfo },
    });
    expect(await hello.text()).toContain(`"protocolVersion":"${protocolVersion}"`);
    const listed = await post(
      { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "list_services", arguments: {} } },
      { "mcp-protocol-version": protocolVersion },
    );
    expect(await listed.text()).toContain("cart.shop");
  }
});

test("a name in the Host that is none of this machine makes no link to it", async () => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "list_services", arguments: {} } });
  const headers = { ...HEADERS, host: "elsewhere", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" };
  const said = await new Promise<string>((resolve, reject) => {
    const asked = request(`${query.url}/mcp`, { method: "POST", headers }, async (answer) =>
      resolve((await answer.toArray()).join("")),
    );
    asked.once("error", reject).end(body);
  });
  expect(said).toContain(`${query.url}/?t=`);
  expect(said).not.toMatch(/elsewhere|evil\.example/);
});

test("people choose questions from a menu, and the assistant is told how to go about them", async () => {
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toEqual(["what_is_wrong", "why_is_it_failing"]);
  const { messages } = await client.getPrompt({ name: "why_is_it_failing", arguments: { service: "cart.shop" } });
  const content = messages[0]?.content;
  const text = content?.type === "text" ? content.text : "";
  expect(text).toContain("Why is cart.shop failing");
  const { tools } = await client.listTools();
  for (const [name] of text.matchAll(/\b(?:list|show|describe|search|mesh|check|query)_[a-z_]+/g))
    expect(tools.map((tool) => tool.name)).toContain(name);
});
