/** One request from productpage to reviews, as both of their proxies report it. */
import { type EntryShape, httpEntry, istioNode, message, peerOf, pod } from "./access-log.ts";

export const PRODUCTPAGE = pod("productpage");
export const REVIEWS = pod("reviews", { pod: "reviews-v2-5d8c", version: "v2", ip: "10.244.2.9" });

export const PRODUCTPAGE_ID = "cHJvZHVjdHBhZ2UuYm9va2luZm8=.1";
export const REVIEWS_ID = "cmV2aWV3cy5ib29raW5mbw==.1";

const address = (ip: string, port: number): object => ({ socket_address: { address: ip, port_value: port } });
const san = (account: string): object => ({
  subject_alt_name: [{ uri: `spiffe://cluster.local/ns/bookinfo/sa/bookinfo-${account}` }],
});

export const CLIENT_COMMON = {
  upstream_cluster: "outbound|9080||reviews.bookinfo.svc.cluster.local",
  downstream_remote_address: address("10.244.1.7", 41_000),
  downstream_direct_remote_address: address("10.244.1.7", 41_000),
  downstream_local_address: address("10.96.40.12", 9_080),
  upstream_remote_address: address("10.244.2.9", 9_080),
  filter_state_objects: { upstream_peer: peerOf(REVIEWS) },
};

export const SERVER_COMMON = {
  upstream_cluster: "inbound|9080||",
  downstream_remote_address: address("10.244.1.7", 38_112),
  downstream_direct_remote_address: address("10.244.1.7", 38_112),
  downstream_local_address: address("10.244.2.9", 9_080),
  upstream_remote_address: address("10.244.2.9", 9_080),
  tls_properties: { local_certificate_properties: san("reviews"), peer_certificate_properties: san("productpage") },
  filter_state_objects: { downstream_peer: peerOf(PRODUCTPAGE) },
};

const CLIENT_DURATIONS = {
  time_to_first_upstream_tx_byte: 0.0027,
  time_to_first_upstream_rx_byte: 0.0512,
  time_to_last_upstream_rx_byte: 0.0519,
  time_to_first_downstream_tx_byte: 0.0514,
  time_to_last_downstream_tx_byte: 0.052,
};

export function clientMessage(change: EntryShape = {}): Buffer {
  const common = { ...CLIENT_COMMON, ...change.common };
  const entry = httpEntry({ startTime: "2026-03-01T10:15:59.998400000Z", durations: CLIENT_DURATIONS, ...change, common });
  return message(istioNode(PRODUCTPAGE), { http: [entry] });
}

export function serverMessage(change: EntryShape = {}): Buffer {
  return message(istioNode(REVIEWS), { http: [httpEntry({ ...change, common: { ...SERVER_COMMON, ...change.common } })] });
}
