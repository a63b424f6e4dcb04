import { expect, test } from "vitest";
import { type EntryShape, httpEntry, istioNode, message, peerOf, plainNode, pod, tcpEntry } from "../../builders/access-log.ts";
import { decoding, type Row } from "./harness.ts";

const CART = pod("cart", { namespace: "shop", pod: "cart-1", ip: "10.0.0.5" });
const WEB = pod("web", { namespace: "shop", pod: "web-1", ip: "10.0.0.9" });
const address = (ip: string): object => ({ socket_address: { address: ip, port_value: 80 } });

function rowsOf(identifier: object, common: object, shape: EntryShape = {}): Row[] {
  const { rows, message: send } = decoding();
  send(message(identifier, { http: [httpEntry({ ...shape, common })] }));
  return rows;
}

const brief = (rows: readonly Row[]): unknown[] =>
  rows.map(({ side, source, destination, success }) => [side, source, destination, success]);
const sidecar = istioNode(CART);

test("a sidecar's inbound entry is a server-side report; an unknown caller is UNKNOWN", () => {
  expect(
    brief(rowsOf(sidecar, { upstream_cluster: "inbound|80||", filter_state_objects: { downstream_peer: peerOf(WEB) } })),
  ).toEqual([["server", "web.shop", "cart.shop", 1]]);
  expect(brief(rowsOf(sidecar, { upstream_cluster: "inbound|80||" }))).toEqual([["server", "UNKNOWN", "cart.shop", 1]]);
  expect(brief(rowsOf(sidecar, { upstream_cluster: "InboundPassthroughCluster" }))).toEqual([
    ["server", "UNKNOWN", "cart.shop", 1],
  ]);
});

test("a sidecar's outbound entry is a client-side report: to the peer, else to the cluster's service, else to the authority", () => {
  expect(
    brief(
      rowsOf(sidecar, {
        upstream_cluster: "outbound|80||x.y.svc.cluster.local",
        filter_state_objects: { upstream_peer: peerOf(WEB) },
      }),
    ),
  ).toEqual([["client", "cart.shop", "web.shop", 1]]);
  expect(brief(rowsOf(sidecar, { upstream_cluster: "outbound|80|v1|x.y.svc.cluster.local" }))).toEqual([
    ["client", "cart.shop", "x.y", 1],
  ]);
  expect(brief(rowsOf(sidecar, { upstream_cluster: "outbound|443||api.example.com" }))).toEqual([
    ["client", "cart.shop", "api.example.com", 1],
  ]);
  expect(brief(rowsOf(sidecar, { upstream_cluster: "PassthroughCluster" }, { request: { authority: "8.8.8.8" } }))).toEqual([
    ["client", "cart.shop", "UNKNOWN", 1],
  ]);
});

test("calls without an upstream host are recorded, and a flag that means failure fails them", () => {
  const nothing = { response_flags: { no_route_found: true }, downstream_local_address: address("10.96.0.1") };
  const of = (authority: string): unknown[] =>
    brief(rowsOf(sidecar, nothing, { request: { authority }, response: { response_code: { value: 404 } } }));
  expect(of("ratings:9080")).toEqual([["client", "cart.shop", "ratings.shop", 0]]);
  expect(of("ratings.other")).toEqual([["client", "cart.shop", "ratings.other", 0]]);
  expect(of("ratings.other.svc.cluster.local:80")).toEqual([["client", "cart.shop", "ratings.other", 0]]);
  expect(of("www.example.com")).toEqual([["client", "cart.shop", "UNKNOWN", 0]]);
  const refused = { response_flags: { unauthorized_details: {} }, downstream_local_address: address("10.0.0.5") };
  expect(brief(rowsOf(sidecar, refused, { response: { response_code: { value: 403 } } }))).toEqual([
    ["server", "UNKNOWN", "cart.shop", 1],
  ]);
  const redirect = { downstream_local_address: address("10.96.0.1") };
  expect(
    brief(rowsOf(sidecar, redirect, { request: { authority: "ratings" }, response: { response_code: { value: 301 } } })),
  ).toEqual([["client", "cart.shop", "ratings.shop", 1]]);
});

test("dual-stack pods know all of their own addresses", () => {
  const dual = istioNode(CART, "sidecar", { INSTANCE_IPS: "10.0.0.5,fd00::5" });
  expect(brief(rowsOf(dual, { downstream_local_address: address("fd00::5") }))).toEqual([["server", "UNKNOWN", "cart.shop", 1]]);
});

test("a gateway reports both sides; without an upstream host only its own", () => {
  const gateway = istioNode(CART, "router");
  const upstream = {
    upstream_remote_address: address("10.0.0.9"),
    upstream_cluster: "outbound|80||web.shop.svc.cluster.local",
    filter_state_objects: { upstream_peer: peerOf(WEB) },
  };
  expect(brief(rowsOf(gateway, upstream))).toEqual([
    ["server", "UNKNOWN", "cart.shop", 1],
    ["client", "cart.shop", "web.shop", 1],
  ]);
  const missing = { response_flags: { no_route_found: true } };
  expect(brief(rowsOf(gateway, missing, { response: { response_code: { value: 404 } } }))).toEqual([
    ["server", "UNKNOWN", "cart.shop", 0],
  ]);
});

test("a waypoint stands between both peers; internal addresses are no obstacle", () => {
  const internal = { envoy_internal_address: { server_listener_name: "connect_originate", endpoint_id: "10.0.0.9:80" } };
  const common = {
    upstream_remote_address: internal,
    upstream_cluster: "inbound-vip|80|http|web.shop.svc.cluster.local",
    filter_state_objects: { upstream_peer: peerOf(WEB), downstream_peer: peerOf(pod("page", { namespace: "shop" })) },
  };
  expect(brief(rowsOf(istioNode(CART, "waypoint"), common))).toEqual([
    ["server", "page.shop", "cart.shop", 1],
    ["client", "cart.shop", "web.shop", 1],
  ]);
});

test("a plain Envoy is its cluster and id, and a client of its upstream cluster; without a cluster it is its id", () => {
  const rows = rowsOf(plainNode("front", "front-1"), { upstream_cluster: "shop", upstream_remote_address: address("10.0.0.9") });
  expect(brief(rows)).toEqual([
    ["server", "UNKNOWN", "front", 1],
    ["client", "front", "shop", 1],
  ]);
  expect(rows[0]?.destinationInstance).toBe("front-1");
  expect(brief(rowsOf(plainNode("", "lonely-1"), {}))).toEqual([["server", "UNKNOWN", "lonely-1", 1]]);
});

test("without id and cluster entries are counted, give no report, and the setup page says why", () => {
  const { rows, counters, proxies, message: send } = decoding();
  send(message(null, { http: [httpEntry()] }));
  expect([rows.length, counters.entries, counters.unresolved]).toEqual([0, 1, 1]);
  expect(proxies.snapshot()).toMatchObject([{ node: "", resolved: false, reason: expect.stringContaining("node.id") }]);
});

test("Struct and FlatBuffer of the same peer give one report", () => {
  const objects = { upstream_peer: peerOf(WEB), "wasm.upstream_peer": { type_url: "x", value: Buffer.from([1, 2, 3]) } };
  expect(
    brief(rowsOf(sidecar, { upstream_cluster: "outbound|80||x.y.svc.cluster.local", filter_state_objects: objects })),
  ).toEqual([["client", "cart.shop", "web.shop", 1]]);
});

test("an identifier on any message switches the sender, and messages without one keep the last", () => {
  const { rows, message: send } = decoding();
  const inbound = { http: [httpEntry({ common: { upstream_cluster: "inbound|80||" } })] };
  send(message(sidecar, inbound));
  send(message(null, inbound));
  send(message(istioNode(WEB), inbound));
  expect(rows.map(({ destination }) => destination)).toEqual(["cart.shop", "cart.shop", "web.shop"]);
});

test("gRPC is known by its content type or trailer, and its status decides", () => {
  const inbound = { upstream_cluster: "inbound|80||" };
  const kind = (response: object, request: object = {}): unknown[] =>
    rowsOf(sidecar, inbound, { response, request }).map((row) => [row.kind, row.success]);
  expect(kind({ response_code: { value: 200 }, response_trailers: { "grpc-status": "0" } })).toEqual([[1, 1]]);
  expect(kind({ response_code: { value: 200 }, response_trailers: { "grpc-status": "14" } })).toEqual([[1, 0]]);
  expect(kind({ response_code: { value: 200 } }, { request_headers: { "content-type": "application/grpc+proto" } })).toEqual([
    [1, 1],
  ]);
  expect(kind({ response_code: { value: 200 } }, { scheme: "" })).toEqual([[0, 1]]);
});

test("intermediate entries are no calls; periodic ones give what is new since the last", () => {
  const { rows, message: send } = decoding();
  const at = (type: number, received: number, sent: number) =>
    send(
      message(sidecar, {
        tcp: [
          tcpEntry(received, sent, { common: { upstream_cluster: "inbound|80||", access_log_type: type, stream_id: "s-1" } }),
        ],
      }),
    );
  at(14, 0, 0);
  at(2, 100, 1_000);
  at(2, 150, 4_000);
  at(3, 160, 4_500);
  expect(rows.map((row) => [row.counted, row.received, row.sent, row.opened, row.closed])).toEqual([
    [0, -1, -1, 1, 0],
    [0, 100, 1_000, 0, 0],
    [0, 50, 3_000, 0, 0],
    [1, 10, 500, 0, 1],
  ]); // prettier-ignore
  for (const type of [1, 2, 4, 7, 8, 9, 10, 11, 12, 14]) {
    expect(rowsOf(sidecar, { upstream_cluster: "inbound|80||", access_log_type: type })).toEqual([]);
  }
  expect(rowsOf(sidecar, { upstream_cluster: "inbound|80||", access_log_type: 0, intermediate_log_entry: true })).toEqual([]);
});

test("seconds count in durations, a negative difference is 0, and a missing or negative duration is unknown", () => {
  const inbound = { upstream_cluster: "inbound|80||" };
  const latency = (durations: Record<string, number>): number | undefined =>
    rowsOf(sidecar, inbound, { durations })[0]?.latencyUs;
  expect(latency({ time_to_last_downstream_tx_byte: 2.5 })).toBe(2_500_000);
  expect(latency({})).toBe(-1);
  const outbound = rowsOf(
    sidecar,
    { upstream_cluster: "outbound|80||x.y.svc.cluster.local" },
    { durations: { time_to_first_upstream_tx_byte: 0.2, time_to_last_upstream_rx_byte: 0.1 } },
  );
  expect(outbound[0]?.latencyUs).toBe(0);
});

test("whole milliseconds are rounded down at either end of a client-side report before they are subtracted", () => {
  const [row] = rowsOf(
    sidecar,
    { upstream_cluster: "outbound|80||x.y.svc.cluster.local" },
    { durations: { time_to_first_upstream_tx_byte: 0.0009, time_to_last_upstream_rx_byte: 0.0101 } },
  );
  expect([row?.latencyUs, row?.latencyMs]).toEqual([9_200, 10]);
});

test("a sidecar that names itself as the downstream of its outbound call makes no call to itself", () => {
  const common = {
    upstream_cluster: "outbound|80||web.shop.svc.cluster.local",
    filter_state_objects: { downstream_peer: peerOf(CART), upstream_peer: peerOf(WEB) },
  };
  expect(brief(rowsOf(sidecar, common))).toEqual([["client", "cart.shop", "web.shop", 1]]);
});
