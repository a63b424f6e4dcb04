/** Kept access-log entries to rows of access_log. */
import { type DeltaBlock, type DeltaColumn, METHODS, NO_PATH } from "../model/batch.ts";
import { DETECT_POINT_NAMES } from "../model/entity.ts";
import { AT, type HeaderColumn, LOG_STRIDE, LOG_TEXTS, type LogNumber, type LogRows, NO_SIDE } from "../model/log-rows.ts";
import { bookedMinute } from "./clock-rule.ts";
import type { EndpointNames } from "./endpoint-name.ts";
import type { WorkloadNames } from "./names.ts";

const KINDS = ["http", "grpc", "tcp"] as const;
const DETECT_POINTS = [...DETECT_POINT_NAMES, "both"] as const;
const PROTOCOLS = ["", "HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3"] as const;
/** By TlsMode, and TLS_NOT_TOLD. */
const TLS_MODES = ["none", "tls", "mtls", ""] as const;
const TLS_VERSIONS = ["", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
const SERVER_SIDE = 2;

/** Names the endpoints of the rows from `first` on: to be called while their paths are known, and in time for their names to be asked. */
export function resolveEndpoints(rows: LogRows, first: number, names: WorkloadNames, endpoints: EndpointNames): void {
  const { numbers } = rows;
  for (let at = first * LOG_STRIDE; at < rows.length * LOG_STRIDE; at += LOG_STRIDE) {
    const path = numbers[at + AT.path] as number;
    if (path === NO_PATH) continue;
    const isServer = ((numbers[at + AT.detectPoint] as number) & SERVER_SIDE) !== 0;
    const called = numbers[at + (isServer ? AT.workload : AT.callee)] as number;
    const service = names.serviceOf[called] as number;
    numbers[at + AT.endpoint] = endpoints.resolve(service, numbers[at + AT.method] as number, path);
  }
}

/** Null when nothing was kept. Refers to the texts of `rows`, which must not change until it is encoded. */
export function accessLogBlock(
  rows: LogRows,
  names: WorkloadNames,
  endpoints: EndpointNames,
  maxAgeMs: number,
): DeltaBlock | null {
  if (rows.length === 0) return null;
  const column = (name: LogNumber): Float64Array => {
    const values = new Float64Array(rows.length);
    for (let row = 0, at = AT[name]; row < rows.length; row++, at += LOG_STRIDE) values[row] = rows.numbers[at] as number;
    return values;
  };
  const number = (name: string, type: "UInt8" | "UInt16" | "UInt32" | "UInt64" | "Int8", of: LogNumber): DeltaColumn => ({
    name,
    type,
    values: column(of),
  });
  const text = (name: string, of: LogNumber, textOf: (value: number) => string): DeltaColumn => {
    const values = new Array<string>(rows.length); // Array.from would cost as much as the rest of the row
    for (let row = 0, at = AT[of]; row < rows.length; row++, at += LOG_STRIDE) values[row] = textOf(rows.numbers[at] as number);
    return { name, type: "String", values };
  };
  const service = (workload: number): string => (workload === NO_SIDE ? "" : names.serviceName(names.info(workload).service));
  const instance = (workload: number): string => (workload === NO_SIDE ? "" : names.info(workload).instance);
  const receivedAtMs = column("receivedAtMs");
  const time = column("timeUs");
  for (let row = 0; row < rows.length; row++) {
    const received = receivedAtMs[row] as number;
    if (bookedMinute((time[row] as number) / 1_000, received, maxAgeMs) < 0) time[row] = received * 1_000;
  }
  const columns: DeltaColumn[] = [
    { name: "time", type: "DateTime64(6, 'UTC')", values: time },
    number("kept", "Int8", "kept"),
    number("weight", "UInt32", "weight"),
    text("kind", "kind", (kind) => KINDS[kind] as string),
    text("detect_point", "detectPoint", (side) => DETECT_POINTS[side] as string),
    text("service", "workload", service),
    text("instance", "workload", instance),
    { name: "node", type: "String", values: rows.nodes },
    text("caller", "caller", service),
    text("caller_instance", "caller", instance),
    text("callee", "callee", service),
    text("callee_instance", "callee", instance),
    text("endpoint", "endpoint", (endpoint) => endpoints.name(endpoint)),
    text("method", "method", (method) => (method === 0 ? "" : (METHODS[method] as string))),
    text("protocol", "protocol", (protocol) => PROTOCOLS[protocol] as string),
    number("response_code", "UInt16", "responseCode"),
    number("grpc_status", "Int8", "grpcStatus"),
    number("response_flags", "UInt32", "flags"),
    number("duration_us", "UInt64", "durationUs"),
    number("request_received_us", "UInt32", "requestReceivedUs"),
    number("upstream_first_sent_us", "UInt32", "upstreamFirstSentUs"),
    number("upstream_last_sent_us", "UInt32", "upstreamLastSentUs"),
    number("upstream_first_received_us", "UInt32", "upstreamFirstReceivedUs"),
    number("upstream_last_received_us", "UInt32", "upstreamLastReceivedUs"),
    number("response_first_sent_us", "UInt32", "responseFirstSentUs"),
    number("response_last_sent_us", "UInt32", "responseLastSentUs"),
    number("request_header_bytes", "UInt64", "requestHeaderBytes"),
    number("request_body_bytes", "UInt64", "requestBodyBytes"),
    number("response_header_bytes", "UInt64", "responseHeaderBytes"),
    number("response_body_bytes", "UInt64", "responseBodyBytes"),
    number("attempts", "UInt16", "attempts"),
    text("tls_mode", "tlsMode", (mode) => TLS_MODES[mode] as string),
    text("tls_version", "tlsVersion", (version) => TLS_VERSIONS[version] as string),
    number("downstream_port", "UInt16", "downstreamPort"),
    number("upstream_port", "UInt16", "upstreamPort"),
    ...LOG_TEXTS.map((name, i): DeltaColumn => ({ name, type: "String", texts: rows.texts[i] as LogRows["texts"][number] })),
    headers("request_headers", rows.requestHeaders),
    headers("response_headers", rows.responseHeaders),
  ];
  return { table: "access_log", rows: rows.length, columns };
}

function headers(name: string, { ends, length, keys, values }: HeaderColumn): DeltaColumn {
  return { name, type: "Map(String, String)", ends: ends.subarray(0, length), keys, values };
}
