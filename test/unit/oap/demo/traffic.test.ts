import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { PODS } from "../../../../oap/demo/mesh.ts";
import { TYPES } from "../../../../oap/demo/proto.ts";
import { sumMinutes } from "../../../../oap/demo/tally.ts";
import { Traffic } from "../../../../oap/demo/traffic.ts";

const FROM = Date.UTC(2026, 2, 1, 10);
const MINUTE_MS = 60_000;
const MINUTES = 6;

interface Span {
  readonly seconds?: number;
  readonly nanos?: number;
}
interface Common {
  readonly start_time: Span;
  readonly time_to_last_downstream_tx_byte?: Span;
  readonly time_to_last_upstream_rx_byte?: Span;
  readonly time_to_first_upstream_tx_byte?: Span;
  readonly duration: Span;
  readonly stream_id: string;
  readonly upstream_cluster?: string;
  readonly upstream_remote_address?: object;
  readonly access_log_type: number;
  readonly response_flags?: object;
  readonly filter_state_objects?: Record<string, { type_url: string; value: Buffer }>;
  readonly tls_properties?: { local_certificate_properties: { subject_alt_name: { uri: string }[] } };
}
interface Seen {
  readonly pod: string;
  readonly isTcp: boolean;
  readonly common_properties: Common;
  readonly request?: { path: string; request_id: string; authority: string };
  readonly response?: { response_code?: { value: number } };
}

const ms = (span: Span | undefined): number => (span?.seconds ?? 0) * 1e3 + (span?.nanos ?? 0) / 1e6;

/** What all proxies log in a stretch of time, read back by protobufjs. */
function entriesOf(minutes: number, seed = 1): { seen: Seen[]; traffic: Traffic } {
  const seen: Seen[] = [];
  const traffic = new Traffic(seed, (pod, bytes, isTcp) => {
    const type = isTcp ? TYPES.tcpEntry : TYPES.httpEntry;
    const entry = type.toObject(type.decode(bytes), { longs: Number, oneofs: false }) as Seen;
    seen.push({ ...entry, pod: pod.name, isTcp });
  });
  traffic.between(FROM, FROM + minutes * MINUTE_MS);
  return { seen, traffic };
}

function digest(seed: number, cuts: readonly number[]): string {
  const hash = createHash("sha256");
  const traffic = new Traffic(seed, (pod, entry) => hash.update(pod.name).update(entry));
  for (let i = 1; i < cuts.length; i++) traffic.between(FROM + (cuts[i - 1] as number), FROM + (cuts[i] as number));
  return hash.digest("hex");
}

test("the same seed gives the same bytes, however the time is cut; another seed gives others", () => {
  const whole = digest(7, [0, 20_000]);
  expect(digest(7, [0, 333, 5_000, 5_001, 20_000])).toBe(whole);
  expect(digest(8, [0, 20_000])).not.toBe(whole);
});

const { seen, traffic } = entriesOf(MINUTES);
const server = (service: string): Seen[] =>
  seen.filter(({ pod, isTcp, common_properties: { upstream_cluster = "" } }) => {
    return !isTcp && pod.startsWith(service) && upstream_cluster.startsWith("inbound|");
  });
const client = (service: string): Seen[] =>
  seen.filter(({ common_properties: one }) => one.upstream_cluster?.includes(`||${service}.`));
const code = ({ response }: Seen): number => response?.response_code?.value ?? 0;

test("45 page views a second, 1 % of them a 404 that no route matched", () => {
  const views = seen.filter(({ pod }) => pod.startsWith("istio-ingressgateway"));
  expect(views.length).toBe(45 * 60 * MINUTES);
  const lost = views.filter((one) => code(one) === 404);
  expect(lost.length / views.length).toBeCloseTo(0.01, 2);
  for (const { request, common_properties: common } of lost) {
    expect(request?.path).toBe("/favicon.ico");
    expect(common.response_flags).toEqual({ no_route_found: true });
    expect([common.upstream_cluster, common.upstream_remote_address]).toEqual([undefined, undefined]);
  }
});

test.each([
  ["productpage", 35, 250],
  ["details", 4, 25],
  ["reviews", 15, 120],
  ["ratings", 6, 40],
  ["mongodb", 3, 10],
])("%s answers in %d ms at the median and in %d ms at the 99th percentile", (service, median, p99) => {
  const entries = service === "mongodb" ? seen.filter(({ pod }) => pod.startsWith("mongodb")) : server(service);
  const took = entries
    .filter(({ common_properties: one }) => one.time_to_last_downstream_tx_byte !== undefined)
    .map(({ common_properties: one }) => ms(one.time_to_last_downstream_tx_byte))
    .sort((a, b) => a - b);
  const at = (share: number): number => took[Math.floor(took.length * share)] as number;
  expect(at(0.5) / median).toBeGreaterThan(0.93);
  expect(at(0.5) / median).toBeLessThan(1.07);
  expect(at(0.99) / p99).toBeGreaterThan(0.85);
  expect(at(0.99) / p99).toBeLessThan(1.15);
});

test("reviews are served by three versions in thirds, and the first of them asks for no ratings", () => {
  const reviews = server("reviews");
  for (const version of ["v1", "v2", "v3"]) {
    const share = reviews.filter(({ pod }) => pod.startsWith(`reviews-${version}`)).length / reviews.length;
    expect(share).toBeCloseTo(1 / 3, 1);
  }
  expect(client("ratings").some(({ pod }) => pod.startsWith("reviews-v1"))).toBe(false);
});

test("1 % of ratings calls fail to connect, 0.3 % of reviews v3 time out, one page in 500 takes 3 s", () => {
  const ratings = client("ratings");
  const unreachable = ratings.filter((one) => code(one) === 503);
  expect(unreachable.length / ratings.length).toBeCloseTo(0.01, 2);
  for (const { common_properties: one } of unreachable) expect(one.response_flags).toEqual({ upstream_connection_failure: true });
  const timedOut = client("reviews").filter((one) => code(one) === 504);
  const third = client("reviews").length / 3;
  expect(timedOut.length / third).toBeGreaterThan(0.001);
  expect(timedOut.length / third).toBeLessThan(0.006);
  for (const { common_properties: one } of timedOut) expect(one.response_flags).toEqual({ upstream_request_timeout: true });
  const pages = server("productpage");
  const slow = pages.filter(({ common_properties: one }) => ms(one.time_to_last_downstream_tx_byte) >= 3_000).length;
  expect(slow / pages.length).toBeGreaterThan(0.001);
  expect(slow / pages.length).toBeLessThan(0.004);
});

test("within a page view every call lies inside the call that made it", () => {
  const span = ({ common_properties: one }: Seen) => {
    const start = ms(one.start_time);
    return { start, end: start + ms(one.duration) };
  };
  const parents: Record<string, string> = {
    "/productpage": "",
    "/details/0": "/productpage",
    "/reviews/0": "/productpage",
    "/ratings/0": "/reviews/0",
  };
  const byView = Map.groupBy(
    seen.filter(({ isTcp }) => !isTcp),
    ({ request }) => request?.request_id ?? "",
  );
  let compared = 0;
  for (const view of byView.values()) {
    for (const one of view) {
      const path = parents[one.request?.path ?? ""];
      const parent = view.find(({ request, common_properties: { upstream_cluster = "" } }) => {
        return request?.path === path && upstream_cluster.startsWith("inbound|");
      });
      if (parent === undefined) continue;
      expect(span(one).start).toBeGreaterThanOrEqual(span(parent).start);
      expect(span(one).end).toBeLessThanOrEqual(span(parent).end + 1e-3);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(60_000);
});

test("entries have the shape of Istio 1.24 and later", () => {
  const identity = `spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings`;
  for (const entry of server("ratings").slice(0, 100)) {
    const { common_properties: one, request } = entry;
    expect(one.upstream_cluster).toBe("inbound|9080||");
    expect(one.access_log_type).toBe(6);
    expect(one.stream_id).toBe(request?.request_id);
    expect(one.filter_state_objects?.["downstream_peer"]?.type_url).toBe("type.googleapis.com/google.protobuf.Struct");
    expect(one.tls_properties?.local_certificate_properties.subject_alt_name[0]?.uri).toBe(identity);
  }
  const asked = client("ratings").find((one) => code(one) === 200);
  expect(asked?.common_properties.upstream_cluster).toBe("outbound|9080||ratings.bookinfo.svc.cluster.local");
  expect(asked?.common_properties.filter_state_objects).toHaveProperty("upstream_peer");
  expect(seen.find(({ isTcp }) => isTcp)?.common_properties.access_log_type).toBe(3);
});

test("every HTTP service has two pods, and every pod reports", () => {
  const talking = new Set(seen.map(({ pod }) => pod));
  expect(talking.size).toBe(PODS.length);
  const count = (prefix: string): number => PODS.filter(({ name }) => name.startsWith(prefix)).length;
  expect(["productpage", "details", "reviews-v1", "reviews-v2", "reviews-v3", "ratings"].map(count)).toEqual([2, 2, 2, 2, 2, 2]);
});

test("the tally counts what was sent", () => {
  const sums = sumMinutes(traffic.tally.minutes, 0, Number.POSITIVE_INFINITY);
  expect(traffic.tally.entries).toBe(seen.length);
  expect(sums.services["ratings.bookinfo"]?.calls).toBe(server("ratings").length);
  const edge = sums.clientEdges["reviews.bookinfo -> ratings.bookinfo"];
  const ratings = client("ratings");
  expect(edge).toEqual({ calls: ratings.length, failed: ratings.filter((one) => code(one) >= 400).length });
  expect(sums.connections["ratings.bookinfo -> mongodb.bookinfo"]).toBe(seen.filter(({ isTcp }) => isTcp).length / 2);
});
