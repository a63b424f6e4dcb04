/** The demo's mesh: Istio's Bookinfo, with a gateway before it and a database behind. */
import { encode, structAny, structFields, TYPES } from "./proto.ts";

export interface Pod {
  /** Of all pods of the demo. */
  readonly index: number;
  readonly name: string;
  readonly ip: string;
  readonly workload: Workload;
}

export interface Workload {
  readonly service: string;
  readonly namespace: string;
  readonly version: string;
  /** The Deployment's name. */
  readonly name: string;
  readonly account: string;
  readonly role: "sidecar" | "router";
  readonly port: number;
  readonly clusterIp: string;
  readonly pods: readonly Pod[];
}

interface WorkloadShape {
  readonly index: number;
  readonly service: string;
  readonly version?: string;
  readonly pods?: number;
  readonly port?: number;
}

function bookinfo({ index, service, version = "v1", pods = 2, port = 9_080 }: WorkloadShape): Workload {
  const account = `bookinfo-${service}`;
  return deploy(index, pods, {
    service,
    namespace: "bookinfo",
    version,
    name: `${service}-${version}`,
    account,
    role: "sidecar",
    port,
  });
}

let podsMade = 0;

function deploy(index: number, count: number, shape: Omit<Workload, "clusterIp" | "pods">): Workload {
  const pods: Pod[] = [];
  const workload: Workload = { ...shape, clusterIp: `10.96.40.${10 + index}`, pods };
  for (let i = 0; i < count; i++) {
    const suffix = `${(0x6b7f + index * 977).toString(16)}-${"abcde"[i]}${index}x`;
    pods.push({ index: podsMade++, name: `${shape.name}-${suffix}`, ip: `10.244.${index}.${7 + i}`, workload });
  }
  return workload;
}

export const MESH = {
  gateway: deploy(1, 1, {
    service: "istio-ingressgateway",
    namespace: "istio-system",
    version: "latest",
    name: "istio-ingressgateway",
    account: "istio-ingressgateway-service-account",
    role: "router",
    port: 8_080,
  }),
  productpage: bookinfo({ index: 2, service: "productpage" }),
  details: bookinfo({ index: 3, service: "details" }),
  reviews: [
    bookinfo({ index: 4, service: "reviews" }),
    bookinfo({ index: 5, service: "reviews", version: "v2" }),
    bookinfo({ index: 6, service: "reviews", version: "v3" }),
  ] as const,
  ratings: bookinfo({ index: 7, service: "ratings" }),
  mongodb: bookinfo({ index: 8, service: "mongodb", pods: 1, port: 27_017 }),
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

export function hostName({ service, namespace }: Workload): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** Of the cluster that a proxy reaches a workload's service by. */
export function clusterName(workload: Workload): string {
  return `outbound|${workload.port}||${hostName(workload)}`;
}

export function spiffe({ namespace, account }: Workload): string {
  return `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
}

export function address(ip: string, port: number): object {
  return { socket_address: { address: ip, port_value: port } };
}

/** First message of a stream: the identifier alone. */
export function identifierMessage(pod: Pod, logName: string): Buffer {
  return encode(TYPES.message, { identifier: { log_name: logName, node: nodeOf(pod) } });
}

function nodeOf({ name, ip, workload }: Pod): object {
  const { service, namespace, version, role, account } = workload;
  return {
    id: `${role}~${ip}~${name}.${namespace}~${namespace}.svc.cluster.local`,
    cluster: serviceName(workload),
    metadata: structFields({
      NAME: name,
      NAMESPACE: namespace,
      INSTANCE_IPS: ip,
      WORKLOAD_NAME: workload.name,
      OWNER: `kubernetes://apis/apps/v1/namespaces/${namespace}/deployments/${workload.name}`,
      SERVICE_ACCOUNT: account,
      CLUSTER_ID: "Kubernetes",
      MESH_ID: "cluster.local",
      ISTIO_VERSION: "1.26.0",
      LABELS: {
        app: service,
        version,
        "service.istio.io/canonical-name": service,
        "service.istio.io/canonical-revision": version,
      },
    }),
    user_agent_name: "envoy",
  };
}

/** What the proxy at the other end says of a pod. */
export function peer({ name, workload }: Pod): object {
  const { service, namespace, version } = workload;
  return structAny({
    type: "deployment",
    workload: workload.name,
    name,
    cluster: "Kubernetes",
    namespace,
    service,
    revision: version,
    app: service,
    version,
    identity: spiffe(workload),
  });
}
