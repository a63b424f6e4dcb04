/** Names that dashboards of meshes ask for and that access logs do not tell: proxies' own numbers, the control plane's, processes'. */
import type { KnownNames } from "./known-names.ts";

export const meshNames: readonly KnownNames[] = [
  {
    scope: "instance",
    prefixes: ["envoy_"],
    names: `
      bug_failures cluster_membership_healthy cluster_up_cx_active cluster_up_cx_incr cluster_up_rq_active cluster_up_rq_incr
      cluster_up_rq_pending_active heap_memory_max_used heap_memory_used memory_allocated memory_allocated_max
      memory_physical_size memory_physical_size_max parent_connections_used total_connections_used worker_threads
      worker_threads_max
    `,
  },
  {
    scope: "service_relation",
    prefixes: ["envoy_sr_cluster_"],
    names: `
      lb_healthy_panic_incr up_cx_active up_cx_incr up_cx_none_healthy_incr up_rq_active up_rq_incr up_rq_pending_active
    `,
  },
  {
    scope: "service",
    prefixes: ["meter_istio_"],
    names: `
      cpu galley_validation_failed galley_validation_passed go_alloc go_goroutines go_heap_inuse go_stack_inuse pilot_conflict_il
      pilot_conflict_ol_http_tcp pilot_conflict_ol_tcp_http pilot_conflict_ol_tcp_tcp pilot_proxy_push_percentile pilot_services
      pilot_version pilot_virt_services pilot_xds pilot_xds_cds_reject pilot_xds_eds_reject pilot_xds_lds_reject pilot_xds_pushes
      pilot_xds_rds_reject pilot_xds_write_timeout resident_memory sidecar_injection_success_total virtual_memory
    `,
  },
  {
    scope: "process_relation",
    prefixes: ["process_relation_client_", "process_relation_server_"],
    names: `
      close_avg_exe_time close_cpm connect_avg_exe_time connect_cpm connect_exe_time read_avg_exe_time read_cpm
      read_exe_time_percentile read_total_bytes write_avg_exe_time write_avg_rtt_time write_cpm write_exe_time_percentile
      write_rtt_time_percentile write_total_bytes
    `,
  },
  {
    scope: "process_relation",
    prefixes: ["process_relation_"],
    names: `
      http1_client_duration http1_client_duration_percentile http1_request_cpm http1_request_package_size
      http1_request_package_size_percentile http1_response_package_size http1_response_package_size_percentile
      http1_response_status_cpm http1_server_duration http1_server_duration_percentile
    `,
  },
  {
    scope: "process",
    prefixes: ["continuous_profiling_"],
    names: `
      http_avg_response_time http_error_rate process_cpu process_thread_count system_load
    `,
  },
];
