/** Names that dashboards of Kubernetes ask for: what eBPF agents and kube-state-metrics tell. */
import type { KnownNames } from "./known-names.ts";

export const kubernetesNames: readonly KnownNames[] = [
  {
    scope: "service_relation",
    prefixes: ["kubernetes_service_relation_client_", "kubernetes_service_relation_server_"],
    names: `
      http_avg_req_body_size http_avg_req_header_size http_avg_resp_body_size http_avg_resp_header_size http_call_cpm
      http_call_time http_status_1xx_cpm http_status_2xx_cpm http_status_3xx_cpm http_status_4xx_cpm http_status_5xx_cpm read_cpm
      read_l2_package_to_queue_time read_l3_local_time read_l3_rcv_time read_l3_time read_l4_time read_netfilter_cpm
      read_netfilter_duration read_package_cpm read_package_duration read_package_size write_cpm write_l2_net_dev_send_time
      write_l2_ready_send_time write_l2_time write_l3_local_time write_l3_output_time write_l3_time write_l4_time
      write_netfilter_cpm write_netfilter_duration write_package_cpm write_package_duration write_package_size
      write_resolve_mac_cpm write_resolve_mac_duration write_retrains_package_cpm
    `,
  },
  {
    scope: "instance_relation",
    prefixes: ["kubernetes_service_instance_relation_client_", "kubernetes_service_instance_relation_server_"],
    names: `
      http_avg_req_body_size http_avg_req_header_size http_avg_resp_body_size http_avg_resp_header_size http_call_cpm
      http_call_time http_status_1xx_cpm http_status_2xx_cpm http_status_3xx_cpm http_status_4xx_cpm http_status_5xx_cpm read_cpm
      read_l2_package_to_queue_time read_l3_local_time read_l3_rcv_time read_l3_time read_l4_time read_netfilter_cpm
      read_netfilter_duration read_package_cpm read_package_duration read_package_size write_cpm write_l2_net_dev_send_time
      write_l2_ready_send_time write_l2_time write_l3_local_time write_l3_output_time write_l3_time write_l4_time
      write_netfilter_cpm write_netfilter_duration write_package_cpm write_package_duration write_package_size
      write_resolve_mac_cpm write_resolve_mac_duration write_retrains_package_cpm
    `,
  },
  {
    scope: "service_relation",
    prefixes: ["kubernetes_service_relation_"],
    names: `
      accept_cpm accept_duration connect_cpm connect_duration connect_success_cpm
    `,
  },
  {
    scope: "instance_relation",
    prefixes: ["kubernetes_service_instance_relation_"],
    names: `
      accept_cpm accept_duration connect_cpm connect_duration connect_success_cpm
    `,
  },
  {
    scope: "service",
    prefixes: ["kubernetes_service_"],
    names: `
      accept_cpm accept_time apdex connect_cpm connect_success_cpm connect_time http_avg_req_body_size http_avg_req_header_size
      http_avg_resp_body_size http_avg_resp_header_size http_call_cpm http_call_successful_rate http_call_time http_status_1xx_cpm
      http_status_2xx_cpm http_status_3xx_cpm http_status_4xx_cpm http_status_5xx_cpm read_l3_local_time read_l3_rcv_time
      read_l3_time read_l4_time read_netfilter_cpm read_netfilter_duration read_package_cpm read_package_size
      read_package_to_queue_time read_time resolve_mac_cpm resolve_mac_duration write_l2_enter_avg_queue_count
      write_l2_net_device_avg_send_duration write_l2_ready_avg_send_duration write_l2_time write_l3_local_time
      write_l3_output_time write_l3_time write_l4_time write_netfilter_cpm write_netfilter_duration write_package_cpm
      write_package_size write_retrains_package_cpm write_time
    `,
  },
  {
    scope: "instance",
    prefixes: ["kubernetes_service_instance_"],
    names: `
      accept_cpm accept_time connect_cpm connect_success_cpm connect_time http_avg_req_body_size http_avg_req_header_size
      http_avg_resp_body_size http_avg_resp_header_size http_call_cpm http_call_successful_rate http_call_time http_status_1xx_cpm
      http_status_2xx_cpm http_status_3xx_cpm http_status_4xx_cpm http_status_5xx_cpm read_l3_local_time read_l3_rcv_time
      read_l3_time read_l4_time read_netfilter_cpm read_netfilter_duration read_package_cpm read_package_size
      read_package_to_queue_time read_time resolve_mac_cpm resolve_mac_duration write_l2_avg_enter_queue_count
      write_l2_net_device_send_time write_l2_ready_send_time write_l2_time write_l3_local_time write_l3_output_time write_l3_time
      write_l4_time write_netfilter_cpm write_netfilter_duration write_package_cpm write_package_size write_retrains_package_cpm
      write_time
    `,
  },
  {
    scope: "endpoint",
    prefixes: ["kubernetes_service_endpoint_"],
    names: `
      call_cpm call_successful_rate call_time http_avg_req_body_size http_avg_req_header_size http_avg_resp_body_size
      http_avg_resp_header_size http_call_cpm http_call_time http_status_1xx_cpm http_status_2xx_cpm http_status_3xx_cpm
      http_status_4xx_cpm http_status_5xx_cpm
    `,
  },
  {
    scope: "service",
    prefixes: ["k8s_service_"],
    names: `
      cpu_cores_limits cpu_cores_requests memory_limits memory_requests pod_cpu_usage pod_memory_usage pod_status
      pod_status_restarts_total pod_status_waiting pod_total
    `,
  },
  {
    scope: "service",
    prefixes: ["k8s_cluster_"],
    names: `
      container_total cpu_cores cpu_cores_requests daemonset_total deployment_total memory_requests memory_total namespace_total
      node_total service_total statefulset_total storage_allocatable storage_total
    `,
  },
];
