import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SetupReader } from "../../oap/model/ports.ts";
import { HttpServer } from "../../query/server.ts";
import { REQUEST_LIMITS } from "../builders/limits.ts";
import { READY_NODE } from "../builders/node.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { storageOf } from "../builders/storage-reader.ts";
import { KEEP_ALL } from "../harness/clickhouse.ts";
import { type Query, startQuery } from "./query-fixture.ts";

let query: Query;
let uiDir: string;
beforeAll(async () => {
  uiDir = mkdtempSync(join(tmpdir(), "sidelight-assets-"));
  query = await startQuery({ now: "2026-03-01T10:30:00Z", uiDir });
});
afterAll(async () => {
  await query.close();
  rmSync(uiDir, { recursive: true, force: true });
});

const JSON_TYPE = { "content-type": "application/json" };
const VERSION = JSON.stringify({ query: "{ version }" });

async function post(body: string, headers: Record<string, string> = JSON_TYPE) {
  const answer = await fetch(`${query.url}/graphql`, { method: "POST", headers, body });
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
}

function anotherServer(listeners: SetupReader["listeners"] = async () => []): HttpServer {
  return new HttpServer({
    sql: query.engine,
    clock: query.clock,
    setup: { listeners, proxies: async () => [], problems: async () => [], server: async () => QUIET_SERVER },
    retention: KEEP_ALL,
    storage: storageOf(query.engine),
    limits: REQUEST_LIMITS,
    connectionsMax: 1_000,
    node: READY_NODE,
    metrics: async () => "",
    onError: () => {},
  });
}

test("a question posted as JSON is answered as JSON, with or without parameters of the type", async () => {
  for (const type of ["application/json", "application/json; charset=utf-8", "Application/JSON;x=y"]) {
    const answer = await post(VERSION, { "content-type": type });
    expect(answer).toMatchObject({ status: 200, type: expect.stringContaining("application/json") });
    expect(JSON.parse(answer.text).data.version).toMatch(/^\d+\.\d+/);
  }
});

test("a bare document may be posted as application/graphql", async () => {
  expect(await post("{ version }", { "content-type": "application/graphql" })).toMatchObject({ status: 200 });
});

test.each(["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])("%s is not allowed", async (method) => {
  const answer = await fetch(`${query.url}/graphql?query={version}`, { method });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
});

test.each(["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])(
  "a body of type %s is not taken",
  async (type) => {
    expect(await post(VERSION, { "content-type": type })).toMatchObject({ status: 415 });
  },
);

test("a client chooses among the types that can be answered", async () => {
  const typeFor = async (accept: string) => {
    const { status, type } = await post(VERSION, { ...JSON_TYPE, accept });
    return `${status} ${type?.split(";")[0]}`;
  };
  expect(await typeFor("application/json")).toBe("200 application/json");
  expect(await typeFor("application/json; charset=utf-8")).toBe("200 application/json");
  expect(await typeFor("application/graphql+json")).toBe("200 application/graphql+json");
  expect(await typeFor("*/*")).toBe("200 application/json");
  expect(await typeFor("text/html, */*;q=0.1")).toBe("200 application/json");
  expect(await typeFor("text/html")).toBe("406 text/plain");
});

test.each([
  ["broken JSON", "{"],
  ["a JSON list", `[${VERSION}]`],
  ["no query", "{}"],
  ["an empty query", '{"query":" "}'],
  ["a query that is no text", '{"query":1}'],
  ["nothing", ""],
])("%s is answered 400 in plain text", async (_, body) => {
  expect(await post(body)).toMatchObject({ status: 400, type: expect.stringContaining("text/plain") });
});

test.each([
  ["a document that does not parse", { query: "{" }],
  ["an empty document, as clients send for empty widgets", { query: "query queryData() {}" }],
  ["an unknown field", { query: "{ nope }" }],
  ["an argument of a wrong type", { query: "{ typeOfMetrics(name: 1) }" }],
  ["a missing argument", { query: "{ typeOfMetrics }" }],
  ["a missing variable", { query: "query($n: String!) { typeOfMetrics(name: $n) }" }],
  ["an unknown operation", { query: "query a { version } query b { version }", operationName: "c" }],
  ["more than 6000 fields", { query: `{ ${"listLayerLevels { layer level } ".repeat(2_001)} }` }],
  ["more than 20000 tokens", { query: `{ ${"version ".repeat(20_001)} }` }],
])("%s is answered 400 with errors and without data", async (_, body) => {
  const answer = await post(JSON.stringify(body));
  expect(answer.status).toBe(400);
  const parsed = JSON.parse(answer.text);
  expect(parsed.errors[0].message).not.toBe("");
  expect(parsed).not.toHaveProperty("data");
});

test("fields of a fragment count as often as they are used", async () => {
  const spread = (uses: number) => {
    const fields = Array.from({ length: 1_000 }, (_, i) => `a${i}: listLayerLevels { layer level }`).join(" ");
    return JSON.stringify({ query: `{ ${"...F ".repeat(uses)} } fragment F on Query { ${fields} }` });
  };
  expect((await post(spread(2))).status).toBe(200);
  expect((await post(spread(3))).status).toBe(400);
});

test("5000 fields are within the limits", async () => {
  const fields = Array.from({ length: 1_666 }, (_, i) => `a${i}: listLayerLevels { layer level }`).join(" ");
  expect((await post(JSON.stringify({ query: `{ version __typename ${fields} }` }))).status).toBe(200);
});

test("an error of a resolver is part of an answer, with its message and code", async () => {
  const duration = '{ start: "x", end: "y", step: DAY }';
  const answer = await post(JSON.stringify({ query: `{ version getGlobalTopology(duration: ${duration}) { nodes { id } } }` }));
  expect(answer.status).toBe(200);
  const { data, errors } = JSON.parse(answer.text);
  expect(data).toMatchObject({ version: expect.any(String), getGlobalTopology: null });
  expect(errors[0]).toMatchObject({ message: expect.stringContaining('"x" is no time'), extensions: { code: "BAD_QUERY" } });
});

test("an error below a field that is never null empties the answer, still 200", async () => {
  const text = '{ listInstances(serviceId: "YQ==.1", duration: { start: "x", end: "y", step: DAY }) { id } }';
  const answer = await post(JSON.stringify({ query: text }));
  expect([answer.status, JSON.parse(answer.text).data]).toEqual([200, null]);
});

test("a body beyond 4 MB is refused", async () => {
  expect((await post(JSON.stringify({ query: `{ version } # ${"x".repeat(5_000_000)}` }))).status).toBe(413);
});

test("introspection is on, and large answers are compressed when the client takes that", async () => {
  const body = JSON.stringify({ query: "{ __schema { types { name description fields { name type { name } } } } }" });
  const headers = { ...JSON_TYPE, "accept-encoding": "gzip" };
  const { encoding, text } = await new Promise<{ encoding: string | undefined; text: string }>((resolve, reject) => {
    const ask = request(`${query.url}/graphql`, { method: "POST", headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ encoding: answer.headers["content-encoding"], text: gunzipSync(Buffer.concat(chunks)).toString() }),
      );
    });
    ask.once("error", reject);
    ask.end(body);
  });
  expect(encoding).toBe("gzip");
  expect(text).toContain("execExpression");
});

test("health, readiness and our own metrics are answered", async () => {
  const ask = async (path: string) => {
    const answer = await fetch(query.url + path);
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  expect(await ask("/healthz/live")).toBe("200 live");
  expect(await ask("/healthz/ready")).toBe("200 ready");
  expect(await ask("/metrics")).toBe("200 sidelight_up 1");
});

test("the dashboard is said to be missing until it is built, and then served on every path without a dot", async () => {
  const ask = async (path: string) => {
    const answer = await fetch(query.url + path);
    return {
      status: answer.status,
      type: answer.headers.get("content-type"),
      cache: answer.headers.get("cache-control"),
      text: await answer.text(),
    };
  };
  expect(await ask("/")).toMatchObject({ status: 503, text: expect.stringContaining("not built") });
  mkdirSync(join(uiDir, "assets"));
  writeFileSync(join(uiDir, "index.html"), '<div id="root"></div>');
  writeFileSync(join(uiDir, "assets", "app-1a2b.js"), `/* ${"x".repeat(5_000)} */`);
  const page = { status: 200, type: "text/html; charset=utf-8", cache: "no-cache", text: '<div id="root"></div>' };
  for (const path of ["/", "/services", "/map/deep?from=1"]) expect(await ask(path)).toEqual(page);
  expect(await ask("/assets/app-1a2b.js")).toMatchObject({ status: 200, cache: "public, max-age=31536000, immutable" });
  for (const path of ["/favicon.ico", "/assets/gone.js", "/../package.json", "/%2e%2e/package.json"]) {
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  }
  expect((await ask("/%zz")).status).toBe(400);
});

test("accepted sockets that are handed over paused are served, and answered before a stop", async () => {
  const slow = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const handed = anotherServer(async () => {
    asked.resolve();
    await slow.promise;
    return [];
  });
  const listener = createTcpServer({ pauseOnConnect: true }, (socket) => handed.accept(socket));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  const ask = (text: string) =>
    fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ query: text }) });
  expect((await ask("{ version }")).status).toBe(200);
  const busy = ask("{ meshSetup { now listeners { address } } }");
  await asked.promise;
  const stopped = handed.stop();
  slow.resolve();
  expect(await (await busy).json()).toEqual({ data: { meshSetup: { now: query.clock.nowMs, listeners: [] } } });
  await stopped;
  listener.close();
});

test("a port in use is named", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(anotherServer().listen("127.0.0.1", port)).rejects.toThrow(String(port));
  taken.close();
});

test("bytes that are no HTTP cost only their connection", async () => {
  const { port } = new URL(query.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write("\u0000\u0001 nonsense\r\n\r\n"));
    socket.resume();
    socket.once("close", () => resolve());
  });
  expect((await post(VERSION)).status).toBe(200);
});
