/** Page views of Bookinfo as the entries of all proxies that saw them. */
import { type EntryTemplate, entryBytes, type Times } from "./entry.ts";
import { type Call, clientEntry, gatewayEntry, OK, type Outcome, serverEntry, tcpEntries } from "./hops.ts";
import { LATENCY, Luck } from "./latency.ts";
import { MESH, type Pod, serviceName } from "./mesh.ts";
import { Random } from "./random.ts";
import { type Edge, edgeOf, Tally } from "./tally.ts";

/** Takes the entry of one pod's proxy. */
export type Emit = (pod: Pod, entry: Buffer, isTcp: boolean) => void;

export const PAGE_VIEWS_PER_SECOND = 45;
const NOT_FOUND_SHARE = 0.01;
const UNREACHABLE_SHARE = 0.01;
const TIMED_OUT_SHARE = 0.003;
const SLOW_SHARE = 1 / 500;
const SLOW_MS = 3_000;
const TIMEOUT_MS = 500;

const NOT_FOUND: Outcome = { index: 1, code: 404, flags: { no_route_found: true }, details: "route_not_found" };
const UNREACHABLE: Outcome = {
  index: 2,
  code: 503,
  flags: { upstream_connection_failure: true },
  details: "upstream_reset_before_response_started{connection_failure}",
};
const TIMED_OUT: Outcome = {
  index: 3,
  code: 504,
  flags: { upstream_request_timeout: true },
  details: "upstream_response_timeout",
};
/** The same call as the called side saw it: the caller went away. */
const GAVE_UP: Outcome = {
  index: 4,
  flags: { downstream_connection_termination: true },
  details: "downstream_remote_disconnect",
};

/** Of one connection to the database, as its proxies count them. */
export const CONNECTION_BYTES = { received: 312, sent: 2_048 } as const;

/** One way between two proxies. */
const NETWORK_MS = 0.4;
const BOTH_WAYS_MS = 2 * NETWORK_MS;
/** Longest time inside a proxy, each way; below NETWORK_MS, or a call would end before its answer is there. */
const PROXY_MS = 0.3;
/** What a service does itself before, between and after its calls. */
const WORK_MS = 0.5;

/** What a proxy says again and again of calls between two pods. */
interface Report {
  readonly entry: EntryTemplate;
  readonly edge: Edge;
}

/** The part of a report's key that says what is reported; the outcome's index is added. */
const CLIENT = 0;
const SERVER = 8;
const GATEWAY = 16;
const TCP_CLIENT = 24;
const TCP_SERVER = 32;
const PODS_MAX = 64;
const VISIT = edgeOf("UNKNOWN", serviceName(MESH.gateway));

export class Traffic {
  readonly tally = new Tally();
  readonly #random: Random;
  readonly #emit: Emit;
  readonly #reports = new Map<number, Report>();

  constructor(seed: number, emit: Emit) {
    this.#random = new Random(seed);
    this.#emit = emit;
  }

  /** All page views that begin in [fromMs, toMs), one per slot, somewhere in it. Cutting the time differently changes nothing. */
  between(fromMs: number, toMs: number): void {
    const gapMs = 1_000 / PAGE_VIEWS_PER_SECOND;
    for (let slot = Math.ceil(fromMs / gapMs); slot * gapMs < toMs; slot++)
      this.#pageView(slot * gapMs + this.#random.next() * gapMs * 0.9);
  }

  #pageView(startMs: number): void {
    const id = this.#random.uuid();
    const gateway = MESH.gateway.pods[0] as Pod;
    if (this.#random.chance(NOT_FOUND_SHARE)) {
      const make = () => gatewayEntry(gateway, null, "/favicon.ico", NOT_FOUND);
      const { entry } = this.#report(GATEWAY + NOT_FOUND.index, gateway, gateway, make);
      this.#send(gateway, entry, answered(startMs, PROXY_MS), id);
      this.tally.server(startMs, VISIT, 404, true);
      return;
    }
    const to = this.#pick(MESH.productpage.pods);
    const page = this.#productpage(to, startMs + NETWORK_MS, id);
    const times = proxied(startMs, page + BOTH_WAYS_MS);
    const { entry, edge } = this.#report(GATEWAY, gateway, to, () => gatewayEntry(gateway, to, "/productpage", OK));
    this.#send(gateway, entry, times, id);
    this.tally.server(startMs, VISIT, 200, false);
    this.tally.client(firstUpstreamByte(times), edge, 200, false);
    const call = { from: gateway, to, path: "/productpage" };
    this.#server(call, OK, proxied(startMs + NETWORK_MS, page), id);
  }

  /** The calls that a page makes, one after the other. @returns how long the page took, ms. */
  #productpage(page: Pod, startMs: number, id: string): number {
    const random = this.#random;
    const luck = new Luck(random);
    let at = startMs + WORK_MS;
    const details = this.#pick(MESH.details.pods);
    at += this.#call({ from: page, to: details, path: "/details/0" }, at, luck.of(LATENCY.details), id) + WORK_MS;
    const version = random.below(MESH.reviews.length);
    const reviews = this.#pick((MESH.reviews[version] as (typeof MESH.reviews)[0]).pods);
    const hasRatings = version > 0;
    const stars = hasRatings ? this.#ratings(reviews, at + NETWORK_MS + WORK_MS, luck, id) + BOTH_WAYS_MS : 0;
    const review = Math.max(luck.of(LATENCY.reviews), stars + 2 * WORK_MS);
    const call = { from: page, to: reviews, path: "/reviews/0" };
    if (version === 2 && random.chance(TIMED_OUT_SHARE)) at += this.#timeOut(call, at, Math.max(TIMEOUT_MS, review), id);
    else at += this.#call(call, at, review, id);
    const own = random.chance(SLOW_SHARE) ? SLOW_MS : luck.page;
    return Math.max(own, at + WORK_MS - startMs);
  }

  /** @returns how long the call took on the called side, ms. */
  #ratings(from: Pod, startMs: number, luck: Luck, id: string): number {
    const call = { from, to: this.#pick(MESH.ratings.pods), path: "/ratings/0" };
    if (this.#random.chance(UNREACHABLE_SHARE)) {
      const times = answered(startMs, NETWORK_MS);
      this.#client(call, UNREACHABLE, times, id);
      return times.duration;
    }
    const database = this.#mongodb(call.to, startMs + NETWORK_MS + WORK_MS, luck);
    const took = Math.max(luck.of(LATENCY.ratings), database + BOTH_WAYS_MS + 2 * WORK_MS);
    this.#call(call, startMs, took, id);
    return took;
  }

  /** @returns how long the connection took on the called side, ms. */
  #mongodb(from: Pod, startMs: number, luck: Luck): number {
    const to = MESH.mongodb.pods[0] as Pod;
    const took = luck.of(LATENCY.mongodb);
    const make = () => tcpEntries(from, to, CONNECTION_BYTES.received, CONNECTION_BYTES.sent);
    const client = this.#report(TCP_CLIENT, from, to, () => make().client);
    const server = this.#report(TCP_SERVER, from, to, () => make().server);
    this.#send(from, client.entry, proxied(startMs, took + BOTH_WAYS_MS), this.#random.uuid());
    this.#send(to, server.entry, proxied(startMs + NETWORK_MS, took), this.#random.uuid());
    this.tally.connection(startMs + NETWORK_MS, server.edge);
    return took;
  }

  /** A call that was answered; `tookMs` on the called side. @returns how long it took the caller. */
  #call(call: Call, startMs: number, tookMs: number, id: string): number {
    this.#client(call, OK, proxied(startMs, tookMs + BOTH_WAYS_MS), id);
    this.#server(call, OK, proxied(startMs + NETWORK_MS, tookMs), id);
    return tookMs + BOTH_WAYS_MS;
  }

  /** A call whose answer came too late. @returns how long the caller waited. */
  #timeOut(call: Call, startMs: number, waitedMs: number, id: string): number {
    this.#client(call, TIMED_OUT, { ...answered(startMs, waitedMs), firstUpstreamTx: PROXY_MS, lastUpstreamTx: PROXY_MS }, id);
    this.#server(call, GAVE_UP, { startMs: startMs + NETWORK_MS, lastRx: 0.01, duration: waitedMs }, id);
    return waitedMs;
  }

  #client(call: Call, outcome: Outcome, times: Times, id: string): void {
    const { from, to } = call;
    const { entry, edge } = this.#report(CLIENT + outcome.index, from, to, () => clientEntry(call, outcome));
    this.#send(from, entry, times, id);
    this.tally.client(firstUpstreamByte(times), edge, outcome.code ?? 0, outcome.flags !== undefined);
  }

  #server(call: Call, outcome: Outcome, times: Times, id: string): void {
    const { from, to } = call;
    const { entry, edge } = this.#report(SERVER + outcome.index, from, to, () => serverEntry(call, outcome));
    this.#send(to, entry, times, id);
    this.tally.server(times.startMs, edge, outcome.code ?? 0, false);
  }

  #send(pod: Pod, entry: EntryTemplate, times: Times, id: string): void {
    this.tally.entries++;
    this.#emit(pod, entryBytes(entry, times, id), entry.isTcp);
  }

  #pick(pods: readonly Pod[]): Pod {
    return pods[this.#random.below(pods.length)] as Pod;
  }

  #report(kind: number, from: Pod, to: Pod, make: () => EntryTemplate): Report {
    const key = (kind * PODS_MAX + from.index) * PODS_MAX + to.index;
    let known = this.#reports.get(key);
    if (known === undefined) {
      known = { entry: make(), edge: edgeOf(serviceName(from.workload), serviceName(to.workload)) };
      this.#reports.set(key, known);
    }
    return known;
  }
}

/** A call that a proxy passed on and that ended `tookMs` after its first byte. */
function proxied(startMs: number, tookMs: number): Times {
  const proxyMs = Math.min(PROXY_MS, tookMs / 8);
  return {
    startMs,
    lastRx: 0.01,
    firstUpstreamTx: proxyMs,
    lastUpstreamTx: proxyMs,
    firstUpstreamRx: tookMs - proxyMs * 1.5,
    lastUpstreamRx: tookMs - proxyMs,
    firstDownstreamTx: tookMs - proxyMs * 0.5,
    lastDownstreamTx: tookMs,
    duration: tookMs + 0.02,
  };
}

/** A call that the proxy answered itself. */
function answered(startMs: number, tookMs: number): Times {
  return { startMs, lastRx: 0.01, firstDownstreamTx: tookMs, lastDownstreamTx: tookMs, duration: tookMs + 0.02 };
}

/** When a client-side report starts: whole ms of both, as the reference product adds them. */
function firstUpstreamByte({ startMs, firstUpstreamTx }: Times): number {
  return Math.floor(startMs) + Math.floor(firstUpstreamTx ?? 0);
}
