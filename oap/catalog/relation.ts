/** Relations have the same metrics from both of their sides, and for services and instances alike. */
import type { Scope } from "./columns.ts";
import { average, type Declared, defineMetrics, type Metric, perMinute, perSecond, succeeded } from "./metric.ts";

/** `prefix` begins most names, `sidecarPrefix` those of the time inside the proxy. */
function relationMetrics(scope: Scope, prefix: string, sidecarPrefix: string, side: "client" | "server"): Metric[] {
  const reporter = side === "client" ? "as the calling side saw them" : "as the called side saw them";
  const names: Record<string, Declared> = {
    [`${prefix}_${side}_cpm`]: { value: perMinute("calls"), unit: "calls/min", help: `Calls, ${reporter}.` },
    [`${prefix}_${side}_call_sla`]: {
      value: succeeded(10_000),
      unit: "0.01 %",
      help: `Successful calls, ${reporter}, 0 to 10000.`,
    },
    [`${prefix}_${side}_resp_time`]: {
      value: average("latency_ms", "timed"),
      unit: "ms",
      help: `Mean latency of calls, ${reporter}.`,
    },
    [`${prefix}_${side}_percentile`]: { value: "percentile", unit: "ms", help: `Latency percentiles of calls, ${reporter}.` },
    [`${sidecarPrefix}_${side}_sidecar_internal_req_latency_nanos`]: {
      value: average("internal_request_ns", "internal_request_count"),
      unit: "ns",
      help: "Time inside that side's proxy on the way in.",
    },
    [`${sidecarPrefix}_${side}_sidecar_internal_resp_latency_nanos`]: {
      value: average("internal_response_ns", "internal_response_count"),
      unit: "ns",
      help: "Time inside that side's proxy on the way back.",
    },
    [`${prefix}_${side}_received`]: {
      value: average("tcp_received", "tcp_carried"),
      unit: "bytes/entry",
      help: "TCP bytes received per log entry.",
    },
    [`${prefix}_${side}_sent`]: {
      value: average("tcp_sent", "tcp_carried"),
      unit: "bytes/entry",
      help: "TCP bytes sent per log entry.",
    },
    [`${prefix}_${side}_tcp_received_bytes_rate`]: {
      value: perSecond("tcp_received", "tcp_carried"),
      unit: "bytes/s",
      help: "TCP bytes received per second.",
    },
    [`${prefix}_${side}_tcp_sent_bytes_rate`]: {
      value: perSecond("tcp_sent", "tcp_carried"),
      unit: "bytes/s",
      help: "TCP bytes sent per second.",
    },
  };
  return defineMetrics(scope, names, side);
}

export const serviceRelationMetrics = [
  ...relationMetrics("service_relation", "service_relation", "service", "client"),
  ...relationMetrics("service_relation", "service_relation", "service", "server"),
];

export const instanceRelationMetrics = [
  ...relationMetrics("instance_relation", "service_instance_relation", "instance", "client"),
  ...relationMetrics("instance_relation", "service_instance_relation", "instance", "server"),
];
