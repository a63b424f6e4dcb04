import { average, defineMetrics, perMinute, perSecond, succeeded } from "./metric.ts";

export const instanceMetrics = defineMetrics("instance", {
  service_instance_cpm: { value: perMinute("calls"), unit: "calls/min", help: "Calls received." },
  service_instance_resp_time: { value: average("latency_ms", "timed"), unit: "ms", help: "Mean latency." },
  service_instance_sla: { value: succeeded(10_000), unit: "0.01 %", help: "Successful calls, 0 to 10000." },
  service_instance_sidecar_internal_req_latency_nanos: {
    value: average("internal_request_ns", "internal_request_count"),
    unit: "ns",
    help: "Time inside the proxy on the way to the instance.",
  },
  service_instance_sidecar_internal_resp_latency_nanos: {
    value: average("internal_response_ns", "internal_response_count"),
    unit: "ns",
    help: "Time inside the proxy on the way back.",
  },
  service_instance_throughput_received: {
    value: average("tcp_received", "tcp_carried"),
    unit: "bytes/entry",
    help: "TCP bytes received per log entry.",
  },
  service_instance_throughput_sent: {
    value: average("tcp_sent", "tcp_carried"),
    unit: "bytes/entry",
    help: "TCP bytes sent per log entry.",
  },
  service_instance_tcp_received_bytes_rate: {
    value: perSecond("tcp_received", "tcp_carried"),
    unit: "bytes/s",
    help: "TCP bytes received per second.",
  },
  service_instance_tcp_sent_bytes_rate: {
    value: perSecond("tcp_sent", "tcp_carried"),
    unit: "bytes/s",
    help: "TCP bytes sent per second.",
  },
});
