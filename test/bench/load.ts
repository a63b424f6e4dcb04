/** The bench's load: proxies of 200 services that report calls from 25 others each over 50 endpoints, as entries of about 1 KB
 *  (mTLS fields, both peer objects) in messages of 16. Messages are made once and sent again and again. */
import { httpEntry, istioNode, message, peerOf, pod } from "../builders/access-log.ts";

export const SERVICES = 200;
const CALLERS = 25;
const ENDPOINTS = 50;
const ENTRIES_PER_MESSAGE = 16;
const MESSAGES_PER_PROXY = 8;

export interface ProxyLoad {
  readonly service: string;
  readonly identifier: Buffer;
  readonly messages: readonly Buffer[];
}

const san = (service: string): object => ({ subject_alt_name: [{ uri: `spiffe://cluster.local/ns/bench/sa/${service}` }] });
const serviceAt = (index: number): string => `service-${index % SERVICES}`;
const podAt = (index: number) =>
  pod(serviceAt(index), {
    namespace: "bench",
    pod: `${serviceAt(index)}-v1-7d4b9c6f5-x${index % SERVICES}`,
    ip: `10.1.${index % SERVICES}.7`,
  });

export interface LoadOptions {
  /** Entries of about 440 bytes, without TLS and peer objects. */
  readonly isPlain?: boolean;
  /** Endpoints of each service, at most 1,000. */
  readonly endpoints?: number;
}

/** One proxy for each of the first `count` services; calls started at startMs. */
export function benchLoad(
  count: number,
  startMs: number,
  { isPlain = false, endpoints = ENDPOINTS }: LoadOptions = {},
): ProxyLoad[] {
  return Array.from({ length: count }, (_, index) => {
    const self = podAt(index);
    let next = 0;
    const entry = (): object => {
      const i = next++;
      const caller = podAt(index + 1 + (i % CALLERS));
      return httpEntry({
        startTime: new Date(startMs).toISOString(),
        durations: {
          time_to_first_upstream_tx_byte: 0.0004,
          time_to_first_upstream_rx_byte: 0.004 + (i % 97) * 0.0007,
          time_to_last_upstream_rx_byte: 0.0041 + (i % 97) * 0.0007,
          time_to_first_downstream_tx_byte: 0.0042 + (i % 97) * 0.0007,
          time_to_last_downstream_tx_byte: 0.0043 + (i % 97) * 0.0007,
        },
        common: {
          upstream_cluster: "inbound|9080||",
          downstream_remote_address: { socket_address: { address: caller.ip, port_value: 38_112 } },
          downstream_direct_remote_address: { socket_address: { address: caller.ip, port_value: 38_112 } },
          downstream_local_address: { socket_address: { address: self.ip, port_value: 9_080 } },
          upstream_remote_address: { socket_address: { address: self.ip, port_value: 9_080 } },
          ...(isPlain ? {} : meshFields(self, caller)),
          route_name: "default",
          upstream_request_attempt_count: 1,
        },
        request: {
          path: pathAt(i % endpoints),
          ...(isPlain ? PLAIN_REQUEST : {}),
          request_id: `5f3c1d2e-0000-4000-9000-${String(i).padStart(12, "0")}`,
          user_agent: "Go-http-client/2.0",
          request_headers_bytes: 640,
        },
        response: {
          response_code: { value: i % 50 === 0 ? 503 : 200 },
          response_headers_bytes: 187,
          response_body_bytes: 2_048,
          response_code_details: "via_upstream",
        },
      });
    };
    const count = Math.max(MESSAGES_PER_PROXY, Math.ceil(endpoints / ENTRIES_PER_MESSAGE));
    const messages = Array.from({ length: count }, () =>
      message(null, { http: Array.from({ length: ENTRIES_PER_MESSAGE }, entry) }),
    );
    return { service: `${self.service}.bench`, identifier: message(istioNode(self), {}), messages };
  });
}

/** Few segments at each position: nothing folds. */
function pathAt(endpoint: number): string {
  const [area, action, step] = [endpoint % 10, Math.floor(endpoint / 10) % 10, Math.floor(endpoint / 100)];
  return `/api/v1/area-${area}/action-${action}${step === 0 ? "" : `/step-${step}`}?page=2`;
}

/** What a plain Envoy in front of browsers sees more of. */
const PLAIN_REQUEST = {
  referer: "https://shop.example.com/catalogue/spring/shoes?sort=price&page=2",
  forwarded_for: "203.0.113.17, 10.1.3.4",
  original_path: "/api/v1/area/action?page=2",
};

function meshFields(self: ReturnType<typeof podAt>, caller: ReturnType<typeof podAt>): object {
  return {
    tls_properties: {
      tls_version: 4,
      tls_sni_hostname: `outbound_.9080_._.${self.service}.bench.svc.cluster.local`,
      local_certificate_properties: san(self.service),
      peer_certificate_properties: san(caller.service),
    },
    filter_state_objects: { downstream_peer: peerOf(caller), upstream_peer: peerOf(self) },
  };
}

/** Of a proxy with the usual number of endpoints. */
export const ENTRIES_PER_ROUND = MESSAGES_PER_PROXY * ENTRIES_PER_MESSAGE;

/** Of one round of a proxy's messages, by scope: entities of the whole load, and the fewest and most calls that one of them gets. */
export function expectedKeys(proxies: number, isPlain: boolean): Record<string, { keys: number; least: number; most: number }> {
  const each = (of: number) => ({
    keys: proxies * of,
    least: Math.floor(ENTRIES_PER_ROUND / of),
    most: Math.ceil(ENTRIES_PER_ROUND / of),
  });
  return { service: each(1), instance: each(1), endpoint: each(ENDPOINTS), service_relation: each(isPlain ? 1 : CALLERS) };
}

/** Of one round of a proxy's messages. */
export const FAILED_PER_ROUND = Array.from({ length: ENTRIES_PER_ROUND }, (_, i) => i).filter((i) => i % 50 === 0).length;
