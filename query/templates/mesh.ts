/** Dashboards of the layer MESH. */
import { card, type Dashboard, grid, line, list, type Measured, tabs, thirds, topList, topology } from "./widgets.ts";

const LOAD = "calls / min";
const UNHEALTHY = "Success rate below 95 % and more than 1 call / min";
const LEGEND = "(avg(service_sla) < 9500) * (avg(service_cpm) > 1)  == 1";

/** Percentiles as five series, named by their rank. */
function percentiles(metric: string): string {
  const ranks = "50,75,90,95,99";
  return `relabels(${metric}{p='${ranks}'},p='${ranks}',percentile='${ranks}')`;
}

/** The columns that lists of services, instances and endpoints share. */
function columns(prefix: string) {
  return [
    { label: "Load", unit: LOAD, value: `avg(${prefix}_cpm)`, series: `${prefix}_cpm` },
    { label: "Success rate", unit: "%", value: `avg(${prefix}_sla)/100`, series: `${prefix}_sla/100` },
    { label: "Latency", unit: "ms", value: `avg(${prefix}_resp_time)`, series: `${prefix}_resp_time` },
  ];
}

function nodes(prefix: string): Measured[] {
  return [
    { label: "Load", unit: LOAD, expression: `avg(${prefix}_cpm)` },
    { label: "Success rate", unit: "%", expression: `avg(${prefix}_sla/100)` },
    { label: "Latency", unit: "ms", expression: `avg(${prefix}_resp_time)` },
  ];
}

function links(prefix: string, side: "client" | "server"): Measured[] {
  const name = side === "client" ? "Client" : "Server";
  return [
    { label: `${name} load`, unit: LOAD, expression: `avg(${prefix}_${side}_cpm)` },
    { label: `${name} latency`, unit: "ms", expression: `avg(${prefix}_${side}_resp_time)` },
  ];
}

const serviceMap = topology({
  linkDashboard: "Mesh-Service-Relation",
  nodeDashboard: [
    { scope: "Service", dashboard: "Mesh-Service" },
    { scope: "ServiceInstance", dashboard: "Mesh-Instance" },
    { scope: "Endpoint", dashboard: "Mesh-Endpoint" },
  ],
  nodes: nodes("service"),
  server: links("service_relation", "server"),
  client: links("service_relation", "client"),
  legend: LEGEND,
  unhealthy: UNHEALTHY,
});

const instanceMap = topology({
  linkDashboard: "Mesh-Instance-Relation",
  nodeDashboard: [{ scope: "ServiceInstance", dashboard: "Mesh-Instance" }],
  nodes: nodes("service_instance"),
  server: links("service_instance_relation", "server"),
  client: links("service_instance_relation", "client"),
});

const whole = (part: object) => grid({ height: 48, parts: [[24, { ...part }]] });

const root: Dashboard = {
  name: "Mesh-Root",
  layer: "MESH",
  entity: "All",
  isRoot: true,
  children: grid(
    tabs(52, {
      Services: whole(
        list("ServiceList", "Mesh-Service", [
          ...columns("service"),
          { label: "Apdex", unit: "", value: "avg(service_apdex)/10000", series: "service_apdex/10000" },
        ]),
      ),
      Topology: whole(serviceMap),
      Top: grid(
        ...thirds(14, [
          topList("Service load (calls / min)", "top_n(service_cpm,10,des,attr0='MESH')"),
          topList("Slow services (ms)", "top_n(service_resp_time,10,des,attr0='MESH')"),
          topList("Least successful services (%)", "top_n(service_sla,10,asc,attr0='MESH')/100"),
          topList("Endpoint load (calls / min)", "top_n(endpoint_cpm,10,des,attr0='MESH')"),
          topList("Slow endpoints (ms)", "top_n(endpoint_resp_time,10,des,attr0='MESH')"),
          topList("Least successful endpoints (%)", "top_n(endpoint_sla,10,asc,attr0='MESH')/100"),
          topList("Lowest apdex", "top_n(service_apdex,10,asc,attr0='MESH')/10000"),
        ]),
      ),
    }),
  ),
};

const service: Dashboard = {
  name: "Mesh-Service",
  layer: "MESH",
  entity: "Service",
  children: grid(
    tabs(60, {
      Overview: grid(
        ...thirds(5, [
          card("Apdex", "avg(service_apdex)/10000"),
          card("Success rate (%)", "avg(service_sla)/100"),
          card("Load (calls / min)", "avg(service_cpm)"),
        ]),
        ...thirds(11, [
          line("Latency (ms)", "service_resp_time"),
          line("Latency percentiles (ms)", percentiles("service_percentile")),
          line("Apdex", "service_apdex/10000"),
          line("Success rate (%)", "service_sla/100"),
          line("Load (calls / min)", "service_cpm"),
          line("TCP throughput (bytes / entry)", "service_throughput_received", "service_throughput_sent"),
        ]),
        ...thirds(14, [
          topList("Instance load (calls / min)", "top_n(service_instance_cpm,10,des)"),
          topList("Slow instances (ms)", "top_n(service_instance_resp_time,10,des)"),
          topList("Least successful instances (%)", "top_n(service_instance_sla,10,asc)/100"),
          topList("Endpoint load (calls / min)", "top_n(endpoint_cpm,10,des)"),
          topList("Slow endpoints (ms)", "top_n(endpoint_resp_time,10,des)"),
          topList("Least successful endpoints (%)", "top_n(endpoint_sla,10,asc)/100"),
        ]),
        ...thirds(11, [
          line("Time in the proxy, requests (ns)", "service_sidecar_internal_req_latency_nanos"),
          line("Time in the proxy, responses (ns)", "service_sidecar_internal_resp_latency_nanos"),
        ]),
      ),
      Instances: whole(list("InstanceList", "Mesh-Instance", columns("service_instance"))),
      Endpoints: whole(list("EndpointList", "Mesh-Endpoint", columns("endpoint"))),
      Topology: whole(serviceMap),
      Logs: whole({ type: "Log" }),
    }),
  ),
  expressions: nodes("service").map(({ expression }) => expression),
  expressionsConfig: nodes("service").map(({ label, unit }) => ({ label, unit })),
};

const instance: Dashboard = {
  name: "Mesh-Instance",
  layer: "MESH",
  entity: "ServiceInstance",
  children: grid(
    ...thirds(12, [
      line("Load (calls / min)", "service_instance_cpm"),
      line("Latency (ms)", "service_instance_resp_time"),
      line("Success rate (%)", "service_instance_sla/100"),
      line("TCP throughput (bytes / entry)", "service_instance_throughput_received", "service_instance_throughput_sent"),
      line("Time in the proxy, requests (ns)", "service_instance_sidecar_internal_req_latency_nanos"),
      line("Time in the proxy, responses (ns)", "service_instance_sidecar_internal_resp_latency_nanos"),
    ]),
  ),
  expressions: nodes("service_instance").map(({ expression }) => expression),
  expressionsConfig: nodes("service_instance").map(({ label, unit }) => ({ label, unit })),
};

const endpoint: Dashboard = {
  name: "Mesh-Endpoint",
  layer: "MESH",
  entity: "Endpoint",
  children: grid(
    ...thirds(12, [
      line("Load (calls / min)", "endpoint_cpm"),
      line("Success rate (%)", "endpoint_sla/100"),
      line("Latency (ms)", "endpoint_resp_time"),
      line("Latency percentiles (ms)", percentiles("endpoint_percentile")),
      line("Time in the proxy, requests (ns)", "endpoint_sidecar_internal_req_latency_nanos"),
      line("Time in the proxy, responses (ns)", "endpoint_sidecar_internal_resp_latency_nanos"),
    ]),
  ),
};

/** The charts of an edge. The time inside proxies has names of its own. */
function edge(prefix: string, sidecarPrefix: string) {
  const both = (suffix: string) => [`${prefix}_client_${suffix}`, `${prefix}_server_${suffix}`];
  const proxies = (leg: string) =>
    ["client", "server"].map((side) => `${sidecarPrefix}_${side}_sidecar_internal_${leg}_latency_nanos`);
  return thirds(12, [
    line("Load, client and server (calls / min)", ...both("cpm")),
    line("Success rate, client and server (%)", ...both("call_sla").map((metric) => `${metric}/100`)),
    line("Latency, client and server (ms)", ...both("resp_time")),
    line("Client latency percentiles (ms)", percentiles(`${prefix}_client_percentile`)),
    line("Server latency percentiles (ms)", percentiles(`${prefix}_server_percentile`)),
    line("TCP received, client and server (bytes / entry)", ...both("received")),
    line("TCP sent, client and server (bytes / entry)", ...both("sent")),
    line("Time in the proxies, requests (ns)", ...proxies("req")),
    line("Time in the proxies, responses (ns)", ...proxies("resp")),
  ]);
}

const serviceRelation: Dashboard = {
  name: "Mesh-Service-Relation",
  layer: "MESH",
  entity: "ServiceRelation",
  children: grid(tabs(52, { Overview: grid(...edge("service_relation", "service")), Topology: whole(instanceMap) })),
};

const instanceRelation: Dashboard = {
  name: "Mesh-Instance-Relation",
  layer: "MESH",
  entity: "ServiceInstanceRelation",
  children: grid(...edge("service_instance_relation", "instance")),
};

export const meshDashboards: readonly Dashboard[] = [root, service, instance, endpoint, serviceRelation, instanceRelation];
