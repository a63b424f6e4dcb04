/** Entries that say everything their kind of proxy can say, for tests of the access log. */
import { type EntryShape, httpEntry, type PodShape, peerOf, pod, tcpEntry } from "./access-log.ts";

export const CLIENT = pod("productpage");
export const SERVER = pod("reviews", { pod: "reviews-v2-5d8c", version: "v2", ip: "10.244.2.9" });

export const address = (ip: string, port: number): object => ({ socket_address: { address: ip, port_value: port } });
const san = ({ service }: PodShape): object => ({
  subject_alt_name: [{ dns: `${service}.example` }, { uri: `spiffe://cluster.local/ns/bookinfo/sa/bookinfo-${service}` }],
  subject: `CN=${service}`,
});

/** Seconds since the start; all seven phases. */
export const PHASES = {
  time_to_last_rx_byte: 0.000_011,
  time_to_first_upstream_tx_byte: 0.002_7,
  time_to_last_upstream_tx_byte: 0.002_9,
  time_to_first_upstream_rx_byte: 0.051_2,
  time_to_last_upstream_rx_byte: 0.051_9,
  time_to_first_downstream_tx_byte: 0.051_4,
  time_to_last_downstream_tx_byte: 0.052_05,
};
export const REQUEST_ID = "9f1c2b7a-3d5e-4c1f-8a2b-0d9e8f7a6b5c";

const REQUEST = {
  request_method: "POST",
  authority: "reviews:9080",
  path: "/reviews/0?api_key=hunter2&page=2&Access%5FToken=x#top",
  user_agent: "python-requests/2.32",
  request_id: REQUEST_ID,
  request_headers_bytes: 812,
  request_body_bytes: 40,
  request_headers: { "content-type": "application/json", Authorization: "Bearer abc", "x-tenant": "blue" },
};
const RESPONSE = {
  response_headers_bytes: 187,
  response_body_bytes: 1_234,
  response_headers: { server: "istio-envoy", "Set-Cookie": "id=1" },
  response_trailers: { "x-checksum": "af" },
  response_code_details: "via_upstream",
};

/** A sidecar's inbound listener, over mTLS. */
export function inboundEntry(change: EntryShape = {}): object {
  return {
    ...httpEntry({
      durations: PHASES,
      ...change,
      common: {
        downstream_remote_address: address("10.244.1.7", 38_112),
        downstream_direct_remote_address: address("10.244.1.9", 38_113),
        downstream_local_address: address("10.244.2.9", 9_080),
        upstream_remote_address: address("10.244.2.9", 9_080),
        upstream_cluster: "inbound|9080||",
        route_name: "default",
        upstream_request_attempt_count: 1,
        tls_properties: {
          tls_version: 4,
          tls_sni_hostname: "outbound_.9080_._.reviews.bookinfo.svc.cluster.local",
          local_certificate_properties: san(SERVER),
          peer_certificate_properties: san(CLIENT),
        },
        filter_state_objects: { downstream_peer: peerOf(CLIENT) },
        stream_id: REQUEST_ID,
        duration: { seconds: 0, nanos: 52_100_000 },
        ...change.common,
      },
      request: { ...REQUEST, ...change.request },
      response: { ...RESPONSE, ...change.response },
    }),
    protocol_version: 2,
  };
}

/** A sidecar's outbound listener; the upstream went away. */
export function outboundEntry(): object {
  return {
    ...httpEntry({
      durations: { time_to_last_rx_byte: 0.000_02, time_to_last_downstream_tx_byte: 0.002_5 },
      common: {
        downstream_remote_address: address("10.244.1.7", 41_000),
        upstream_remote_address: address("10.244.2.9", 9_080),
        upstream_cluster: "outbound|9080||reviews.bookinfo.svc.cluster.local",
        upstream_transport_failure_reason: "delayed connect error: 111",
        response_flags: { upstream_connection_failure: true, upstream_retry_limit_exceeded: true },
        upstream_request_attempt_count: 3,
      },
      request: { ...REQUEST, request_id: "" },
      response: {
        response_code: { value: 503 },
        response_code_details: "upstream_reset_before_response_started{connection_failure,delayed connect error: 111}",
      },
    }),
    protocol_version: 2,
  };
}

/** A gateway's entry of a gRPC call: a report of the caller, and one of the callee. */
export function gatewayEntry(): object {
  return {
    ...httpEntry({
      durations: PHASES,
      common: {
        downstream_direct_remote_address: address("10.244.0.1", 52_100),
        upstream_remote_address: address("10.244.2.9", 9_080),
        upstream_cluster: "outbound|9080||reviews.bookinfo.svc.cluster.local",
        filter_state_objects: { upstream_peer: peerOf(SERVER) },
        tls_properties: {
          tls_version: 3,
          tls_sni_hostname: "shop.example.com",
          local_certificate_properties: { subject: "CN=shop.example.com" },
        },
      },
      request: {
        request_method: "POST",
        authority: "user:pass@shop.example.com",
        path: "/shop.Cart/Add",
        request_id: REQUEST_ID,
        request_headers: { "content-type": "application/grpc" },
      },
      response: { response_trailers: { "grpc-status": "0" } },
    }),
    protocol_version: 3,
  };
}

/** The end of a TCP connection of two hours. */
export function connectionEntry(): object {
  return tcpEntry(312, 2_048, {
    durations: {},
    common: {
      downstream_remote_address: address("10.244.1.7", 42_001),
      upstream_remote_address: address("10.244.2.9", 27_017),
      upstream_cluster: "inbound|27017||",
      filter_state_objects: { downstream_peer: peerOf(CLIENT) },
      stream_id: "connection-7",
      duration: { seconds: 7_200, nanos: 0 },
      connection_termination_details: "transport socket error",
      downstream_transport_failure_reason: "TLS_error: expired",
    },
  });
}
