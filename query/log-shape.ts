/** Rows of access logs -> the type MeshLog. */
import { flagsOf } from "../oap/model/response-flags.ts";
import { KEPT, type Phase, UNKNOWN_US } from "./log-filter.ts";
import type { LogRow } from "./readers/logs.ts";

export function logOf(row: LogRow) {
  return {
    time: row.time_us / 1_000,
    kept: KEPT[row.kept_number - 1],
    weight: row.weight,
    kind: row.kind,
    detectPoint: row.detect_point,
    reporter: row.service,
    instance: row.instance,
    node: row.node,
    caller: row.caller || null,
    callerInstance: row.caller_instance || null,
    callee: row.callee || null,
    calleeInstance: row.callee_instance || null,
    endpoint: row.endpoint || null,
    method: row.method,
    protocol: row.protocol,
    authority: row.authority,
    path: row.path,
    query: row.query || null,
    code: row.response_code || null,
    grpcStatus: row.grpc_status < 0 ? null : row.grpc_status,
    flags: flagsOf(row.response_flags),
    codeDetails: row.code_details,
    failureReason: row.failure_reason || null,
    duration: row.duration_us === UNKNOWN_US ? null : row.duration_us / 1_000,
    phases: phasesOf(row),
    requestHeaderBytes: row.request_header_bytes,
    requestBodyBytes: row.request_body_bytes,
    responseHeaderBytes: row.response_header_bytes,
    responseBodyBytes: row.response_body_bytes,
    attempts: row.attempts,
    // A caller's proxy logs the TLS of its own application's connection to it: "none" says nothing of the call it reports.
    tlsMode: row.detect_point === "client" && row.tls_mode === "none" ? "" : row.tls_mode,
    tlsVersion: row.tls_version,
    serverName: row.sni,
    localPrincipal: row.local_principal,
    peerPrincipal: row.peer_principal,
    requestId: row.request_id,
    traceId: row.trace_id || null,
    downstreamAddress: addressText(row.downstream_address, row.downstream_port),
    upstreamAddress: addressText(row.upstream_address, row.upstream_port),
    upstreamCluster: row.upstream_cluster,
    route: row.route,
    userAgent: row.user_agent,
    requestHeaders: pairs(row.request_headers),
    responseHeaders: pairs(row.response_headers),
  };
}

/** Parts of the time of one report, ms from its start; those of which both ends are known and that take time or mark a step. The same as in
 *  log-filter.sql. */
function phasesOf(row: LogRow): { name: string; from: number; to: number }[] {
  const phases: readonly (readonly [Phase, number, number])[] = [
    ["REQUEST", 0, row.request_received_us],
    ["CONNECT", 0, row.upstream_first_sent_us],
    ["SEND", row.upstream_first_sent_us, row.upstream_last_sent_us],
    ["WAIT", row.upstream_last_sent_us, row.upstream_first_received_us],
    ["RECEIVE", row.upstream_first_received_us, row.upstream_last_received_us],
    ["RESPONSE", row.response_first_sent_us, row.response_last_sent_us],
  ];
  return phases
    .filter(([, from, to]) => from !== UNKNOWN_US && to !== UNKNOWN_US && to >= from)
    .map(([name, from, to]) => ({ name, from: from / 1_000, to: to / 1_000 }));
}

function addressText(host: string, port: number): string {
  if (host === "" || port === 0) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function pairs(headers: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(headers).map(([key, value]) => ({ key, value }));
}
