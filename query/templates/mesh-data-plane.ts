/** Dashboards of the layer MESH_DP: the proxies' own numbers. */
import { type Dashboard, grid, line, list, thirds } from "./widgets.ts";

const COLUMNS = [
  ["Connections", "envoy_total_connections_used"],
  ["Worker threads", "envoy_worker_threads"],
  ["Bug failures", "envoy_bug_failures"],
].map(([label = "", metric = ""]) => ({ label, unit: "", value: `avg(${metric})`, series: metric }));

const root: Dashboard = {
  name: "Mesh-Data-Plane-Root",
  layer: "MESH_DP",
  entity: "All",
  isRoot: true,
  children: grid({ height: 48, parts: [[24, list("ServiceList", "Mesh-Data-Plane-Service", [])]] }),
};

const service: Dashboard = {
  name: "Mesh-Data-Plane-Service",
  layer: "MESH_DP",
  entity: "Service",
  children: grid({ height: 48, parts: [[24, list("InstanceList", "Mesh-Data-Plane-Instance", COLUMNS)]] }),
};

const instance: Dashboard = {
  name: "Mesh-Data-Plane-Instance",
  layer: "MESH_DP",
  entity: "ServiceInstance",
  children: grid(
    ...thirds(12, [
      line("Connections", "envoy_total_connections_used", "envoy_parent_connections_used"),
      line("Worker threads", "envoy_worker_threads", "envoy_worker_threads_max"),
      line("Bug failures", "envoy_bug_failures"),
      line("Heap (bytes)", "envoy_heap_memory_used", "envoy_heap_memory_max_used"),
      line("Allocated memory (bytes)", "envoy_memory_allocated", "envoy_memory_allocated_max"),
      line("Physical memory (bytes)", "envoy_memory_physical_size", "envoy_memory_physical_size_max"),
      line("Healthy cluster members", "envoy_cluster_membership_healthy"),
      line("Connections to clusters", "envoy_cluster_up_cx_active"),
      line("New connections to clusters", "envoy_cluster_up_cx_incr"),
      line("Requests to clusters", "envoy_cluster_up_rq_active"),
      line("New requests to clusters", "envoy_cluster_up_rq_incr"),
      line("Requests waiting for clusters", "envoy_cluster_up_rq_pending_active"),
    ]),
  ),
  expressions: ["latest(envoy_total_connections_used)", "latest(envoy_worker_threads)", "avg(envoy_heap_memory_used)/1024/1024"],
  expressionsConfig: [
    { label: "Connections", unit: "" },
    { label: "Worker threads", unit: "" },
    { label: "Heap", unit: "MB" },
  ],
};

export const meshDataPlaneDashboards: readonly Dashboard[] = [root, service, instance];
