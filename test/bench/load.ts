/** The bench's load: the sidecars of a mesh, each reporting the calls it served as entries of about 1 KB (mTLS fields, both peer
 *  objects) in messages of 16. Messages are made once and sent again and again; beside them stands what has to be stored of them. */
import type { Scope } from "../../oap/catalog/columns.ts";
import { httpEntry, istioNode, message, peerOf, pod } from "../builders/access-log.ts";

export interface LoadShape {
  readonly services: number;
  /** Of each service. */
  readonly instances: number;
  readonly endpoints: number;
  /** Entries of about 440 bytes, without TLS and peer objects. */
  readonly isPlain?: boolean;
}

/** 2,000 instances, 10,000 endpoints, 5,000 edges, 20,000 pairs of instances. */
export const MESH: LoadShape = { services: 200, instances: 10, endpoints: 50 };
/** The same with 100,000 endpoints. */
export const WORST: LoadShape = { services: 200, instances: 10, endpoints: 500 };

/** Services that call each service, and each of its instances. */
const CALLERS = 25;
const CALLERS_OF_INSTANCE = 10;
const ENTRIES_PER_MESSAGE = 16;
const MESSAGES_MIN = 2;
/** Every 49th call fails: no divisor of the endpoints, so that all of them fail now and then. */
const FAILED_EVERY = 49;
const NAMESPACE = "bench";

export interface ProxyLoad {
  readonly identifier: Buffer;
  readonly messages: readonly Buffer[];
}

/** Calls of one round, all messages sent once, by key: what stands in traffic_minute, joined by spaces. */
export type ExpectedCalls = Readonly<Record<Scope, ReadonlyMap<string, number>>>;

export interface Load {
  readonly proxies: readonly ProxyLoad[];
  readonly calls: ExpectedCalls;
  /** Of one round. */
  readonly entries: number;
  readonly failed: number;
  readonly entryBytes: number;
}

/** @param startMs when all calls started */
export function benchLoad(shape: LoadShape, startMs: number): Load {
  const calls = {
    service: new Map<string, number>(),
    instance: new Map<string, number>(),
    endpoint: new Map<string, number>(),
    service_relation: new Map<string, number>(),
    instance_relation: new Map<string, number>(),
  };
  const count = (scope: Scope, ...key: string[]): void => {
    const text = key.join(" ");
    calls[scope].set(text, (calls[scope].get(text) ?? 0) + 1);
  };
  const messagesEach = Math.max(MESSAGES_MIN, Math.ceil((shape.endpoints / shape.instances) * 1.2) / ENTRIES_PER_MESSAGE);
  const perProxy = Math.ceil(messagesEach) * ENTRIES_PER_MESSAGE;
  let failed = 0;
  const proxies = Array.from({ length: shape.services * shape.instances }, (_, index): ProxyLoad => {
    const service = Math.floor(index / shape.instances);
    const instance = index % shape.instances;
    const self = podAt(shape, service, instance);
    const entries = Array.from({ length: perProxy }, (_one, i) => {
      const call = instance * perProxy + i;
      const callerService = service + 1 + ((instance * CALLERS_OF_INSTANCE + (i % CALLERS_OF_INSTANCE)) % CALLERS);
      const caller = podAt(shape, callerService % shape.services, instance);
      const path = pathAt(call % shape.endpoints);
      const fails = call % FAILED_EVERY === 0;
      if (fails) failed++;
      const source = shape.isPlain ? { name: "UNKNOWN", pod: "UNKNOWN" } : caller;
      count("service", self.name);
      count("instance", self.name, self.pod);
      count("endpoint", self.name, `GET:${path}`);
      count("service_relation", source.name, self.name, "server");
      count("instance_relation", source.name, source.pod, self.name, self.pod, "server");
      return entryOf(shape, self, caller, { call, path, fails, startMs });
    });
    const messages = Array.from({ length: perProxy / ENTRIES_PER_MESSAGE }, (_one, i) =>
      message(null, { http: entries.slice(i * ENTRIES_PER_MESSAGE, (i + 1) * ENTRIES_PER_MESSAGE) }),
    );
    return { identifier: message(istioNode(self), {}), messages };
  });
  const entries = proxies.length * perProxy;
  const bytes = proxies.reduce((sum, { messages }) => sum + messages.reduce((size, { length }) => size + length, 0), 0);
  return { proxies, calls, entries, failed, entryBytes: Math.round(bytes / entries) };
}

function podAt({ instances }: LoadShape, service: number, instance: number) {
  const name = `service-${service}`;
  const shape = pod(name, {
    namespace: NAMESPACE,
    pod: `${name}-v1-7d4b9c6f5-x${instance}`,
    ip: `10.${Math.floor((service * instances + instance) / 250)}.${(service * instances + instance) % 250}.7`,
  });
  return { ...shape, name: `${name}.${NAMESPACE}` };
}

type BenchPod = ReturnType<typeof podAt>;

interface Call {
  readonly call: number;
  readonly path: string;
  readonly fails: boolean;
  readonly startMs: number;
}

function entryOf({ isPlain }: LoadShape, self: BenchPod, caller: BenchPod, { call, path, fails, startMs }: Call): object {
  const addressOf = (ip: string, port: number): object => ({ socket_address: { address: ip, port_value: port } });
  const tookS = (call % 97) * 0.0007;
  return httpEntry({
    startTime: new Date(startMs).toISOString(),
    durations: {
      time_to_first_upstream_tx_byte: 0.0004,
      time_to_first_upstream_rx_byte: 0.004 + tookS,
      time_to_last_upstream_rx_byte: 0.0041 + tookS,
      time_to_first_downstream_tx_byte: 0.0042 + tookS,
      time_to_last_downstream_tx_byte: 0.0043 + tookS,
    },
    common: {
      upstream_cluster: "inbound|9080||",
      downstream_remote_address: addressOf(caller.ip, 38_112),
      downstream_direct_remote_address: addressOf(caller.ip, 38_112),
      downstream_local_address: addressOf(self.ip, 9_080),
      upstream_remote_address: addressOf(self.ip, 9_080),
      ...(isPlain ? {} : meshFields(self, caller)),
      route_name: "default",
      upstream_request_attempt_count: 1,
    },
    request: {
      path: `${path}?page=2`,
      ...(isPlain ? PLAIN_REQUEST : {}),
      request_id: `5f3c1d2e-0000-4000-9000-${String(call).padStart(12, "0")}`,
      user_agent: "Go-http-client/2.0",
      request_headers_bytes: 640,
    },
    response: {
      response_code: { value: fails ? 503 : 200 },
      response_headers_bytes: 187,
      response_body_bytes: 2_048,
      response_code_details: "via_upstream",
    },
  });
}

/** Few segments at each position: nothing folds. */
function pathAt(endpoint: number): string {
  const [area, action, step] = [endpoint % 10, Math.floor(endpoint / 10) % 10, Math.floor(endpoint / 100)];
  return `/api/v1/area-${area}/action-${action}${step === 0 ? "" : `/step-${step}`}`;
}

/** What a plain Envoy in front of browsers sees more of. */
const PLAIN_REQUEST = {
  referer: "https://shop.example.com/catalogue/spring/shoes?sort=price&page=2&of=shop",
  forwarded_for: "203.0.113.17, 10.1.3.4",
  original_path: "/api/v1/area/action?page=2",
};

const san = (service: string): object => ({
  subject_alt_name: [{ uri: `spiffe://cluster.local/ns/${NAMESPACE}/sa/${service}` }],
});

function meshFields(self: BenchPod, caller: BenchPod): object {
  return {
    tls_properties: {
      tls_version: 4,
      tls_sni_hostname: `outbound_.9080_._.${self.service}.${NAMESPACE}.svc.cluster.local`,
      local_certificate_properties: san(self.service),
      peer_certificate_properties: san(caller.service),
    },
    filter_state_objects: { downstream_peer: peerOf(caller), upstream_peer: peerOf(self) },
  };
}
