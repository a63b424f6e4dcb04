/** Entries over gRPC to rows of access_log on a real ClickHouse: every field of every kind of reporter. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpEntry, istioNode, message, plainNode, pod } from "../builders/access-log.ts";
import {
  address,
  CLIENT,
  connectionEntry,
  gatewayEntry,
  inboundEntry,
  outboundEntry,
  REQUEST_ID,
  SERVER,
} from "../builders/full-entries.ts";
import { type Oap, startOap } from "../harness/oap.ts";

let oap: Oap;
const UNKNOWN_US = 4_294_967_295;
const PRODUCTPAGE = { service: "productpage.bookinfo", instance: "productpage-v1-6b7f" };
const REVIEWS = { service: "reviews.bookinfo", instance: "reviews-v2-5d8c" };
const SPIFFE = "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-";
type Row = Record<string, unknown>;

beforeAll(async () => {
  oap = await startOap({ at: "2026-03-01T10:16:30Z", settings: { OAP_ACCESS_LOG_QUERY_STRING: "true" } });
});
afterAll(() => oap.stop());

/** The rows that entries of one proxy add. */
async function rowsOf(identifier: object, entries: { http?: object[]; tcp?: object[] }): Promise<Row[]> {
  const all = () => oap.sql<Row>("SELECT * FROM access_log");
  const before = (await all()).map((row) => JSON.stringify(row));
  await oap.send([message(identifier, entries)]);
  await oap.flush();
  return (await all()).filter((row) => !before.includes(JSON.stringify(row)));
}

/** What a row holds of an entry that says nothing. */
const NOTHING = {
  kept: "rest",
  weight: 1,
  caller: "",
  caller_instance: "",
  callee: "",
  callee_instance: "",
  query: "",
  grpc_status: -1,
  response_flags: 0,
  code_details: "",
  failure_reason: "",
  request_received_us: UNKNOWN_US,
  upstream_first_sent_us: UNKNOWN_US,
  upstream_last_sent_us: UNKNOWN_US,
  upstream_first_received_us: UNKNOWN_US,
  upstream_last_received_us: UNKNOWN_US,
  response_first_sent_us: UNKNOWN_US,
  response_last_sent_us: UNKNOWN_US,
  request_header_bytes: 0,
  request_body_bytes: 0,
  response_header_bytes: 0,
  response_body_bytes: 0,
  attempts: 0,
  tls_mode: "none",
  tls_version: "",
  sni: "",
  local_principal: "",
  peer_principal: "",
  upstream_address: "",
  upstream_port: 0,
  upstream_cluster: "",
  route: "",
  user_agent: "",
  request_headers: {},
  response_headers: {},
  time: "2026-03-01 10:16:00.001500",
};

const PHASES_US = {
  request_received_us: 11,
  upstream_first_sent_us: 2_700,
  upstream_last_sent_us: 2_900,
  upstream_first_received_us: 51_200,
  upstream_last_received_us: 51_900,
  response_first_sent_us: 51_400,
  response_last_sent_us: 52_050,
};

test("a sidecar's inbound entry is one row with everything it said, less what is redacted", async () => {
  expect(await rowsOf(istioNode(SERVER), { http: [inboundEntry()] })).toEqual([
    {
      ...NOTHING,
      ...PHASES_US,
      ...REVIEWS,
      kind: "http",
      detect_point: "server",
      node: "sidecar~10.244.2.9~reviews-v2-5d8c.bookinfo~bookinfo.svc.cluster.local",
      caller: PRODUCTPAGE.service,
      caller_instance: PRODUCTPAGE.instance,
      endpoint: "POST:/reviews/0",
      method: "POST",
      protocol: "HTTP/1.1",
      authority: "reviews:9080",
      path: "/reviews/0",
      query: "page=2",
      response_code: 200,
      code_details: "via_upstream",
      duration_us: 52_050,
      request_header_bytes: 812,
      request_body_bytes: 40,
      response_header_bytes: 187,
      response_body_bytes: 1_234,
      attempts: 1,
      tls_mode: "mtls",
      tls_version: "TLSv1.3",
      sni: "outbound_.9080_._.reviews.bookinfo.svc.cluster.local",
      local_principal: `${SPIFFE}reviews`,
      peer_principal: `${SPIFFE}productpage`,
      request_id: REQUEST_ID,
      downstream_address: "10.244.1.7",
      downstream_port: 38_112,
      upstream_address: "10.244.2.9",
      upstream_port: 9_080,
      upstream_cluster: "inbound|9080||",
      route: "default",
      user_agent: "python-requests/2.32",
      request_headers: { "content-type": "application/json", "x-tenant": "blue" },
      response_headers: { server: "istio-envoy", "x-checksum": "af" },
    },
  ]);
});

test("a sidecar's outbound entry that failed says why, and stands for itself where it has no request id", async () => {
  expect(await rowsOf(istioNode(CLIENT), { http: [outboundEntry()] })).toEqual([
    {
      ...NOTHING,
      tls_mode: "",
      ...PRODUCTPAGE,
      kept: "failed",
      kind: "http",
      detect_point: "client",
      node: "sidecar~10.244.1.7~productpage-v1-6b7f.bookinfo~bookinfo.svc.cluster.local",
      callee: REVIEWS.service,
      endpoint: "POST:/reviews/0",
      method: "POST",
      protocol: "HTTP/1.1",
      authority: "reviews:9080",
      path: "/reviews/0",
      query: "page=2",
      response_code: 503,
      response_flags: (1 << 5) | (1 << 15),
      code_details: "upstream_reset_before_response_started{connection_failure,delayed connect error: 111}",
      failure_reason: "delayed connect error: 111",
      duration_us: UNKNOWN_US,
      request_received_us: 20,
      response_last_sent_us: 2_500,
      request_header_bytes: 812,
      request_body_bytes: 40,
      attempts: 3,
      request_id: "",
      downstream_address: "10.244.1.7",
      downstream_port: 41_000,
      upstream_address: "10.244.2.9",
      upstream_port: 9_080,
      upstream_cluster: "outbound|9080||reviews.bookinfo.svc.cluster.local",
      user_agent: "python-requests/2.32",
      request_headers: { "content-type": "application/json", "x-tenant": "blue" },
    },
  ]);
});

test("a gateway's entry is one row with caller and callee", async () => {
  const gateway = pod("istio-ingressgateway", { namespace: "istio-system", pod: "gateway-1", ip: "10.244.0.9" });
  expect(await rowsOf(istioNode(gateway, "router"), { http: [gatewayEntry()] })).toEqual([
    {
      ...NOTHING,
      ...PHASES_US,
      kind: "grpc",
      detect_point: "both",
      service: "istio-ingressgateway.istio-system",
      instance: "gateway-1",
      node: "router~10.244.0.9~gateway-1.istio-system~istio-system.svc.cluster.local",
      caller: "UNKNOWN",
      caller_instance: "UNKNOWN",
      callee: REVIEWS.service,
      callee_instance: REVIEWS.instance,
      endpoint: "POST:/shop.Cart/Add",
      method: "POST",
      protocol: "HTTP/2",
      authority: "shop.example.com",
      path: "/shop.Cart/Add",
      response_code: 200,
      grpc_status: 0,
      duration_us: 52_050,
      tls_mode: "tls",
      tls_version: "TLSv1.2",
      sni: "shop.example.com",
      local_principal: "CN=shop.example.com",
      request_id: REQUEST_ID,
      downstream_address: "10.244.0.1",
      downstream_port: 52_100,
      upstream_address: "10.244.2.9",
      upstream_port: 9_080,
      upstream_cluster: "outbound|9080||reviews.bookinfo.svc.cluster.local",
      request_headers: { "content-type": "application/grpc" },
      response_headers: { "grpc-status": "0" },
    },
  ]);
});

test("a TCP connection is one row at its end, with its life and why it ended", async () => {
  expect(await rowsOf(istioNode(SERVER), { tcp: [connectionEntry()] })).toEqual([
    {
      ...NOTHING,
      ...REVIEWS,
      kind: "tcp",
      detect_point: "server",
      node: "sidecar~10.244.2.9~reviews-v2-5d8c.bookinfo~bookinfo.svc.cluster.local",
      caller: PRODUCTPAGE.service,
      caller_instance: PRODUCTPAGE.instance,
      endpoint: "",
      method: "",
      protocol: "",
      authority: "",
      path: "",
      response_code: 0,
      code_details: "transport socket error",
      failure_reason: "TLS_error: expired",
      duration_us: 7_200_000_000,
      request_body_bytes: 312,
      response_body_bytes: 2_048,
      request_id: "connection-7",
      downstream_address: "10.244.1.7",
      downstream_port: 42_001,
      upstream_address: "10.244.2.9",
      upstream_port: 27_017,
      upstream_cluster: "inbound|27017||",
    },
  ]);
});

test("an Envoy that nobody but its bootstrap configures gives rows too", async () => {
  const entry = httpEntry({
    common: { upstream_cluster: "shop", upstream_remote_address: { pipe: { path: "/run/shop.sock" } } },
    request: { request_id: "id-1" },
  });
  expect(await rowsOf(plainNode("front", "front-1"), { http: [entry] })).toMatchObject([
    {
      service: "front",
      instance: "front-1",
      node: "front-1",
      detect_point: "both",
      caller: "UNKNOWN",
      callee: "shop",
      callee_instance: "",
      endpoint: "GET:/reviews/0",
      request_id: "id-1",
      upstream_address: "/run/shop.sock",
      upstream_port: 0,
      duration_us: 47_600,
    },
  ]);
});

test("an entry that reports on the way gives no row; a start that cannot be is the time of receipt", async () => {
  const periodic = httpEntry({ common: { access_log_type: 5, upstream_cluster: "inbound|9080||", stream_id: "s" } });
  const early = inboundEntry({ startTime: "1999-03-01T10:16:00Z" });
  expect(await rowsOf(istioNode(SERVER), { http: [periodic, early] })).toMatchObject([
    { time: expect.stringMatching(/^2026-03-01/) },
  ]);
});

test("texts without end are cut between characters, bytes that are no UTF-8 are replaced, headers have a bound", async () => {
  const long = "ü".repeat(5_000);
  const headers = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, `${i}`]));
  const entry = inboundEntry({ request: { request_id: "cut-1", user_agent: long, path: `/${long}`, request_headers: headers } });
  const bytes = message(istioNode(SERVER), {
    http: [entry, inboundEntry({ request: { request_id: "cut-2", user_agent: "BAD!" } })],
  });
  const bad = bytes.indexOf("BAD!");
  bytes.set([0xff, 0xfe], bad);
  const before = oap.ingest.status().counters["logTextsCut"] as number;
  await oap.send([bytes]);
  await oap.flush();
  const rows = await oap.sql<{ user_agent: string; path: string; headers: number }>(
    "SELECT user_agent, path, length(request_headers) AS headers FROM access_log WHERE startsWith(request_id, 'cut-') ORDER BY request_id",
  );
  expect(rows).toEqual([
    { user_agent: "ü".repeat(512), path: `/${"ü".repeat(2_047)}`, headers: 64 },
    { user_agent: "\ufffd\ufffdD!", path: "/reviews/0", headers: 2 },
  ]);
  expect(oap.ingest.status().counters["logTextsCut"]).toBe(before + 2 + 36);
});

test("an entry whose row cannot be read counts all the same, and its row is counted as unreadable", async () => {
  const entry = inboundEntry({ common: { downstream_remote_address: address("WRONG", 1) } });
  const bytes = message(istioNode(SERVER), { http: [entry] });
  bytes[bytes.indexOf("WRONG") - 1] = 120; // the text's length: longer than the address it stands in
  const { entries, reports } = oap.ingest.counters;
  await oap.send([bytes]);
  expect(oap.ingest.counters.entries - entries).toBe(1);
  expect(oap.ingest.counters.reports - reports).toBe(1);
  expect(oap.ingest.status().counters["logUnreadable"]).toBe(1);
});

test("query strings are not stored unless that is asked for; with both budgets 0 nothing is", async () => {
  const shy = await startOap({ at: "2026-03-01T10:16:30Z" });
  await shy.send([message(istioNode(SERVER), { http: [inboundEntry()] })]);
  await shy.flush();
  expect(await shy.sql("SELECT path, query FROM access_log")).toEqual([{ path: "/reviews/0", query: "" }]);
  const request = {
    ...(inboundEntry() as { request: object }).request,
    request_headers: { referer: "https://ann:pw@shop/login?token=1&page=2#code=3" },
  };
  await shy.send([message(istioNode(SERVER), { http: [{ ...inboundEntry(), request }] })]);
  await shy.flush();
  expect(await shy.sql("SELECT request_headers['referer'] AS referer FROM access_log WHERE referer != ''")).toEqual([
    { referer: "https://shop/login" },
  ]);
  await shy.stop();
  const settings = { OAP_ACCESS_LOG_ROWS_PER_SECOND: "0", OAP_ACCESS_LOG_FAILED_ROWS_PER_SECOND: "0" };
  const off = await startOap({ at: "2026-03-01T10:16:30Z", settings });
  await off.send([message(istioNode(SERVER), { http: [inboundEntry(), outboundEntry()] })]);
  await off.flush();
  expect(off.ingest.logs).toBeNull();
  expect(await off.sql("SELECT count() AS rows FROM access_log")).toEqual([{ rows: 0 }]);
  expect(await off.sql("SELECT sum(calls) AS calls FROM traffic_minute WHERE scope = 'service_relation'")).toEqual([
    { calls: 2 },
  ]);
  await off.stop();
});

test("a node that nothing comes to is not told about every second, until something does", async () => {
  const logs = oap.ingest.logs as NonNullable<Oap["ingest"]["logs"]>;
  const tell = logs.onDemand;
  let told = 0;
  logs.onDemand = (demand) => {
    told++;
    tell?.(demand);
  };
  const toldIn = (seconds: number): number => {
    const before = told;
    for (let tick = 0; tick < seconds * 4; tick++) logs.tick(Date.parse("2026-03-01T10:16:30Z"));
    return told - before;
  };
  await rowsOf(istioNode(SERVER), { http: [inboundEntry()] });
  expect(toldIn(2)).toBe(2); // while it fades
  toldIn(100);
  expect(toldIn(100)).toBe(0);
  await rowsOf(istioNode(SERVER), { http: [inboundEntry()] });
  expect(toldIn(2)).toBe(2);
  logs.onDemand = tell;
});
