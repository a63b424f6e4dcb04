/** The expressions of the dashboards that SkyWalking's two user interfaces have for a mesh, by what they are asked of. */

export type Of = "nothing" | "service" | "instance" | "endpoint" | "service_relation" | "instance_relation";

export interface Dashboard {
  readonly name: string;
  readonly of: Of;
  /** One widget each. */
  readonly expressions: readonly string[];
  /** Of how many entities one request asks all of them: rows of a list, nodes and links of a topology. Else widgets are asked by six. */
  readonly entities?: number;
  /** What the j-th expression of the i-th entity is called, where it is not called as a widget is. */
  readonly alias?: (i: number, j: number) => string;
}

const percentiles = (metric: string): string =>
  `relabels(${metric}{p='50,75,90,95,99'},p='50,75,90,95,99',percentile='50,75,90,95,99')`;
const each = (prefix: string, ...ends: string[]): string[] => ends.map((end) => `${prefix}${end}`);
/** A column of a list is its mean and its sparkline. */
const columns = (...expressions: string[]): string[] => expressions.flatMap((one) => [`avg(${one})`, one]);
const sidecar = (prefix: string): string[] => each(`${prefix}_sidecar_internal_`, "req_latency_nanos", "resp_latency_nanos");
const sides = <T>(metric: (side: string) => T): T[] => [metric("client"), metric("server")];

const ENVOY = each(
  "envoy_",
  ...["cluster_up_rq_active", "cluster_up_rq_incr", "cluster_up_rq_pending_active", "cluster_up_cx_active", "cluster_up_cx_incr"],
  ...["cluster_membership_healthy", "total_connections_used", "parent_connections_used", "worker_threads", "worker_threads_max"],
  ...[
    "heap_memory_used/1024/1024",
    "heap_memory_max_used/1024/1024",
    "memory_allocated/1024/1024",
    "memory_allocated_max/1024/1024",
  ],
  ...["memory_physical_size/1024/1024", "memory_physical_size_max/1024/1024", "bug_failures"],
);

const ISTIO = each(
  "meter_istio_",
  ...["cpu", "go_goroutines", "pilot_version", "go_stack_inuse/1024/1024", "virtual_memory/1024/1024", "go_alloc/1024/1024"],
  ...["resident_memory/1024/1024", "go_heap_inuse/1024/1024", "pilot_xds_cds_reject", "pilot_xds_eds_reject"],
  ...[
    "pilot_xds_rds_reject",
    "pilot_xds_lds_reject",
    "pilot_xds_write_timeout",
    "pilot_proxy_push_percentile",
    "pilot_xds_pushes",
  ],
  ...["sidecar_injection_success_total", "pilot_xds", "pilot_services", "pilot_virt_services", "galley_validation_passed"],
  ...["galley_validation_failed", "pilot_conflict_ol_tcp_tcp", "pilot_conflict_il", "pilot_conflict_ol_tcp_http"],
  "pilot_conflict_ol_http_tcp",
);

const relation = (prefix: string): string[] => [
  ...sides((side) => percentiles(`${prefix}_${side}_percentile`)),
  ...sides((side) => `${prefix}_${side}_resp_time`),
  ...sides((side) => `${prefix}_${side}_call_sla/100`),
  ...sides((side) => `${prefix}_${side}_cpm`),
  ...sides((side) => `${prefix}_${side}_received`),
  ...sides((side) => `${prefix}_${side}_sent`),
];

const LEGEND = "(avg(service_sla) < 9500) * (avg(service_cpm) > 1)  == 1";

export const BOOSTER: readonly Dashboard[] = [
  {
    name: "Mesh-Root",
    of: "nothing",
    expressions: [
      "top_n(service_resp_time,10,des,attr0='MESH')",
      "top_n(service_cpm,10,des,attr0='MESH')",
      "top_n(service_sla,10,asc,attr0='MESH')/100",
      "top_n(service_apdex,10,asc,attr0='MESH')/10000",
      "top_n(endpoint_sla,10,asc,attr0='MESH')/100",
      "top_n(endpoint_resp_time,10,des,attr0='MESH')",
      "top_n(endpoint_cpm,10,des,attr0='MESH')",
    ],
  },
  {
    name: "Mesh-Root, services",
    of: "service",
    entities: 10,
    expressions: [
      ...["avg(service_cpm)", "service_cpm", "avg(service_sla)/100", "service_sla/100"],
      ...["avg(service_resp_time)", "service_resp_time", "avg(service_apdex)/10000", "service_apdex/10000"],
    ],
  },
  {
    name: "Mesh-Root, topology nodes",
    of: "service",
    entities: 20,
    expressions: ["avg(service_cpm)", "avg(service_sla/100)", "avg(service_resp_time)"],
  },
  { name: "Mesh-Root, topology legend", of: "service", entities: 20, expressions: [LEGEND] },
  {
    name: "Mesh-Root, topology links, server",
    of: "service_relation",
    entities: 40,
    expressions: ["avg(service_relation_server_resp_time)", "avg(service_relation_server_cpm)"],
  },
  {
    name: "Mesh-Root, topology links, client",
    of: "service_relation",
    entities: 40,
    expressions: ["avg(service_relation_client_cpm)", "avg(service_relation_client_resp_time)"],
  },
  {
    name: "Mesh-Service",
    of: "service",
    expressions: [
      ...["avg(service_apdex)/10000", "avg(service_sla)/100", "avg(service_cpm)"],
      ...["service_resp_time", "service_apdex/10000", percentiles("service_percentile"), "service_sla/100", "service_cpm"],
      ...["service_throughput_received", "service_throughput_sent", ...sidecar("service")],
      ...["top_n(service_instance_cpm,10,des)", "top_n(service_instance_resp_time,10,des)"],
      ...["top_n(service_instance_sla,10,asc)/100", "top_n(endpoint_sla,10,asc)/100"],
      ...["top_n(endpoint_resp_time,10,des)", "top_n(endpoint_cpm,10,des)"],
    ],
  },
  {
    name: "Mesh-Service, instances",
    of: "instance",
    entities: 10,
    expressions: columns("service_instance_cpm", "service_instance_sla/100", "service_instance_resp_time"),
  },
  {
    name: "Mesh-Service, endpoints",
    of: "endpoint",
    entities: 10,
    expressions: columns("endpoint_cpm", "endpoint_sla/100", "endpoint_resp_time"),
  },
  {
    name: "Mesh-Instance",
    of: "instance",
    expressions: [
      ...["service_instance_resp_time", "service_instance_sla/100", "service_instance_cpm", ...sidecar("service_instance")],
      ...["service_instance_throughput_received", "service_instance_throughput_sent", ...ENVOY],
    ],
  },
  {
    name: "Mesh-Endpoint",
    of: "endpoint",
    expressions: [
      ...[percentiles("endpoint_percentile"), "endpoint_resp_time", "endpoint_sla/100", "endpoint_cpm", ...sidecar("endpoint")],
    ],
  },
  {
    name: "Mesh-Service-Relation",
    of: "service_relation",
    expressions: [...relation("service_relation"), ...sides((side) => sidecar(`service_${side}`)).flat()],
  },
  {
    name: "Mesh-Service-Relation, topology nodes",
    of: "instance",
    entities: 20,
    expressions: ["avg(service_instance_sla/100)", "avg(service_instance_cpm)", "avg(service_instance_resp_time)"],
  },
  ...["server", "client"].map((side): Dashboard => {
    const metric = `service_instance_relation_${side}`;
    const expressions = [`avg(${metric}_resp_time)`, `avg(${metric}_cpm)`];
    return { name: `Mesh-Service-Relation, topology links, ${side}`, of: "instance_relation", entities: 40, expressions };
  }),
  {
    name: "Mesh-Instance-Relation",
    of: "instance_relation",
    expressions: [...relation("service_instance_relation"), ...sides((side) => sidecar(`instance_${side}`)).flat()],
  },
  {
    name: "Mesh-Data-Plane-Instance",
    of: "instance",
    expressions: ["latest(envoy_total_connections_used)", "latest(envoy_worker_threads)", ...ENVOY],
  },
  {
    name: "Mesh-Data-Plane-Service",
    of: "service",
    entities: 10,
    expressions: columns(...each("envoy_", "total_connections_used", "worker_threads", "bug_failures")),
  },
  { name: "Mesh-Control-Plane-Service", of: "service", expressions: ISTIO },
  {
    name: "Mesh-Control-Plane-Root",
    of: "service",
    entities: 10,
    expressions: columns(...each("meter_istio_", "cpu", "go_goroutines", "pilot_xds", "pilot_services", "pilot_virt_services")),
  },
];

export const HORIZON: readonly Dashboard[] = [
  {
    name: "mesh overview",
    of: "nothing",
    alias: (_, j) => `agg${j}`,
    expressions: [
      "sum(top_n(service_cpm,100,DES,attr0='MESH'))",
      "avg(top_n(service_resp_time,100,DES,attr0='MESH'))",
      "avg(top_n(service_sla,100,DES,attr0='MESH'))/100",
      "meter_istio_pilot_xds_cds_reject+meter_istio_pilot_xds_eds_reject",
    ],
  },
  {
    name: "layer landing",
    of: "service",
    entities: 6,
    alias: (i, j) => `s${i}c${j}`,
    expressions: ["service_cpm", "service_apdex/10000", "service_resp_time", "100 - service_sla/100"],
  },
  {
    name: "service",
    of: "service",
    expressions: [
      ...["top_n(endpoint_cpm,20,des)", "top_n(endpoint_resp_time,20,des)", "top_n(endpoint_sla,20,asc)/100"],
      ...["service_cpm", "100 - service_sla/100", "service_apdex/10000", "service_resp_time", percentiles("service_percentile")],
      ...["service_throughput_received", "service_throughput_sent", ...sidecar("service")],
      ...["top_n(service_instance_cpm,10,des)", "top_n(service_instance_resp_time,10,des)"],
      "top_n(service_instance_sla,10,asc)/100",
    ],
  },
  {
    name: "instance",
    of: "instance",
    expressions: [
      ...["service_instance_cpm", "service_instance_resp_time", "service_instance_sla/100", ...sidecar("service_instance")],
      ...["service_instance_throughput_received", "service_instance_throughput_sent", ...ENVOY],
    ],
  },
  {
    name: "endpoint",
    of: "endpoint",
    expressions: [
      "endpoint_cpm",
      "endpoint_resp_time",
      "endpoint_sla/100",
      percentiles("endpoint_percentile"),
      ...sidecar("endpoint"),
    ],
  },
  {
    name: "topology nodes",
    of: "service",
    entities: 50,
    alias: (i, j) => `n${i}_${j}`,
    expressions: ["service_cpm", "service_sla/100", "service_resp_time"],
  },
  ...["client", "server"].flatMap((side): Dashboard[] =>
    (["service", "instance"] as const).map((scope) => {
      const prefix = scope === "service" ? `service_relation_${side}` : `service_instance_relation_${side}`;
      return {
        name: `topology links of ${scope}s, ${side}`,
        of: `${scope}_relation`,
        entities: 50,
        alias: (i, j) => `${side === "server" ? "s" : "c"}${i}_${j}`,
        expressions: [`${prefix}_cpm`, `${prefix}_resp_time`, `${prefix}_percentile{p='95'}`, `${prefix}_call_sla/100`],
      };
    }),
  ),
  { name: "data plane instance", of: "instance", expressions: [...ENVOY.slice(0, 4).map((one) => `latest(${one})`), ...ENVOY] },
  { name: "control plane service", of: "service", expressions: ISTIO },
  {
    name: "topology nodes of instances",
    of: "instance",
    entities: 50,
    alias: (i, j) => `n${i}_${j}`,
    expressions: ["service_instance_cpm", "service_instance_sla/100", "service_instance_resp_time"],
  },
];
