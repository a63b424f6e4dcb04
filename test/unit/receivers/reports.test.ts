import { expect, test } from "vitest";
import { LogKept } from "../../../oap/model/log-rows.ts";
import { type EntryShape, httpEntry, istioNode, message, peerOf, pod, tcpEntry } from "../../builders/access-log.ts";
import {
  CLIENT_COMMON,
  clientMessage,
  PRODUCTPAGE,
  REVIEWS,
  SERVER_COMMON,
  serverMessage,
} from "../../builders/worked-example.ts";
import { decoding, type Row } from "./harness.ts";

const INBOUND = { upstream_cluster: "inbound|80||" };
const sidecar = istioNode(pod("cart"));

function rowOf(shape: EntryShape, identifier: object = sidecar): Row {
  const { rows, message: send } = decoding();
  send(message(identifier, { http: [httpEntry({ ...shape, common: { ...INBOUND, ...shape.common } })] }));
  expect(rows).toHaveLength(1);
  return rows[0] as Row;
}

test("the worked example comes out to the digit, seen by its client", () => {
  const { rows, message: send } = decoding();
  send(clientMessage());
  expect(rows).toEqual([
    {
      side: "client",
      source: "productpage.bookinfo",
      sourceInstance: PRODUCTPAGE.pod,
      destination: "reviews.bookinfo",
      destinationInstance: REVIEWS.pod,
      kind: 0,
      path: "/reviews/0",
      method: 1,
      counted: 1,
      success: 1,
      code: 200,
      flags: 0,
      tls: 0,
      attempts: 0,
      latencyUs: 49_200,
      latencyMs: 49,
      internalRequestNs: 2_700_000,
      internalResponseNs: 200_000,
      startMs: 1_772_360_160_000,
      received: 0,
      sent: 0,
      opened: 0,
      closed: 0,
    },
  ]);
});

test("the worked example comes out to the digit, seen by its server", () => {
  const { rows, message: send } = decoding();
  send(serverMessage());
  expect(rows).toMatchObject([
    {
      side: "server",
      source: "productpage.bookinfo",
      sourceInstance: PRODUCTPAGE.pod,
      destination: "reviews.bookinfo",
      destinationInstance: REVIEWS.pod,
      tls: 2,
      latencyUs: 47_600,
      internalRequestNs: 600_000,
      internalResponseNs: 200_000,
      startMs: 1_772_360_160_001,
    },
  ]);
});

const FULL = httpEntry({
  common: {
    ...SERVER_COMMON,
    ...INBOUND,
    response_flags: { upstream_remote_reset: true },
    upstream_request_attempt_count: 3,
    stream_id: "s-1",
  },
  request: { request_method: "POST", request_headers_bytes: 10, request_body_bytes: 200 },
  response: {
    response_code: { value: 503 },
    response_headers_bytes: 1_000,
    response_body_bytes: 20_000,
    response_trailers: { "grpc-status": "14", "content-type": "application/grpc" },
  },
});

test("sizes are headers and body together", () => {
  const { rows, message: send } = decoding();
  send(message(sidecar, { http: [FULL] }));
  expect(rows).toMatchObject([{ received: 210, sent: 21_000, attempts: 3, method: 3 }]);
});

test("an entry takes nothing over from the one before it", () => {
  const bare = httpEntry({ durations: {}, startTime: "2026-03-01T10:16:00Z", common: INBOUND, request: null, response: null });
  const bareTcp = tcpEntry(0, 0, { durations: {}, common: INBOUND });
  const alone = decoding();
  alone.message(message(sidecar, { http: [bare] }));
  alone.message(message(null, { tcp: [bareTcp] }));
  const behind = decoding();
  behind.message(message(sidecar, { http: [FULL, bare] }));
  behind.message(message(null, { tcp: [tcpEntry(5, 6, { common: { ...CLIENT_COMMON, ...INBOUND } }), bareTcp] }));
  expect([behind.rows[1], behind.rows[3]]).toEqual(alone.rows);
});

test("TLS is what the downstream connection showed, and no matter of the client's side", () => {
  const subject = (text: string): object => ({ subject: text });
  const uri = { subject_alt_name: [{ uri: "spiffe://cluster.local/ns/a/sa/b" }] };
  const dns = { subject_alt_name: [{ dns: "cart.shop" }] };
  const tls = (local: object | undefined, peer: object | undefined): number =>
    rowOf({
      common: {
        tls_properties: { tls_sni_hostname: "x", local_certificate_properties: local, peer_certificate_properties: peer },
      },
    }).tls;
  expect([tls(undefined, undefined), tls(undefined, uri), tls(dns, uri)]).toEqual([0, 0, 0]);
  expect([tls(uri, undefined), tls(uri, dns), tls(subject("CN=a"), undefined)]).toEqual([1, 1, 1]);
  expect([tls(uri, uri), tls(subject("CN=a"), uri), tls(uri, subject("CN=a"))]).toEqual([2, 2, 2]);
  const { rows, message: send } = decoding();
  const both = {
    ...SERVER_COMMON,
    filter_state_objects: { upstream_peer: peerOf(REVIEWS), downstream_peer: peerOf(PRODUCTPAGE) },
  };
  send(message(istioNode(pod("edge"), "router"), { http: [httpEntry({ common: both })] }));
  expect(rows.map(({ side, tls: mode }) => [side, mode])).toEqual([
    ["server", 2],
    ["client", 0],
  ]);
});

test.for([
  ["/a?b=c", "/a"],
  ["/a#b", "/a"],
  ["/a#b?c", "/a"],
  ["/a/b", "/a/b"],
  ["?a", ""],
  ["/größe?x", "/größe"],
] as const)("the path %s is kept as %s", ([path, kept]) => {
  expect(rowOf({ request: { path } }).path).toBe(kept);
});

test("a method or code outside of the contract is none", () => {
  expect(rowOf({ request: { request_method: 77 } }).method).toBe(0);
  expect(rowOf({ response: { response_code: { value: 70_000 } } }).code).toBe(0);
});

test("a start that was not told is 0, on both sides", () => {
  const { rows, message: send } = decoding();
  const bare = { ...(httpEntry({ common: CLIENT_COMMON }) as { common_properties: object }) };
  const common = { ...bare.common_properties, start_time: undefined };
  send(message(istioNode(pod("edge"), "router"), { http: [{ ...bare, common_properties: common }] }));
  expect(rows.map(({ side, startMs }) => [side, startMs])).toEqual([
    ["server", 0],
    ["client", 0],
  ]);
});

test("own addresses are read from lists with spaces", () => {
  const node = istioNode(pod("cart"), "sidecar", { INSTANCE_IPS: "10.0.0.5, fd00::5" });
  const local = { downstream_local_address: { socket_address: { address: "fd00::5", port_value: 80 } } };
  const { rows, message: send } = decoding();
  send(message(node, { http: [httpEntry({ common: local })] }));
  expect(rows).toMatchObject([{ side: "server" }]);
});

test("a sidecar's own answer to a caller it knows is a server-side report", () => {
  const common = { filter_state_objects: { downstream_peer: peerOf(PRODUCTPAGE) } };
  const { rows, message: send } = decoding();
  send(message(sidecar, { http: [httpEntry({ common, response: { response_code: { value: 403 } } })] }));
  expect(rows).toMatchObject([{ side: "server", source: "productpage.bookinfo", destination: "cart.bookinfo", success: 1 }]);
});

test("names beyond their limit are cut, and stay apart", () => {
  const long = "x".repeat(300);
  const node = (last: string): object => ({ node: { id: `${long}${last}`, cluster: `${long}${last}` } });
  const [a, b] = [rowOf({}, node("a")), rowOf({}, node("b"))];
  expect(Buffer.byteLength(a.destination ?? "")).toBeLessThanOrEqual(255);
  expect(Buffer.byteLength(a.destinationInstance ?? "")).toBeLessThanOrEqual(255);
  expect(a.destination).not.toBe(b.destination);
});

test("entries that were to be kept and found no room are counted as such, not as rows", () => {
  const { logs, logRows, message: send } = decoding({ logRowsMax: 2 });
  const entry = httpEntry({ common: INBOUND });
  send(message(sidecar, { http: Array.from({ length: 9 }, () => entry) })); // every other one is kept
  expect([logRows.length, logs.written[LogKept.rest], logs.rowsOverflowed]).toEqual([2, 2, 3]);
});
