/** Access-log messages, valid by default: state only what matters. Shapes are those of Istio 1.24 and later. */
import { encode, type StructValue, structAny, structFields, TYPES } from "../../oap/demo/proto.ts";

export interface PodShape {
  readonly service: string;
  readonly namespace: string;
  readonly pod: string;
  readonly version: string;
  readonly ip: string;
}

export function pod(service: string, overrides: Partial<PodShape> = {}): PodShape {
  return { service, namespace: "bookinfo", pod: `${service}-v1-6b7f`, version: "v1", ip: "10.244.1.7", ...overrides };
}

/** Identifier of a proxy run by Istio. */
export function istioNode(
  { service, namespace, pod: name, version, ip }: PodShape,
  role: "sidecar" | "router" | "waypoint" = "sidecar",
  metadata: StructValue = {},
): object {
  return {
    log_name: "http_envoy_accesslog",
    node: {
      id: `${role}~${ip}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${service}.${namespace}`,
      metadata: structFields({
        NAME: name,
        NAMESPACE: namespace,
        LABELS: { "service.istio.io/canonical-name": service, app: service, version },
        ...metadata,
      }),
    },
  };
}

/** Identifier of an Envoy that nobody but its bootstrap configures. */
export function plainNode(cluster: string, id: string): object {
  return { log_name: "http", node: { id, cluster } };
}

/** A peer object as a proxy sees it. */
export function peerOf({ service, namespace, pod: name, version }: PodShape): object {
  return structAny({
    name,
    namespace,
    cluster: "Kubernetes",
    service,
    revision: version,
    app: service,
    version,
    workload: `${service}-${version}`,
    type: "deployment",
  });
}

export interface EntryShape {
  readonly startTime?: string;
  /** Seconds by name of the duration. */
  readonly durations?: Readonly<Record<string, number>>;
  readonly common?: object;
  readonly request?: object | null;
  readonly response?: object | null;
}

const DURATIONS: Readonly<Record<string, number>> = {
  time_to_first_upstream_tx_byte: 0.0006,
  time_to_first_upstream_rx_byte: 0.0469,
  time_to_last_upstream_rx_byte: 0.0473,
  time_to_first_downstream_tx_byte: 0.0471,
  time_to_last_downstream_tx_byte: 0.0476,
};

/** Nanoseconds of a decimal text of seconds, exactly. */
function duration(seconds: number): object {
  const nanos = Math.round(seconds * 1e9);
  return { seconds: Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
}

export function timestamp(iso: string): object {
  const [, fraction = ""] = /\.(\d+)Z$/.exec(iso) ?? [];
  return { seconds: Math.floor(Date.parse(iso) / 1_000), nanos: Number(fraction.padEnd(9, "0")) };
}

function common(
  { startTime = "2026-03-01T10:16:00.001500000Z", durations = DURATIONS, common: rest = {} }: EntryShape,
  type: number,
): object {
  const times = Object.fromEntries(Object.entries(durations).map(([name, seconds]) => [name, duration(seconds)]));
  return { start_time: timestamp(startTime), ...times, access_log_type: type, ...rest };
}

export function httpEntry(shape: EntryShape = {}): object {
  const { request = {}, response = {} } = shape;
  return {
    common_properties: common(shape, 6),
    ...(request === null
      ? {}
      : { request: { request_method: "GET", scheme: "http", authority: "reviews:9080", path: "/reviews/0", ...request } }),
    ...(response === null ? {} : { response: { response_code: { value: 200 }, ...response } }),
  };
}

export function tcpEntry(received: number, sent: number, shape: EntryShape = {}): object {
  return { common_properties: common(shape, 3), connection_properties: { received_bytes: received, sent_bytes: sent } };
}

export function message(
  identifier: object | null,
  entries: { readonly http?: readonly object[]; readonly tcp?: readonly object[] },
): Buffer {
  return encode(TYPES.message, {
    ...(identifier === null ? {} : { identifier }),
    ...(entries.http === undefined ? {} : { http_logs: { log_entry: entries.http } }),
    ...(entries.tcp === undefined ? {} : { tcp_logs: { log_entry: entries.tcp } }),
  });
}
