import { expect, test } from "vitest";
import { KNOWN } from "../../../../oap/catalog/known.ts";
import { METRICS } from "../../../../oap/catalog/metrics.ts";

test("a name is either produced or only known", () => {
  expect([...KNOWN.keys()].filter((name) => METRICS.has(name))).toEqual([]);
  for (const name of KNOWN.keys()) expect(name).toMatch(/^[a-z0-9_]+$/);
});

test.each([
  ["envoy_heap_memory_used", "instance", "value"],
  ["envoy_cluster_up_rq_active", "instance", "labeled"],
  ["envoy_sr_cluster_up_cx_active", "service_relation", "value"],
  ["meter_istio_pilot_xds_pushes", "service", "value"],
  ["meter_istio_pilot_proxy_push_percentile", "service", "labeled"],
  ["k8s_service_pod_total", "service", "value"],
  ["k8s_cluster_node_total", "service", "value"],
  ["kubernetes_service_http_call_cpm", "service", "value"],
  ["kubernetes_service_instance_relation_server_write_l4_time", "instance_relation", "value"],
  ["kubernetes_service_endpoint_call_successful_rate", "endpoint", "value"],
  ["process_relation_client_write_rtt_time_percentile", "process_relation", "labeled"],
  ["continuous_profiling_process_cpu", "process", "value"],
  ["instance_jvm_memory_pool_codeheap_non_profiled_nmethods", "instance", "value"],
  ["meter_system_load_average_1m", "instance", "value"],
  ["meter_instance_golang_gc_count_labeled", "instance", "labeled"],
  ["service_mq_consume_latency", "service", "value"],
  ["endpoint_relation_cpm", "endpoint_relation", "value"],
  ["sampled_status_5xx_trace_record", "process_relation", "record"],
])("%s, which dashboards ask for, is known as of a(n) %s, as a %s", (name, scope, shape) => {
  expect(KNOWN.get(name)).toEqual({ name, scope, shape });
});
