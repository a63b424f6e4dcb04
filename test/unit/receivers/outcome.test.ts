import { expect, test } from "vitest";
import { TYPES } from "../../../oap/demo/proto.ts";
import { type EntryShape, httpEntry, istioNode, message, pod, tcpEntry } from "../../builders/access-log.ts";
import { decoding, type Row } from "./harness.ts";

const INBOUND = { upstream_cluster: "inbound|80||" };
const OUTBOUND = { upstream_cluster: "outbound|80||x.y.svc.cluster.local" };
const sidecar = istioNode(pod("cart"));

function http(common: object, shape: EntryShape = {}): Row {
  const { rows, message: send } = decoding();
  send(message(sidecar, { http: [httpEntry({ ...shape, common })] }));
  expect(rows).toHaveLength(1);
  return rows[0] as Row;
}

const code = (value: number): object => ({ response_code: { value } });

/** Field -> whether the flag alone means failure. */
const FLAGS: Readonly<Record<string, boolean>> = {
  failed_local_healthcheck: false,
  no_healthy_upstream: true,
  upstream_request_timeout: true,
  local_reset: true,
  upstream_remote_reset: true,
  upstream_connection_failure: true,
  upstream_connection_termination: true,
  upstream_overflow: true,
  no_route_found: true,
  delay_injected: false,
  fault_injected: false,
  rate_limited: false,
  unauthorized_details: false,
  rate_limit_service_error: false,
  downstream_connection_termination: false,
  upstream_retry_limit_exceeded: true,
  stream_idle_timeout: true,
  invalid_envoy_request_headers: false,
  downstream_protocol_error: true,
  upstream_max_stream_duration_reached: true,
  response_from_cache_filter: false,
  no_filter_config_found: true,
  duration_timeout: true,
  upstream_protocol_error: true,
  no_cluster_found: true,
  overload_manager: true,
  dns_resolution_failure: true,
  downstream_remote_reset: false,
};

test("every flag of the contract has its meaning here", () => {
  const { fields } = TYPES.common.root.lookupType("envoy.data.accesslog.v3.ResponseFlags");
  expect(Object.keys(FLAGS)).toEqual(Object.keys(fields));
});

test.for(Object.entries(FLAGS).map(([flag, fails], index) => [flag, fails, index] as const))(
  "the flag %s fails a call: %s",
  ([flag, fails, index]) => {
    const response_flags = { [flag]: flag === "unauthorized_details" ? {} : true };
    const success = fails ? 0 : 1;
    for (const response of [null, code(200)]) {
      expect(http({ ...INBOUND, response_flags }, { response })).toMatchObject({ success, flags: (1 << index) >>> 0 });
      expect(http({ ...OUTBOUND, response_flags }, { response })).toMatchObject({ success });
    }
    const { rows, message: send } = decoding();
    send(message(sidecar, { tcp: [tcpEntry(1, 1, { common: { ...INBOUND, response_flags } })] }));
    expect(rows).toMatchObject([{ success }]);
  },
);

test.for([
  [200, 1, 1],
  [301, 1, 1],
  [399, 1, 1],
  [400, 1, 0],
  [404, 1, 0],
  [499, 1, 0],
  [500, 0, 0],
  [503, 0, 0],
] as const)("code %i: a server's success is %i, a client's %i", ([value, server, client]) => {
  expect(http(INBOUND, { response: code(value) })).toMatchObject({ success: server, code: value });
  expect(http(OUTBOUND, { response: code(value) })).toMatchObject({ success: client, code: value });
});

test("a call without a response has code 0 and counts as a success unless a flag says otherwise", () => {
  const gone = { response_flags: { downstream_connection_termination: true } };
  expect(http({ ...INBOUND, ...gone }, { response: null })).toMatchObject({ code: 0, success: 1 });
});

test("a gRPC status decides on both sides, whatever the code says", () => {
  const trailers = (status: string): EntryShape => ({
    response: {
      ...code(200),
      response_headers: { "content-type": "application/grpc" },
      response_trailers: { "grpc-status": status },
    },
  });
  for (const side of [INBOUND, OUTBOUND]) {
    expect(http(side, trailers("0"))).toMatchObject({ kind: 1, success: 1 });
    for (let status = 1; status <= 16; status++) {
      expect(http(side, trailers(String(status)))).toMatchObject({ kind: 1, success: 0 });
    }
  }
  for (const status of ["", "-1", "1e3", "99999", "OK"])
    expect(http(INBOUND, trailers(status))).toMatchObject({ kind: 1, success: 1 });
});

test("a gRPC status in the response's headers counts too, one that a client put into its request does not", () => {
  expect(http(INBOUND, { response: { ...code(200), response_headers: { "grpc-status": "7" } } })).toMatchObject({
    kind: 1,
    success: 0,
  });
  expect(http(INBOUND, { request: { request_headers: { "grpc-status": "7" } } })).toMatchObject({ kind: 0, success: 1 });
});

test("a failing flag wins over a gRPC status of 0", () => {
  const response = { ...code(200), response_trailers: { "grpc-status": "0" } };
  expect(http({ ...INBOUND, response_flags: { upstream_remote_reset: true } }, { response })).toMatchObject({ success: 0 });
});
