/** The entries that one call between two pods leaves behind, as templates: one per reporting proxy and outcome. */
import { type EntryTemplate, template } from "./entry.ts";
import { address, type Pod, peer, spiffe } from "./mesh.ts";

export interface Outcome {
  /** Absent: there was no response. */
  readonly code?: number;
  readonly flags?: object;
  readonly details: string;
}

export const OK: Outcome = { code: 200, details: "via_upstream" };

interface Call {
  readonly from: Pod;
  readonly to: Pod;
  readonly path: string;
  readonly outcome: Outcome;
}

const HTTP_END = 6;
const TCP_END = 3;
const RESPONSE_BYTES = 1_234;

/** The calling proxy's entry: outbound listener of a sidecar. */
export function clientEntry({ from, to, path, outcome }: Call): EntryTemplate {
  const { service, namespace, port, clusterIp } = to.workload;
  const host = `${service}.${namespace}.svc.cluster.local`;
  return template({
    common: {
      downstream_remote_address: address(from.ip, 41_000),
      downstream_direct_remote_address: address(from.ip, 41_000),
      downstream_local_address: address(clusterIp, port),
      upstream_remote_address: address(to.ip, port),
      upstream_local_address: address(from.ip, 38_112),
      upstream_cluster: `outbound|${port}||${host}`,
      route_name: "default",
      upstream_request_attempt_count: 1,
      filter_state_objects: { upstream_peer: peer(to) },
      access_log_type: HTTP_END,
      ...(outcome.flags ? { response_flags: outcome.flags } : {}),
    },
    request: requestOf(`${service}:${port}`, path),
    response: responseOf(outcome),
  });
}

/** The called proxy's entry: inbound listener of a sidecar, over mTLS. */
export function serverEntry({ from, to, path, outcome }: Call): EntryTemplate {
  const { service, namespace, port } = to.workload;
  return template({
    common: {
      downstream_remote_address: address(from.ip, 38_112),
      downstream_direct_remote_address: address(from.ip, 38_112),
      downstream_local_address: address(to.ip, port),
      upstream_remote_address: address(to.ip, port),
      upstream_local_address: address("127.0.0.6", 51_000),
      upstream_cluster: `inbound|${port}||`,
      route_name: "default",
      upstream_request_attempt_count: 1,
      tls_properties: mutualTls(from, to, `outbound_.${port}_._.${service}.${namespace}.svc.cluster.local`),
      filter_state_objects: { downstream_peer: peer(from) },
      access_log_type: HTTP_END,
      ...(outcome.flags ? { response_flags: outcome.flags } : {}),
    },
    request: requestOf(`${service}:${port}`, path),
    response: responseOf(outcome),
  });
}

/** The gateway's entry; without an upstream pod when no route matched. */
export function gatewayEntry(gateway: Pod, to: Pod | null, path: string, outcome: Outcome): EntryTemplate {
  const upstream =
    to === null
      ? {}
      : {
          upstream_remote_address: address(to.ip, to.workload.port),
          upstream_cluster: `outbound|${to.workload.port}||${to.workload.service}.${to.workload.namespace}.svc.cluster.local`,
          upstream_request_attempt_count: 1,
          filter_state_objects: { upstream_peer: peer(to) },
        };
  return template({
    common: {
      downstream_remote_address: address("203.0.113.9", 52_100),
      downstream_direct_remote_address: address("10.244.0.1", 52_100),
      downstream_local_address: address(gateway.ip, 8_080),
      access_log_type: HTTP_END,
      ...upstream,
      ...(outcome.flags ? { response_flags: outcome.flags } : {}),
    },
    request: requestOf("bookinfo.example.com", path),
    response: responseOf(outcome),
  });
}

/** Both proxies' entries of one TCP connection. */
export function tcpEntries(from: Pod, to: Pod, received: number, sent: number): { client: EntryTemplate; server: EntryTemplate } {
  const { service, namespace, port, clusterIp } = to.workload;
  const connection = { received_bytes: received, sent_bytes: sent };
  const host = `${service}.${namespace}.svc.cluster.local`;
  const client = template({
    common: {
      downstream_remote_address: address(from.ip, 42_000),
      downstream_local_address: address(clusterIp, port),
      upstream_remote_address: address(to.ip, port),
      upstream_cluster: `outbound|${port}||${host}`,
      filter_state_objects: { upstream_peer: peer(to) },
      access_log_type: TCP_END,
    },
    connection,
  });
  const server = template({
    common: {
      downstream_remote_address: address(from.ip, 42_001),
      downstream_local_address: address(to.ip, port),
      upstream_remote_address: address(to.ip, port),
      upstream_cluster: `inbound|${port}||`,
      tls_properties: mutualTls(from, to, `outbound_.${port}_._.${host}`),
      filter_state_objects: { downstream_peer: peer(from) },
      access_log_type: TCP_END,
    },
    connection,
  });
  return { client, server };
}

function mutualTls(from: Pod, to: Pod, sni: string): object {
  const names = (pod: Pod): object => ({ subject_alt_name: [{ uri: spiffe(pod.workload.service, pod.workload.namespace) }] });
  return {
    tls_version: 4,
    tls_cipher_suite: { value: 4_865 },
    tls_sni_hostname: sni,
    local_certificate_properties: names(to),
    peer_certificate_properties: names(from),
  };
}

function requestOf(authority: string, path: string): object {
  const user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
  return { request_method: "GET", scheme: "http", authority, path, user_agent, request_headers_bytes: 812 };
}

function responseOf({ code, details }: Outcome): object {
  const common = {
    response_headers_bytes: 187,
    response_body_bytes: code === 200 ? RESPONSE_BYTES : 91,
    response_code_details: details,
  };
  return code === undefined ? { response_code_details: details } : { ...common, response_code: { value: code } };
}
