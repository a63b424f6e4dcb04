/** The entries that one call between two pods leaves behind, as templates: one per reporting proxy and outcome. */
import { type Downstream, type EntryTemplate, template } from "./entry.ts";
import { address, clusterName, hostName, type Pod, peer, spiffe } from "./mesh.ts";

export interface Outcome {
  /** Of all outcomes of the demo. */
  readonly index: number;
  /** Absent: there was no response. */
  readonly code?: number;
  readonly flags?: object;
  readonly details: string;
}

export interface Call {
  readonly from: Pod;
  readonly to: Pod;
  readonly path: string;
}

export const OK: Outcome = { index: 0, code: 200, details: "via_upstream" };

const HTTP_END = 6;
const TCP_END = 3;
const HTTP_1_1 = 2;
const REQUEST_HEADERS_BYTES = 812;
const RESPONSE_HEADERS_BYTES = 187;
const BODY_BYTES = 1_234;
const LOCAL_REPLY_BYTES = 91;
const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";

/** The calling proxy's entry: outbound listener of a sidecar. It knows the called pod from the headers of its answer. */
export function clientEntry({ from, to, path }: Call, outcome: Outcome): EntryTemplate {
  const { service, port, clusterIp } = to.workload;
  return template({
    downstream: pool(from, to, true),
    common: {
      downstream_local_address: address(clusterIp, port),
      ...upstream(to, clusterName(to.workload), from.ip, 38_112),
      ...(outcome.code === 200 ? { filter_state_objects: { upstream_peer: peer(to) } } : {}),
      ...(outcome.flags ? { response_flags: outcome.flags } : {}),
      ...wireBytes(outcome),
      access_log_type: HTTP_END,
    },
    protocol: HTTP_1_1,
    request: requestOf(`${service}:${port}`, path),
    response: responseOf(outcome),
  });
}

/** The called proxy's entry: inbound listener of a sidecar, over mTLS. */
export function serverEntry({ from, to, path }: Call, outcome: Outcome): EntryTemplate {
  const { service, port } = to.workload;
  return template({
    downstream: pool(from, to, false),
    common: {
      downstream_local_address: address(to.ip, port),
      ...upstream(to, `inbound|${port}||`, "127.0.0.6", 51_000),
      tls_properties: mutualTls(from, to),
      filter_state_objects: { downstream_peer: peer(from) },
      ...(outcome.flags ? { response_flags: outcome.flags } : {}),
      ...wireBytes(outcome),
      access_log_type: HTTP_END,
    },
    protocol: HTTP_1_1,
    request: requestOf(`${service}:${port}`, path),
    response: responseOf(outcome),
  });
}

/** The gateway's entry; `to` null when no route matched. */
export function gatewayEntry(gateway: Pod, to: Pod | null, path: string, outcome: Outcome): EntryTemplate {
  const routed =
    to === null
      ? {}
      : { ...upstream(to, clusterName(to.workload), gateway.ip, 38_112), filter_state_objects: { upstream_peer: peer(to) } };
  return template({
    downstream: { ip: "203.0.113.", port: 0, isVisitor: true },
    common: {
      downstream_local_address: address(gateway.ip, gateway.workload.port),
      ...routed,
      ...(outcome.flags ? { response_flags: outcome.flags } : {}),
      ...wireBytes(outcome),
      access_log_type: HTTP_END,
    },
    protocol: HTTP_1_1,
    request: requestOf("bookinfo.example.com", path),
    response: responseOf(outcome),
  });
}

/** Both proxies' entries of one TCP connection. */
export function tcpEntries(from: Pod, to: Pod, received: number, sent: number): { client: EntryTemplate; server: EntryTemplate } {
  const { port, clusterIp } = to.workload;
  const connection = { received_bytes: received, sent_bytes: sent };
  const client = template({
    downstream: pool(from, to, true),
    common: {
      downstream_local_address: address(clusterIp, port),
      ...upstream(to, clusterName(to.workload), from.ip, 42_001),
      filter_state_objects: { upstream_peer: peer(to) },
      access_log_type: TCP_END,
    },
    connection,
  });
  const server = template({
    downstream: pool(from, to, false),
    common: {
      downstream_local_address: address(to.ip, port),
      ...upstream(to, `inbound|${port}||`, "127.0.0.6", 51_000),
      tls_properties: mutualTls(from, to),
      filter_state_objects: { downstream_peer: peer(from) },
      access_log_type: TCP_END,
    },
    connection,
  });
  return { client, server };
}

/** The pool of a caller's connections to a callee; its application's own to its proxy have other ports. */
function pool(from: Pod, to: Pod, isLocal: boolean): Downstream {
  return { ip: from.ip, port: from.index * 977 + to.index * 131 + (isLocal ? 53 : 0) };
}

function upstream(to: Pod, cluster: string, localIp: string, localPort: number): object {
  return {
    upstream_remote_address: address(to.ip, to.workload.port),
    upstream_local_address: address(localIp, localPort),
    upstream_cluster: cluster,
    upstream_request_attempt_count: 1,
    route_name: "default",
  };
}

function mutualTls(from: Pod, to: Pod): object {
  const names = ({ workload }: Pod): object => ({ subject_alt_name: [{ uri: spiffe(workload) }] });
  return {
    tls_version: 4,
    tls_cipher_suite: { value: 4_865 },
    tls_sni_hostname: `outbound_.${to.workload.port}_._.${hostName(to.workload)}`,
    local_certificate_properties: names(to),
    peer_certificate_properties: names(from),
  };
}

function requestOf(authority: string, path: string): object {
  return {
    request_method: "GET",
    scheme: "http",
    authority,
    path,
    user_agent: USER_AGENT,
    request_headers_bytes: REQUEST_HEADERS_BYTES,
  };
}

function responseOf({ code, details }: Outcome): object {
  if (code === undefined) return { response_code_details: details };
  return {
    response_code: { value: code },
    response_headers_bytes: RESPONSE_HEADERS_BYTES,
    response_body_bytes: bodyBytes(code),
    response_code_details: details,
  };
}

function wireBytes({ code }: Outcome): object {
  return {
    downstream_wire_bytes_received: REQUEST_HEADERS_BYTES,
    ...(code === undefined ? {} : { downstream_wire_bytes_sent: RESPONSE_HEADERS_BYTES + bodyBytes(code) }),
  };
}

function bodyBytes(code: number): number {
  return code === 200 ? BODY_BYTES : LOCAL_REPLY_BYTES;
}
