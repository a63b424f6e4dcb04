/** Dashboards of edges of the layer MESH. */
import { links, nodes, percentiles, whole } from "./mesh-parts.ts";
import { type Dashboard, grid, line, tabs, thirds, topology } from "./widgets.ts";

const instanceMap = topology({
  linkDashboard: "Mesh-Instance-Relation",
  nodeDashboard: [{ scope: "ServiceInstance", dashboard: "Mesh-Instance" }],
  nodes: nodes("service_instance"),
  server: links("service_instance_relation", "server"),
  client: links("service_instance_relation", "client"),
});

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

export const meshRelationDashboards: readonly Dashboard[] = [serviceRelation, instanceRelation];
