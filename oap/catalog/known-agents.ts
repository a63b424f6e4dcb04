/** Names that dashboards of instrumented applications ask for: what language agents tell. */
import type { KnownNames } from "./known-names.ts";

export const agentNames: readonly KnownNames[] = [
  {
    scope: "instance",
    prefixes: ["instance_jvm_"],
    names: `
      class_loaded_class_count class_total_loaded_class_count class_total_unloaded_class_count cpu memory_heap memory_heap_max
      memory_noheap memory_noheap_max memory_pool_code_cache memory_pool_codeheap_non_nmethods
      memory_pool_codeheap_non_profiled_nmethods memory_pool_codeheap_profiled_nmethods memory_pool_compressed_class_space
      memory_pool_metaspace memory_pool_newgen memory_pool_oldgen memory_pool_permgen memory_pool_survivor memory_pool_zheap
      normal_gc_count normal_gc_time old_gc_count old_gc_time thread_blocked_state_thread_count thread_daemon_count
      thread_live_count thread_peak_count thread_runnable_state_thread_count thread_timed_waiting_state_thread_count
      thread_waiting_state_thread_count young_gc_count young_gc_time
    `,
  },
  {
    scope: "instance",
    prefixes: ["instance_clr_"],
    names: `
      available_completion_port_threads available_worker_threads cpu gen0_collect_count gen1_collect_count gen2_collect_count
      heap_memory max_completion_port_threads
    `,
  },
  {
    scope: "instance",
    prefixes: ["meter_jvm_"],
    names: `
      classes_loaded classes_unloaded gc_pause_duration memory_max memory_used threads_daemon threads_live threads_peak
    `,
  },
  { scope: "instance", prefixes: ["meter_jdbc_"], names: "connections_active connections_idle connections_max" },
  { scope: "instance", prefixes: ["meter_tomcat_"], names: "sessions_active_current sessions_active_max sessions_rejected" },
  {
    scope: "instance",
    prefixes: ["meter_instance_golang_"],
    names: `
      cgo_calls gc_count_labeled gc_heap_allocs_by_size gc_heap_frees_by_size gc_heap_goal gc_heap_objects gc_pauses
      heap_alloc_rate heap_frees live_goroutines_num memory_heap_labeled metadata_mcache_labeled metadata_mspan_labeled
      os_threads_num sched_latencies
    `,
  },
  {
    scope: "instance",
    prefixes: ["meter_instance_nodejs_"],
    names: `
      array_buffers external_memory heap_limit heap_total heap_used malloced_memory new_space_used old_space_used
      peak_malloced_memory process_cpu rss uptime
    `,
  },
  {
    scope: "instance",
    prefixes: ["meter_instance_php_"],
    names: `
      memory_peak_mb memory_used_mb open_fd_count process_cpu_utilization thread_count virtual_memory_mb
    `,
  },
  {
    scope: "instance",
    prefixes: ["meter_instance_pvm_"],
    names: `
      gc_g0 gc_g1 gc_g2 gc_time process_cpu_utilization process_mem_utilization thread_active_count total_cpu_utilization
      total_mem_utilization
    `,
  },
  {
    scope: "instance",
    prefixes: ["meter_instance_ruby_"],
    names: `
      cpu_usage_percent gc_count_total gc_major_count_total gc_minor_count_total gc_time_total heap_available_slots_count
      heap_live_slots_count heap_usage_percent memory_rss_mb memory_usage_percent thread_count_active thread_count_running
    `,
  },
  {
    scope: "instance",
    prefixes: ["meter_"],
    names: `
      datasource http_server_requests_count http_server_requests_duration process_cpu_usage process_files_max process_files_open
      system_cpu_usage system_load_average_1m thread_pool
    `,
  },
  { scope: "service", prefixes: ["service_"], names: "mq_consume_count mq_consume_latency" },
  { scope: "endpoint", prefixes: ["endpoint_"], names: "mq_consume_latency" },
  { scope: "endpoint_relation", prefixes: ["endpoint_relation_"], names: "cpm percentile resp_time sla" },
];
