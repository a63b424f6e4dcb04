/** The demo's mesh: Istio's Bookinfo, with a gateway before it and a database behind. */
import { encode, structAny, structFields, TYPES } from "./proto.ts";

export interface Pod {
  readonly name: string;
  readonly ip: string;
  readonly workload: Workload;
}

export interface Workload {
  readonly service: string;
  readonly namespace: string;
  readonly version: string;
  readonly role: "sidecar" | "router";
  readonly port: number;
  readonly clusterIp: string;
  readonly pods: Pod[];
}

function workload(
  index: number,
  service: string,
  version: string,
  pods: number,
  port = 9080,
  namespace = "bookinfo",
  role: Workload["role"] = "sidecar",
): Workload {
  const made: Workload = { service, namespace, version, role, port, clusterIp: `10.96.40.${10 + index}`, pods: [] };
  const prefix = role === "router" ? service : `${service}-${version}`;
  for (let i = 0; i < pods; i++) {
    made.pods.push({
      name: `${prefix}-${(0x6b7f + index * 977 + i * 131).toString(16)}-${"abcde"[i]}${index}x`,
      ip: `10.244.${index}.${7 + i}`,
      workload: made,
    });
  }
  return made;
}

export const MESH = {
  gateway: workload(1, "istio-ingressgateway", "latest", 1, 8080, "istio-system", "router"),
  productpage: workload(2, "productpage", "v1", 2),
  details: workload(3, "details", "v1", 2),
  reviews: [workload(4, "reviews", "v1", 2), workload(5, "reviews", "v2", 2), workload(6, "reviews", "v3", 2)] as const,
  ratings: workload(7, "ratings", "v1", 2),
  mongodb: workload(8, "mongodb", "v1", 1, 27017),
};

export const PODS: readonly Pod[] = [
  MESH.gateway,
  MESH.productpage,
  MESH.details,
  ...MESH.reviews,
  MESH.ratings,
  MESH.mongodb,
].flatMap(({ pods }) => pods);

export function serviceName({ service, namespace }: Workload): string {
  return `${service}.${namespace}`;
}

/** Identifier of a pod's proxy, as the first message of its streams carries it. */
export function identifier({ name, ip, workload: { service, namespace, version, role } }: Pod, logName: string): object {
  const labels = {
    app: service,
    version,
    "service.istio.io/canonical-name": service,
    "service.istio.io/canonical-revision": version,
  };
  return {
    log_name: logName,
    node: {
      id: `${role}~${ip}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${service}.${namespace}`,
      metadata: structFields({
        NAME: name,
        NAMESPACE: namespace,
        INSTANCE_IPS: ip,
        WORKLOAD_NAME: `${service}-${version}`,
        CLUSTER_ID: "Kubernetes",
        ISTIO_VERSION: "1.26.0",
        LABELS: labels,
      }),
      user_agent_name: "envoy",
    },
  };
}

/** What the proxy at the other end says of a pod. */
export function peer({ name, workload: { service, namespace, version } }: Pod): object {
  return structAny({
    type: "deployment",
    workload: `${service}-${version}`,
    name,
    cluster: "Kubernetes",
    namespace,
    service,
    revision: version,
    app: service,
    version,
    identity: spiffe(service, namespace),
  });
}

export function spiffe(service: string, namespace: string): string {
  return `spiffe://cluster.local/ns/${namespace}/sa/bookinfo-${service}`;
}

export function address(ip: string, port: number): object {
  return { socket_address: { address: ip, port_value: port } };
}

/** First message of a stream: the identifier alone. */
export function identifierMessage(pod: Pod, logName: string): Buffer {
  return encode(TYPES.message, { identifier: identifier(pod, logName) });
}
