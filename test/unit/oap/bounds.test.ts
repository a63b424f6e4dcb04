/** Every bound of an ingest process and of main: its setting moves it, a hit is counted, and the log names the setting. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../oap/config/load.ts";
import { structAny } from "../../../oap/demo/proto.ts";
import { type Ingest, startIngest } from "../../../oap/ingest.ts";
import { Main } from "../../../oap/main.ts";
import { BOUNDS } from "../../../oap/telemetry/bounds.ts";
import type { Logger } from "../../../oap/telemetry/logger.ts";
import { hashPassword } from "../../../query/access/secret-hash.ts";
import { httpEntry, istioNode, message, peerOf, plainNode, pod, tcpEntry } from "../../builders/access-log.ts";
import { sendMessages } from "../../harness/als-client.ts";
import { families } from "../../harness/exposition.ts";
import { until } from "../../harness/process.ts";

interface Said {
  readonly bound?: string;
  readonly hits?: number;
  readonly setting?: string;
}

const clock = { now: () => Date.now() };
const CART = istioNode(pod("cart"));
let dir: string;
let said: Said[];
let log: Logger;
let running: { stop(): Promise<void> }[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-bounds-"));
  said = [];
  running = [];
  log = { warn: (detail: Said) => void said.push(detail), error: () => {}, info: () => {} } as unknown as Logger;
});
afterEach(async () => {
  for (const one of running) await one.stop();
  rmSync(dir, { recursive: true, force: true });
});

function configOf(settings: Readonly<Record<string, string>>) {
  return loadConfig({ OAP_DATA_DIR: dir, OAP_FLUSH_INTERVAL_MS: "100", ...settings });
}

/** Reports of a server: calls of one path each. */
const inbound = (paths: readonly string[], common: object = {}): object[] =>
  paths.map((path) => {
    const startTime = new Date().toISOString();
    return httpEntry({ startTime, common: { upstream_cluster: "inbound|80||", ...common }, request: { path } });
  });
const byPeer = (peer: object): object[] => inbound(["/x"], { filter_state_objects: { downstream_peer: peer } });
const outbound = (to: string): object =>
  httpEntry({
    startTime: new Date().toISOString(),
    common: {
      upstream_cluster: `outbound|80||${to}`,
      filter_state_objects: { upstream_peer: peerOf(pod(to, { pod: `${to}-1` })) },
    },
  });
const open = (id: string): object =>
  tcpEntry(1, 1, { common: { upstream_cluster: "inbound|80||", access_log_type: 2, stream_id: id } });
const many = (count: number, path: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => path(i));
const word = (i: number): string =>
  i.toString(26).replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)));
const filler = (i: number): object => structAny({ service: `s${i}`, namespace: "shop", filler: "x".repeat(30_000) });

/** Bound, the settings that make it tight, and messages that hit it and do not hit it with the defaults. */
const CASES: readonly (readonly [bound: string, settings: Readonly<Record<string, string>>, messages: () => Buffer[]])[] = [
  [
    "proxies",
    { OAP_PROXIES_MAX: "1" },
    () => [message(plainNode("a", "a"), { http: inbound(["/"]) }), message(plainNode("b", "b"), { http: inbound(["/"]) })],
  ],
  ["peers", { OAP_PEERS_MAX: "1" }, () => [message(CART, { http: [...byPeer(peerOf(pod("a"))), ...byPeer(peerOf(pod("b")))] })]],
  [
    "peers",
    { OAP_PEERS_MAX_BYTES: "65536", OAP_PEERS_PEER_MAX_BYTES: "65536" },
    () => [message(CART, { http: [0, 1, 2, 3].flatMap((i) => byPeer(filler(i))) })],
  ],
  ["peer_bytes", { OAP_PEERS_PEER_MAX_BYTES: "64" }, () => [message(CART, { http: byPeer(peerOf(pod("a"))) })]],
  ["periodic_streams", { OAP_PERIODIC_STREAMS_MAX: "1" }, () => [message(CART, { tcp: [open("1"), open("2")] })]],
  ["workloads", { OAP_SERVICES_MAX: "1" }, () => [message(CART, { http: byPeer(peerOf(pod("a"))) })]],
  ["workloads", { OAP_INSTANCES_MAX: "1" }, () => [message(CART, { http: byPeer(peerOf(pod("a"))) })]],
  ["idle_workloads", { OAP_SERVICES_MAX: "2" }, () => [message(CART, { http: byPeer(peerOf(pod("a"))) })]],
  ["attributes", { OAP_INSTANCES_ATTRIBUTES: "1" }, () => [message(CART, { http: inbound(["/"]) })]],
  ["paths", { OAP_PATHS_MAX: "1" }, () => [message(CART, { http: inbound(["/a", "/b"]) })]],
  ["paths", { OAP_PATHS_MAX_BYTES: "65536" }, () => [message(CART, { http: inbound([`/${"x/".repeat(40_000)}`]) })]],
  ["path_positions", { OAP_ENDPOINTS_POSITIONS: "1" }, () => [message(CART, { http: inbound(["/a/b"]) })]],
  ["endpoints", { OAP_ENDPOINTS_PER_SERVICE: "1" }, () => [message(CART, { http: inbound(["/a", "/b"]) })]],
  [
    "instance_pairs",
    { OAP_INSTANCE_RELATIONS_PER_INSTANCE: "1" },
    () => [message(CART, { http: [outbound("a"), outbound("b")] })],
  ],
  ["hand_over", { OAP_FLUSH_MAX_LATENCIES: "1000" }, () => [message(CART, { http: inbound(many(1_001, () => "/")) })]],
  [
    "hand_over",
    { OAP_FLUSH_MAX_SLOTS: "1000", OAP_ENDPOINTS_PER_SERVICE: "2000", OAP_ENDPOINTS_CHILDREN: "2000" },
    () => [message(CART, { http: inbound(many(1_001, (i) => `/${word(i)}`)) })],
  ],
  ["memory", { OAP_MEMORY_MAX_BYTES: String(128 << 20), OAP_LEAVE_MEMORY: "" }, () => []],
];

const hitsOf = (ingest: Ingest, bound: string): number =>
  Object.entries(ingest.status().counters).reduce((sum, [key, count]) => (BOUNDS[key]?.bound === bound ? sum + count : sum), 0);

async function start(settings: Readonly<Record<string, string>>): Promise<{ ingest: Ingest; address: string }> {
  const { OAP_LEAVE_MEMORY: _, ...own } = settings;
  const ingest = await startIngest(configOf({ OAP_MEMORY_MAX_BYTES: String(2 ** 40), ...own }), running.length, clock, log);
  running.push(ingest);
  return { ingest, address: `127.0.0.1:${await ingest.listen("127.0.0.1", 0)}` };
}

test.for(CASES)("%s is moved by %o, counted and said", async ([bound, settings, messages]) => {
  const { ingest, address } = await start(settings);
  if (messages().length > 0) await sendMessages(address, messages());
  const line = await until(
    async () => said.find((one) => one.bound === bound),
    (one) => one !== undefined,
  );
  expect(hitsOf(ingest, bound)).toBeGreaterThanOrEqual(line?.hits ?? 1);
  const variables = Object.keys(settings).map((name) => name.replaceAll("_", "").toLowerCase());
  const named = (line?.setting ?? "").split(", ").map((key) => `oap${key.replaceAll(".", "").toLowerCase()}`);
  expect(named.some((name) => variables.includes(name) || variables.includes(`${name}bytes`))).toBe(true);
  if (bound === "memory") return;
  const easy = await start({});
  await sendMessages(easy.address, messages());
  await easy.ingest.handOver(true);
  expect(hitsOf(easy.ingest, bound)).toBe(0);
});

const closed = (socket: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 500);
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });

test("connections beyond grpc.streamsMax are closed, counted and said; the others stay", async () => {
  const { ingest, address } = await start({ OAP_GRPC_STREAMS_MAX: "16" });
  const port = Number(address.split(":")[1]);
  const first = Array.from({ length: 16 }, () => connect(port, "127.0.0.1"));
  const isFirstClosed = Promise.all(first.map(closed));
  await Promise.all(first.map((socket) => new Promise((done) => socket.once("connect", done))));
  await until(
    async () => closed(connect(port, "127.0.0.1")),
    (gone) => gone,
  );
  expect(await isFirstClosed).toEqual(first.map(() => false));
  expect(ingest.status().counters["refused_stream_connections"]).toBe(1);
  for (const socket of first) socket.destroy();
  expect(await until(async () => said[0], Boolean)).toMatchObject({ bound: "connections", setting: "grpc.streamsMax" });
});

/** Main as far as it comes without storage. */
async function startMain(settings: Readonly<Record<string, string>>) {
  const main = new Main(configOf(settings), clock, log);
  running.push(main);
  const url = `http://127.0.0.1:${await main.http.listen("127.0.0.1", 0)}`;
  const hits = async (bound: string): Promise<number> => {
    const found = families(await (await fetch(`${url}/metrics`)).text()).get("sidelight_bound_hits_total")?.samples;
    return found?.find(({ labels }) => labels["bound"] === bound && labels["process"] === "main")?.value ?? -1;
  };
  const post = async (query: string): Promise<number> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) })).status;
  };
  return { main, url, hits, post };
}

test.for([
  ["query_body", { OAP_QUERY_MAX_BODY_BYTES: "1024" }, `{ version } ${" ".repeat(2_000)}`, "query.maxBodyBytes"],
  ["query_tokens", { OAP_QUERY_MAX_TOKENS: "100" }, `{ ${"version ".repeat(120)} }`, "query.maxTokens"],
  ["query_fields", { OAP_QUERY_MAX_FIELDS: "100" }, `{ ${"version ".repeat(120)} }`, "query.maxFields"],
  ["query_aliases", { OAP_QUERY_MAX_ALIASES: "10" }, `{ ${"a: version ".repeat(11)} }`, "query.maxAliases"],
  [
    "query_depth",
    { OAP_QUERY_MAX_DEPTH: "5" },
    "{ __schema { types { fields { type { ofType { name } } } } } }",
    "query.maxDepth",
  ],
] as const)("a question beyond %s is refused, counted and said", async ([bound, settings, query, setting]) => {
  const { main, hits, post } = await startMain(settings);
  expect(await post("{ version }")).toBe(200);
  expect(await hits(bound)).toBe(0);
  expect(await post(query)).toBeGreaterThanOrEqual(400);
  expect(await hits(bound)).toBe(1);
  await main.audit();
  expect(said).toMatchObject([{ bound, hits: 1, setting }]);
  const easy = await startMain({});
  expect([await easy.post(query), await easy.hits(bound)]).toEqual([200, 0]);
});

test("an expression beyond query.maxValues is refused, counted and said", async () => {
  const list = "top_n(service_cpm,5000,des)";
  const query = `{ execExpression(expression: "is_present(${list},${list},${list})", entity: {},
    duration: { start: "2026-03-01", end: "2026-03-02", step: DAY }) { error } }`;
  const { main, hits, post } = await startMain({ OAP_QUERY_MAX_VALUES: "10000" });
  expect([await hits("query_values"), await post(query), await hits("query_values")]).toEqual([0, 200, 1]);
  await main.audit();
  expect(said).toMatchObject([{ bound: "query_values", hits: 1, setting: "query.maxValues" }]);
});

test("HTTP connections beyond http.maxConnections are closed, counted and said", async () => {
  const { main, url } = await startMain({ OAP_HTTP_MAX_CONNECTIONS: "1" });
  const port = Number(new URL(url).port);
  const first = connect(port, "127.0.0.1");
  await new Promise((done) => first.once("connect", done));
  expect(await closed(connect(port, "127.0.0.1"))).toBe(true);
  await main.audit();
  expect(said).toMatchObject([{ bound: "http_connections", hits: 1, setting: "http.maxConnections" }]);
  first.destroy();
});

test("wrong passwords beyond http.failedLoginsPerMinute are not checked, counted and said", async () => {
  const users = `ann:read:${await hashPassword("right", { ln: 14, r: 8, p: 1 })}`;
  const limits = { OAP_HTTP_FAILED_LOGINS_PER_MINUTE: "1", OAP_HTTP_ALLOW_ANONYMOUS: "true" };
  const { main, url, hits } = await startMain({ OAP_HTTP_USERS: users, ...limits });
  const login = async (password: string): Promise<number> =>
    (await fetch(`${url}/metrics`, { headers: { Authorization: `Basic ${btoa(`ann:${password}`)}` } })).status;
  expect([await login("wrong"), await hits("failed_logins"), await login("wrong again")]).toEqual([401, 0, 429]);
  expect(await hits("failed_logins")).toBe(1);
  await main.audit();
  expect(said).toMatchObject([{ bound: "failed_logins", hits: 1, setting: "http.failedLoginsPerMinute" }]);
});

test.for(["spool", "spool_log_rows", "refused_batches"])("main tells how often the bound %s was hit", async (bound) => {
  expect(await (await startMain({})).hits(bound)).toBe(0);
});

test.for([
  ["node_path_positions", { OAP_ENDPOINTS_NODE_POSITIONS: "1" }, "endpoints.nodePositions"],
  ["node_endpoints", { OAP_ENDPOINTS_NODE_NAMES: "1" }, "endpoints.nodeNames"],
] as const)("the register of endpoint names is bounded: %s", async ([bound, settings, setting]) => {
  const { main, hits } = await startMain(settings);
  const templates = ["/a/b", "/c/d"];
  const answers = main.endpoints.answer(templates.map((template) => ({ service: "cart", method: "GET", template })));
  expect(answers.map(({ name }) => name)).toEqual(["GET:/a/b", "GET:/c/d"]);
  expect(await hits(bound)).toBeGreaterThan(0);
  await main.audit();
  expect(said).toMatchObject([{ bound, setting }]);
});
