/** Whom a call was meant for, when no peer object tells: the upstream cluster, else the authority. */

/** A service by its own name, or one of Kubernetes, of which more is known. */
export type Destination = string | KubernetesService;

export interface KubernetesService {
  readonly name: string;
  readonly namespace: string;
}

/** Service named by an upstream cluster; null when the cluster names none. Istio's names carry the host as their last part
 *  (`outbound|9080|v1|reviews.default.svc.cluster.local`), anybody else's are taken as they are. */
export function serviceOfCluster(cluster: string): Destination | null {
  if (cluster === "" || NAMELESS.has(cluster) || cluster.startsWith("inbound|")) return null;
  if (cluster.startsWith("outbound|") || cluster.startsWith("inbound-vip|")) return serviceOfHost(cluster.split("|")[3] ?? "");
  if (cluster.startsWith("outbound_.")) return serviceOfHost(cluster.split("_.").slice(3).join("_."));
  return cluster;
}

/** Service named by an authority, its port removed: `name` (in the reporter's namespace), `name.ns` or `name.ns.svc…`; null
 *  for an address or a host outside of the cluster. */
export function serviceOfAuthority(authority: string, namespace: string): KubernetesService | null {
  const host = authority.replace(/:\d+$/, "").toLowerCase();
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host) || /^[\d.]+$/.test(host)) return null;
  const parts = host.split(".");
  const [name = "", inNamespace = namespace] = parts;
  if (inNamespace === "") return null;
  return parts.length <= 2 || parts[2] === "svc" ? { name, namespace: inNamespace } : null;
}

const NAMELESS = new Set([
  "PassthroughCluster",
  "InboundPassthroughCluster",
  "InboundPassthroughClusterIpv4",
  "InboundPassthroughClusterIpv6",
  "BlackHoleCluster",
]);

/** `name.ns.svc…` is a service of Kubernetes; an external host is its own service. */
function serviceOfHost(host: string): Destination | null {
  const [name = "", namespace = "", svc] = host.replace(/;$/, "").split(".");
  if (svc === "svc") return { name, namespace };
  return host === "" ? null : host;
}
