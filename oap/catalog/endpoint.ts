import { average, defineMetrics, perMinute, succeeded } from "./metric.ts";

export const endpointMetrics = defineMetrics("endpoint", {
  endpoint_cpm: { value: perMinute("calls"), unit: "calls/min", help: "Calls received." },
  endpoint_resp_time: { value: average("latency_ms", "timed"), unit: "ms", help: "Mean latency." },
  endpoint_sla: { value: succeeded(10_000), unit: "0.01 %", help: "Successful calls, 0 to 10000." },
  endpoint_percentile: { value: "percentile", unit: "ms", help: "Latency percentiles." },
  endpoint_sidecar_internal_req_latency_nanos: {
    value: average("internal_request_ns", "internal_request_count"),
    unit: "ns",
    help: "Time inside the proxy on the way to the service.",
  },
  endpoint_sidecar_internal_resp_latency_nanos: {
    value: average("internal_response_ns", "internal_response_count"),
    unit: "ns",
    help: "Time inside the proxy on the way back.",
  },
});
