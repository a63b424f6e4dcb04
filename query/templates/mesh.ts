/** Dashboards of services of the layer MESH, and of what belongs to them. */
import { columns, links, nodes, numbersOf, percentiles, whole } from "./mesh-parts.ts";
import { card, type Dashboard, grid, line, list, tabs, thirds, topList, topology } from "./widgets.ts";

const UNHEALTHY = "Success rate below 95 % and more than 1 call / min";
const LEGEND = "(avg(service_sla) < 9500) * (avg(service_cpm) > 1)  == 1";

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
  ...numbersOf("service"),
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
  ...numbersOf("service_instance"),
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

export const meshDashboards: readonly Dashboard[] = [root, service, instance, endpoint];
