/** Access-log search on stored rows. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LogFilterInput, logFilter } from "../../query/log-filter.ts";
import { sqlFragments } from "../../query/readers/sql.ts";
import { type LogRowInput, logRow } from "../builders/log-row.ts";
import { type Answer, type Query, startQuery } from "./query-fixture.ts";

const NOW = "2026-03-01T12:30:00Z";
const at = (text: string): number => Date.parse(`2026-03-01T${text}Z`);
const WINDOW = { from: at("09:00:00"), to: at("10:30:00") };

/** Each row differs from the usual one in what its name says. */
const ROWS: Readonly<Record<string, LogRowInput>> = {
  usual: {},
  client: {
    detect_point: "client",
    service: "web.shop",
    instance: "web-1",
    node: "node-web",
    caller: "",
    caller_instance: "",
    callee: "cart.shop",
    callee_instance: "cart-1",
  },
  gateway: {
    detect_point: "both",
    service: "edge.istio",
    instance: "edge-1",
    caller: "UNKNOWN",
    caller_instance: "",
    callee: "web.shop",
    callee_instance: "web-1",
  },
  tcp: {
    kind: "tcp",
    method: "",
    endpoint: "",
    path: "",
    protocol: "",
    service: "db.shop",
    instance: "db-1",
    response_code: 0,
    code_details: "",
  },
  grpc: { kind: "grpc", grpc_status: 13, protocol: "HTTP/2", method: "POST" },
  failed: {
    kept: "failed",
    response_code: 503,
    response_flags: 32,
    code_details: "upstream_reset_before_response_started{connection_failure}",
    failure_reason: "delayed connect error: Connection refused",
    time: "2026-03-01 09:59:59.999999",
  },
  missing: { response_code: 404, response_flags: 256 | 16_384, code_details: "route_not_found" },
  slow: { kept: "slow", duration_us: 2_500_000, time: "2026-03-01 10:00:00.000000" },
  unknown_duration: { duration_us: 4_294_967_295, upstream_first_sent_us: 4_294_967_295 },
  orders: { path: "/Orders/42%_\\x", query: "Page=2", endpoint: "GET:/Orders/{var}" },
  straße: { path: "/Straße/Ähre", authority: "shop.example" },
  retried: {
    attempts: 3,
    upstream_address: "fd00::7",
    upstream_port: 80,
    upstream_cluster: "outbound|80||cart",
    route: "canary",
  },
  plain: { tls_mode: "none", tls_version: "", local_principal: "", peer_principal: "", sni: "" },
  other_id: {
    request_id: "other' OR 1=1 --",
    user_agent: "Mozilla/5.0 (Bot)",
    downstream_address: "192.0.2.1",
    downstream_port: 5,
  },
  headers: {
    request_headers: { "x-user": "ann", "x-token": "[redacted]" },
    response_headers: { "x-cache": "hit", "x-empty": "" },
    request_header_bytes: 9_000,
  },
  waiting: { upstream_first_received_us: 900_400, upstream_last_received_us: 900_500 },
  traced: { request_headers: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" } },
  context: { kept: "context", weight: 0, method: "PUT", duration_us: 5_000_000_000, kind: "tcp2" },
  large: { response_body_bytes: 5_000_000, weight: 8, node: "node-large" },
}; // prettier-ignore

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: NOW });
  await query.insert(
    "access_log",
    Object.entries(ROWS).map(([name, row]) => logRow({ sni: name, ...row, ...(name === "plain" ? { sni: "plain" } : {}) })),
  );
});
afterAll(() => query.close());

const LOGS = `query ($window: LogWindow!, $filter: MeshLogFilter, $first: Int, $after: String, $order: MeshLogOrder) {
  meshLogs(window: $window, filter: $filter, first: $first, after: $after, order: $order) { next total { rows calls isExact } rows { time serverName } } }`;

const KINDS = `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogFacets(window: $window, filter: $filter, fields: [KIND]) { values { rows } } }`;

const ask = (variables: object): Promise<Answer> => query.gql(LOGS, { window: WINDOW, ...variables });
/** Names of the rows that fit, in ROWS' order. */
async function fitting(filter: object): Promise<string[]> {
  const { data, errors } = await ask({ filter });
  expect(errors).toBeUndefined();
  const names = data.meshLogs.rows.map((row: { serverName: string }) => row.serverName);
  expect(data.meshLogs.total.rows).toBe(names.length);
  const { data: counted } = await query.gql(KINDS, { window: WINDOW, filter });
  expect(counted.meshLogFacets[0].values.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0)).toBe(names.length);
  return Object.keys(ROWS).filter((name) => names.includes(name));
}
const allBut = (...names: string[]): string[] => Object.keys(ROWS).filter((name) => !names.includes(name));

test.each([
  [{ services: ["web.shop"] }, allBut()],
  [{ services: ["edge.istio", "db.shop"] }, ["gateway", "tcp"]],
  [{ reporters: ["web.shop", "db.shop"] }, ["client", "tcp"]],
  [{ callers: ["web.shop"] }, allBut("gateway")],
  [{ callers: ["UNKNOWN"] }, ["gateway"]],
  [{ callees: ["web.shop"] }, ["gateway"]],
  [{ callees: ["cart.shop"] }, allBut("gateway", "tcp")],
  [{ callers: ["edge.istio"] }, ["gateway"]],
  [{ callees: ["edge.istio"] }, ["gateway"]],
  [{ callers: ["edge.istio"], callees: ["web.shop"] }, ["gateway"]],
  [{ callers: ["UNKNOWN"], callees: ["edge.istio"] }, ["gateway"]],
  [{ callers: ["UNKNOWN"], callees: ["web.shop"] }, []],
  [{ callers: ["web.shop"], callees: ["cart.shop"] }, allBut("gateway", "tcp")],
  [{ instances: ["db-1", "edge-1"] }, ["gateway", "tcp"]],
  [{ nodes: ["node-large"] }, ["large"]],
  [{ endpoints: ["GET:/Orders/{var}"] }, ["orders"]],
  [{ kinds: ["tcp", "grpc"] }, ["tcp", "grpc"]],
  [{ detectPoints: ["client", "both"] }, ["client", "gateway"]],
  [{ kept: ["FAILED"] }, ["failed"]],
  [{ kept: ["CONTEXT"] }, ["context"]],
  [{ kept: ["FAILED", "SLOW"] }, ["failed", "slow"]],
  [{ methods: ["POST"] }, ["grpc"]],
  [{ protocols: ["HTTP/2"] }, ["grpc"]],
  [{ authorities: ["shop.example"] }, ["straße"]],
  [{ path: "ORDERS/" }, ["orders"]],
  [{ path: "42%_\\X" }, ["orders"]],
  [{ path: "%" }, ["orders"]],
  [{ path: "_tems" }, []],
  [{ path: "ÄHRE" }, ["straße"]],
  [{ query: "page=2" }, ["orders"]],
  [{ codes: [404, 0] }, ["tcp", "missing"]],
  [{ codeClasses: [5] }, ["failed"]],
  [{ codeClasses: [0, 4] }, ["tcp", "missing"]],
  [{ codes: [503], codeClasses: [4] }, ["failed", "missing"]],
  [{ grpcStatuses: [13] }, ["grpc"]],
  [{ flags: ["uf", "NR"] }, ["failed", "missing"]],
  [{ flags: ["DC"] }, ["missing"]],
  [{ hasFlags: true }, ["failed", "missing"]],
  [{ hasFlags: false, kept: ["SLOW"] }, ["slow"]],
  [{ codeDetails: ["upstream_reset_before_response_started"] }, ["failed"]],
  [{ codeDetails: ["upstream_reset_before_response_started{connection_failure}"] }, ["failed"]],
  [{ failureReason: "connection REFUSED" }, ["failed"]],
  [{ minDuration: 12.001 }, ["slow", "context"]],
  [{ minDuration: 4_999_999 }, ["context"]],
  [{ minDuration: 12 }, allBut("unknown_duration")],
  [{ maxDuration: 11.999 }, []],
  [{ maxDuration: 12 }, allBut("slow", "unknown_duration", "context")],
  [{ minBytes: 2_001 }, ["large"]],
  [{ maxBytes: 2_000 }, allBut("large")],
  [{ minAttempts: 2 }, ["retried"]],
  [{ maxAttempts: 2 }, allBut("retried")],
  [{ minHeaderBytes: 601 }, ["headers"]],
  [{ maxHeaderBytes: 600 }, allBut("headers")],
  [{ minWeight: 2 }, ["large"]],
  [{ maxWeight: 0 }, ["context"]],
  [{ phases: [{ name: "WAIT", min: 900 }] }, ["waiting"]],
  [{ phases: [{ name: "WAIT", max: 899.999 }] }, allBut("waiting")],
  [{ phases: [{ name: "RECEIVE", max: 0.1 }] }, ["waiting"]],
  [{ phases: [{ name: "CONNECT" }] }, allBut("unknown_duration")],
  [{ phases: [{ name: "SEND", min: 0 }] }, allBut("unknown_duration")],
  [
    {
      phases: [
        { name: "REQUEST", min: 0.1, max: 0.1 },
        { name: "RESPONSE", min: 0.4, max: 0.4 },
      ],
    },
    allBut(),
  ],
  [
    {
      phases: [
        { name: "RESPONSE", min: 0.4 },
        { name: "REQUEST", min: 0.2 },
      ],
    },
    [],
  ],
  [{ tlsModes: ["none"] }, ["plain"]],
  [{ tlsVersions: ["TLSv1.3"], serverNames: ["usual"] }, ["usual"]],
  [{ principals: [""] }, ["plain"]],
  [{ principals: ["spiffe://mesh/ns/shop/sa/web"] }, allBut("plain")],
  [{ requestIds: ["other' OR 1=1 --"] }, ["other_id"]],
  [{ traceIds: ["4bf92f3577b34da6a3ce929d0e0e4736", "other"] }, ["traced"]],
  [{ traceIds: ["00f067aa0ba902b7"] }, []],
  [{ addresses: ["192.0.2.1", "fd00::7"] }, ["retried", "other_id"]],
  [{ addresses: ["192.0.2.1:5", "[fd00::7]:80"] }, ["retried", "other_id"]],
  [{ addresses: ["192.0.2.1:6", "[fd00::7]:81"] }, []],
  [{ upstreamClusters: ["outbound|80||cart"] }, ["retried"]],
  [{ routes: ["canary"] }, ["retried"]],
  [{ userAgent: "bot" }, ["other_id"]],
  [{ header: { name: "X-Cache" } }, ["headers"]],
  [{ header: { name: "x-user", value: "ann" } }, ["headers"]],
  [{ header: { name: "x-user", value: "bob" } }, []],
  [{ header: { name: "x-user", value: "" } }, []],
  [{ header: { name: "x-empty", value: "" } }, ["headers"]],
  [{ path: "items", kept: ["REST"], methods: ["POST"] }, ["grpc"]],
  [{ services: [], path: "", codes: null }, allBut()],
])("the filter %j finds what it names and nothing else", async (filter, names) => {
  expect(await fitting(filter)).toEqual(names);
}); // prettier-ignore

const TEXT_FILTERS = ["path", "query", "failureReason", "userAgent"];
const LIST_FILTERS = [
  "services",
  "reporters",
  "callers",
  "callees",
  "instances",
  "nodes",
  "endpoints",
  "kinds",
  "detectPoints",
  "methods",
  "protocols",
  "authorities",
  "codeDetails",
  "tlsModes",
  "tlsVersions",
  "serverNames",
  "principals",
  "requestIds",
  "traceIds",
  "addresses",
  "upstreamClusters",
  "routes",
]; // prettier-ignore
const HOSTILE = ["' OR 1=1 --", "\\' OR 1=1 --", "{from:Int64}", "') OR (1=1", "\0", "\n\t\\N", "🦊'\"`;", "%%__", "\\"];

/** Where all but one of ROWS are. */
const HOUR = { from: at("10:00:00"), to: at("10:30:00") };

test("hostile texts in every text argument find nothing and break nothing", async () => {
  const texts = HOSTILE.map((text) => `no such ${text}`);
  const filters = [
    ...LIST_FILTERS.map((key) => ({ [key]: texts })),
    ...texts.flatMap((text) => [
      ...TEXT_FILTERS.map((key) => ({ [key]: text })),
      { header: { name: text } },
      { header: { name: "x-user", value: text } },
    ]),
  ];
  for (let i = 0; i < filters.length; i += 25) {
    const some = filters.slice(i, i + 25);
    const types = some.map((_, j) => `$f${j}: MeshLogFilter`).join(", ");
    const fields = some.map((_, j) => `f${j}: meshLogs(window: $window, filter: $f${j}) { rows { time } }`);
    const variables = Object.fromEntries(some.map((filter, j) => [`f${j}`, filter]));
    const question = `query ($window: LogWindow!, ${types}) { ${fields.join("\n")} }`;
    const { data, errors } = await query.gql(question, { window: HOUR, ...variables });
    expect(errors).toBeUndefined();
    expect(Object.values<{ rows: object[] }>(data).flatMap(({ rows }) => rows)).toEqual([]);
  }
  for (const id of HOSTILE) {
    const { data } = await query.gql(`query ($id: String!) { meshRequest(id: $id) { id } }`, { id });
    expect(data).toEqual({ meshRequest: null });
  }
});

test("texts that a column holds are found by exactly that text, whatever characters are in it", async () => {
  await query.insert(
    "access_log",
    HOSTILE.map((text, i) => logRow({ time: "2026-02-01 10:00:00.000000", path: `/a${text}b`, sni: String(i), route: text })),
  ); // prettier-ignore
  const window = { from: Date.parse("2026-02-01T10:00:00Z"), to: Date.parse("2026-02-01T10:30:00Z") };
  for (const [i, text] of HOSTILE.entries()) {
    for (const filter of [{ routes: [text] }, { path: `A${text}B` }]) {
      const { data } = await ask({ window, filter });
      expect(data.meshLogs.rows.map((row: { serverName: string }) => row.serverName)).toEqual([String(i)]);
    }
  }
});

test.each([
  [{ filter: { flags: ["XX"] } }, "filter.flags: there is no response flag XX"],
  [{ filter: { services: Array(101).fill("a") } }, "filter.services: 101 values are more than 100"],
  [{ filter: { header: { name: "" } } }, "filter.header: its name is empty"],
  [{ filter: { phases: [{ name: "WAIT", min: -1 }] } }, "filter.phases: -1 ms is below 0"],
  [{ filter: { path: "x".repeat(1_001) } }, "filter.path: a text is longer than 1000 characters"],
  [{ filter: { codes: [70_000] } }, "filter.codes: 70000 is not from 0 to 65535"],
  [{ filter: { minDuration: -1 } }, "filter.minDuration: -1 is below 0"],
  [{ first: 0 }, "first: 0 is not from 1 to 1000"],
  [{ first: 1_001 }, "first: 1001 is not from 1 to 1000"],
  [{ after: "nonsense" }, "after: this is not the end of a page"],
  [{ window: { from: 5, to: 5 } }, "window: from 5 must be before to 5"],
  [{ window: { from: 0, to: 32 * 86_400_000 } }, "window: 32 days are more than the 31 that can be asked for"],
])("%j is refused with a sentence that names the part", async (variables, message) => {
  const { errors } = await ask(variables);
  expect(errors?.[0]).toMatchObject({ message, extensions: { code: "BAD_QUERY" } });
});

test("a window is exact: from is in it, to is not", async () => {
  const one = async (from: string, to: string): Promise<number> =>
    (await ask({ window: { from: at(from), to: at(to) } })).data.meshLogs.total.rows;
  expect(await one("10:00:00", "10:00:00.001")).toBe(1);
  expect(await one("09:59:59.999", "10:00:00")).toBe(1);
  expect(await one("10:00:00.001", "10:16:00")).toBe(0);
  expect(await one("07:00:00", "08:00:00")).toBe(0);
});

test("a row comes back with all it holds, unknown and empty as null, flags in words, phases of which both ends are known", async () => {
  const all = `time kept weight kind detectPoint reporter instance node caller callerInstance callee calleeInstance endpoint method protocol
    authority path query code grpcStatus flags { short text } codeDetails failureReason duration phases { name from to } requestHeaderBytes
    requestBodyBytes responseHeaderBytes responseBodyBytes attempts tlsMode tlsVersion serverName localPrincipal peerPrincipal requestId
    downstreamAddress upstreamAddress upstreamCluster route userAgent requestHeaders { key value } responseHeaders { key value }`;
  const row = async (name: string) =>
    (
      await query.gql(
        `query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogs(window: $window, filter: $filter) { rows { ${all} } } }`,
        { window: WINDOW, filter: { serverNames: [name] } },
      )
    ).data.meshLogs.rows[0]; // prettier-ignore
  expect(await row("failed")).toMatchSnapshot();
  expect(await row("unknown_duration")).toMatchObject({
    duration: null,
    query: null,
    callee: null,
    grpcStatus: null,
    flags: [],
    failureReason: null,
    phases: [{ name: "REQUEST" }, { name: "WAIT" }, { name: "RECEIVE" }, { name: "RESPONSE" }],
  });
  expect(await row("retried")).toMatchObject({ upstreamAddress: "[fd00::7]:80", downstreamAddress: "10.0.0.1:40000" });
  expect((await row("headers")).requestHeaders).toContainEqual({ key: "x-token", value: "[redacted]" });
});

test("pages in any size are one list: nothing twice, nothing left out, equal times and equal rows included", async () => {
  const DAY = "2026-02-10";
  const window = { from: Date.parse(`${DAY}T00:00:00Z`), to: Date.parse(`${DAY}T12:00:00Z`) };
  const rows = Array.from({ length: 120 }, (_, i) =>
    logRow({
      // Twenty instants over ten hours, six rows each; of these two are the same in all columns.
      time: `${DAY} ${String((i % 20) >> 1).padStart(2, "0")}:30:00.00000${i % 2}`,
      request_id: `id-${i >= 100 ? i - 20 : i}`,
      service: `s-${i % 5}`,
    }),
  );
  await query.insert("access_log", rows);
  const text = `query ($window: LogWindow!, $first: Int, $after: String, $order: MeshLogOrder) {
    meshLogs(window: $window, first: $first, after: $after, order: $order) { next rows { time requestId reporter } } }`;
  const walk = async (first: number, order: string): Promise<object[]> => {
    const seen: object[] = [];
    let after: string | null = null;
    do {
      const { data } = await query.gql(text, { window, first, after, order });
      expect(data.meshLogs.rows.length).toBeLessThanOrEqual(first);
      seen.push(...data.meshLogs.rows);
      after = data.meshLogs.next;
    } while (after !== null);
    return seen;
  };
  const newest = await walk(1_000, "NEWEST");
  expect(newest).toHaveLength(120);
  const times = newest.map((row) => (row as { time: number }).time);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  for (const size of [7, 20, 119]) expect(await walk(size, "NEWEST")).toEqual(newest);
  const oldest = await walk(25, "OLDEST");
  expect(oldest).toEqual(newest.toReversed());
});

test("rows that come in between two pages neither repeat nor hide older ones", async () => {
  const window = { from: Date.parse("2026-02-12T00:00:00Z"), to: Date.parse("2026-02-12T12:00:00Z") };
  const row = (second: number, id: string) =>
    logRow({ time: `2026-02-12 10:00:${String(second).padStart(2, "0")}.000000`, request_id: id });
  await query.insert(
    "access_log",
    Array.from({ length: 20 }, (_, i) => row(i + 10, `old-${i}`)),
  ); // prettier-ignore
  const text = `query ($window: LogWindow!, $after: String) { meshLogs(window: $window, first: 5, after: $after) { next rows { requestId } } }`;
  const seen: string[] = [];
  let after: string | null = null;
  for (let page = 0; page === 0 || after !== null; page++) {
    const { data } = await query.gql(text, { window, after });
    seen.push(...data.meshLogs.rows.map((one: { requestId: string }) => one.requestId));
    after = data.meshLogs.next;
    // One newer than all, one of the very instant that the page ended with, one older than all.
    await query.insert("access_log", [row(50, `new-${page}`), row(1, `late-${page}`)]);
  }
  expect(seen.filter((id) => id.startsWith("old-"))).toEqual(Array.from({ length: 20 }, (_, i) => `old-${19 - i}`));
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.some((id) => id.startsWith("new-"))).toBe(false);
});

test("any set of rows pages like the sorted list of them", async () => {
  let day = 0;
  const instants = fc.array(fc.record({ minute: fc.integer({ min: 0, max: 1_439 }), id: fc.integer({ min: 0, max: 3 }) }), {
    minLength: 1,
    maxLength: 30,
  }); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(instants, fc.integer({ min: 1, max: 9 }), async (list, size) => {
      const start = Date.parse("2025-01-01T00:00:00Z") + day++ * 86_400_000;
      const stamp = (minute: number): string =>
        new Date(start + minute * 60_000).toISOString().replace("T", " ").replace("Z", "");
      await query.insert(
        "access_log",
        list.map(({ minute, id }) => logRow({ time: stamp(minute), request_id: String(id) })),
      ); // prettier-ignore
      const seen: number[] = [];
      let after: string | null = null;
      do {
        const { data } = await ask({ window: { from: start, to: start + 86_400_000 }, first: size, after });
        seen.push(...data.meshLogs.rows.map((row: { time: number }) => (row.time - start) / 60_000));
        after = data.meshLogs.next;
      } while (after !== null);
      expect(seen).toEqual(list.map(({ minute }) => minute).sort((a, b) => b - a));
    }),
    { numRuns: 8 },
  );
});

/** A filter that uses every field of MeshLogFilter. */
const EVERYTHING = {
  ...Object.fromEntries([...LIST_FILTERS, ...TEXT_FILTERS].map((key) => [key, TEXT_FILTERS.includes(key) ? "x" : ["x"]])),
  ...Object.fromEntries(
    ["Duration", "Bytes", "HeaderBytes", "Weight", "Attempts"].flatMap((of) => [
      [`min${of}`, 1],
      [`max${of}`, 2],
    ]),
  ),
  kept: ["FAILED"],
  codes: [503],
  codeClasses: [5],
  grpcStatuses: [13],
  flags: ["UF"],
  hasFlags: true,
  phases: [{ name: "WAIT", min: 1 }],
  header: { name: "x-user", value: "ann" },
} as LogFilterInput;

test("every column can be filtered on", async () => {
  const schema = await query.gql(`{ __type(name: "MeshLogFilter") { inputFields { name } } }`);
  const fields = schema.data.__type.inputFields.map(({ name }: { name: string }) => name);
  expect(Object.keys(EVERYTHING).sort()).toEqual(fields.sort());
  const texts = sqlFragments("log-filter");
  const used = logFilter(EVERYTHING).conditions.map((name) => texts.get(name) as string);
  const words = new Set(used.join("\n").match(/\w+/g));
  const columns = await query.engine.query<{ name: string }>(
    "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'access_log'",
    {},
  );
  expect(columns.length).toBeGreaterThan(50);
  expect(columns.map(({ name }) => name).filter((name) => !words.has(name))).toEqual(["time"]); // which is the window's
});

test("a request is looked for through the index of request ids, and a trace through that of traces", async () => {
  for (const column of ["request_id", "trace_id"]) {
    const plan = await query.engine.query<{ explain: string }>(
      `SELECT explain FROM (EXPLAIN indexes = 1 SELECT time FROM access_log WHERE ${column} = {id:String})`,
      { id: "5f3c1d2e-0000-4000-9000-000000000099" },
    );
    const text = plan.map(({ explain }) => explain.trim()).join("\n");
    expect(text).toMatch(new RegExp(`Skip\nName: ${column}\n.*\nParts: 0/\\d+`));
  }
});

test("every field has facets", async () => {
  const { data } = await query.gql(`{ __type(name: "MeshLogField") { enumValues { name } } }`);
  const fields: string[] = data.__type.enumValues.map(({ name }: { name: string }) => name);
  expect(fields.length).toBeGreaterThan(25);
  for (let i = 0; i < fields.length; i += 10) {
    const { data: answer, errors } = await query.gql(
      `query ($window: LogWindow!, $fields: [MeshLogField!]!) { meshLogFacets(window: $window, fields: $fields) { values { rows } } }`,
      { window: WINDOW, fields: fields.slice(i, i + 10) },
    );
    expect(errors).toBeUndefined();
    for (const facet of answer.meshLogFacets) expect(facet.values.length).toBeGreaterThan(0);
  }
});

test("a caller's row does not say that its call was in the clear: its proxy logs the connection from its own application", async () => {
  const row = (second: number, given: LogRowInput) => logRow({ time: `2026-02-14 10:00:0${second}.000000`, ...given });
  const client = { detect_point: "client", service: "web.shop", caller: "", callee: "cart.shop" };
  await query.insert("access_log", [
    row(1, { ...client, tls_mode: "none" }),
    row(2, { ...client, tls_mode: "mtls" }),
    row(3, { tls_mode: "none" }),
    row(4, { tls_mode: "none", detect_point: "both", callee: "web.shop" }),
  ]);
  const window = { from: Date.parse("2026-02-14T10:00:00Z"), to: Date.parse("2026-02-14T10:01:00Z") };
  const { data } = await query.gql(
    "query ($window: LogWindow!) { meshLogs(window: $window, order: OLDEST) { rows { tlsMode } } }",
    { window },
  );
  expect(data.meshLogs.rows.map(({ tlsMode }: { tlsMode: string }) => tlsMode)).toEqual(["", "mtls", "none", "none"]);
});
