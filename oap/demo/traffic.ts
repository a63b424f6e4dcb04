/** Page views of Bookinfo as the entries of all proxies that saw them. */
import { type EntryTemplate, entryBytes, type Times } from "./entry.ts";
import { clientEntry, gatewayEntry, OK, type Outcome, serverEntry, tcpEntries } from "./hops.ts";
import { MESH, type Pod, serviceName } from "./mesh.ts";
import { Random } from "./random.ts";
import { Tally } from "./tally.ts";

/** Takes the entry of one pod's proxy. */
export type Emit = (pod: Pod, entry: Buffer, isTcp: boolean) => void;

export const PAGE_VIEWS_PER_SECOND = 45;
const NOT_FOUND: Outcome = { code: 404, flags: { no_route_found: true }, details: "route_not_found" };
const UNREACHABLE: Outcome = {
  code: 503,
  flags: { upstream_connection_failure: true },
  details: "upstream_reset_before_response_started{connection_failure}",
};
const TIMED_OUT: Outcome = { code: 504, flags: { upstream_request_timeout: true }, details: "upstream_response_timeout" };
const GAVE_UP: Outcome = { flags: { downstream_connection_termination: true }, details: "downstream_remote_disconnect" };

/** Median and 99th percentile, ms. */
const LATENCY = { productpage: [35, 250], details: [4, 25], reviews: [15, 120], ratings: [6, 40], mongodb: [3, 10] } as const;
const NETWORK_MS = 0.4;
const TIMEOUT_MS = 500;
const SLOW_MS = 3_000;

export class Traffic {
  readonly tally = new Tally();
  readonly #random: Random;
  readonly #emit: Emit;
  readonly #templates = new Map<string, EntryTemplate>();

  constructor(seed: number, emit: Emit) {
    this.#random = new Random(seed);
    this.#emit = emit;
  }

  /** All page views that begin in [fromMs, toMs), evenly jittered. */
  between(fromMs: number, toMs: number): void {
    const gapMs = 1_000 / PAGE_VIEWS_PER_SECOND;
    for (let slot = Math.ceil(fromMs / gapMs); slot * gapMs < toMs; slot++)
      this.#pageView(slot * gapMs + this.#random.next() * gapMs * 0.9);
  }

  #pageView(startMs: number): void {
    const random = this.#random;
    const id = random.uuid();
    const gateway = MESH.gateway.pods[0] as Pod;
    if (random.chance(0.01)) {
      const entry = this.#template(`favicon`, () => gatewayEntry(gateway, null, "/favicon.ico", NOT_FOUND));
      this.#emit(gateway, entryBytes(entry, { startMs, firstDownstreamTx: 0.3, lastDownstreamTx: 0.4 }, id), false);
      this.tally.server("UNKNOWN", serviceName(MESH.gateway), 404, true);
      return;
    }
    const page = this.#pick(MESH.productpage.pods);
    const total = this.#productpage(page, startMs + 2 * NETWORK_MS, id);
    const times = proxied(startMs, NETWORK_MS, total + 2 * NETWORK_MS);
    const entry = this.#template(`gateway ${page.name}`, () => gatewayEntry(gateway, page, "/productpage", OK));
    this.#emit(gateway, entryBytes(entry, times, id), false);
    this.tally.server("UNKNOWN", serviceName(MESH.gateway), 200, false);
    this.tally.client(serviceName(MESH.gateway), serviceName(page.workload), 200, false);
    const inbound = this.#template(`page ${page.name}`, () =>
      serverEntry({ from: gateway, to: page, path: "/productpage", outcome: OK }),
    );
    const inner = proxied(startMs + NETWORK_MS, NETWORK_MS, total);
    this.#emit(page, entryBytes(inbound, inner, id), false);
    this.tally.server(serviceName(MESH.gateway), serviceName(page.workload), 200, false);
  }

  /** Calls that a page makes. @returns how long the page took, ms. */
  #productpage(page: Pod, startMs: number, id: string): number {
    const random = this.#random;
    const details = this.#hop(
      page,
      this.#pick(MESH.details.pods),
      "/details/0",
      startMs + 2,
      random.latency(...LATENCY.details),
      OK,
      OK,
      id,
    );
    const version = random.below(3);
    const reviews = this.#pick((MESH.reviews[version] ?? MESH.reviews[0]).pods);
    const reviewsAt = startMs + 2; // both at once
    const stars = version === 0 ? 0 : this.#ratings(reviews, reviewsAt + 2, id);
    const times = Math.max(random.latency(...LATENCY.reviews), stars + 4);
    const timedOut = version === 2 && random.chance(0.003);
    const review = timedOut
      ? this.#hop(page, reviews, "/reviews/0", reviewsAt, TIMEOUT_MS, TIMED_OUT, GAVE_UP, id)
      : this.#hop(page, reviews, "/reviews/0", reviewsAt, times, OK, OK, id);
    const own = random.chance(1 / 500) ? SLOW_MS : random.latency(...LATENCY.productpage);
    return Math.max(own, details + 3, review + 3);
  }

  /** @returns how long the call took, ms. */
  #ratings(from: Pod, startMs: number, id: string): number {
    const random = this.#random;
    const to = this.#pick(MESH.ratings.pods);
    if (random.chance(0.01)) return this.#hop(from, to, "/ratings/0", startMs, 1.5, UNREACHABLE, null, id);
    const database = this.#mongodb(to, startMs + 1);
    return this.#hop(from, to, "/ratings/0", startMs, Math.max(random.latency(...LATENCY.ratings), database + 2), OK, OK, id);
  }

  #mongodb(from: Pod, startMs: number): number {
    const to = MESH.mongodb.pods[0] as Pod;
    const took = this.#random.latency(...LATENCY.mongodb);
    const { client, server } = this.#tcp(from, to);
    const times = {
      startMs,
      firstUpstreamTx: 0.2,
      firstUpstreamRx: took * 0.8,
      lastUpstreamRx: took,
      lastDownstreamTx: took + 0.1,
    };
    this.#emit(from, entryBytes(client, times, ""), true);
    this.#emit(to, entryBytes(server, { ...times, startMs: startMs + 0.2 }, ""), true);
    this.tally.connection(serviceName(from.workload), serviceName(to.workload));
    return took;
  }

  /** One call and the two entries it leaves; `seen` null: it never reached the other side. @returns how long the called side took, ms. */
  #hop(
    from: Pod,
    to: Pod,
    path: string,
    startMs: number,
    tookMs: number,
    outcome: Outcome,
    seen: Outcome | null,
    id: string,
  ): number {
    const [source, target] = [serviceName(from.workload), serviceName(to.workload)];
    const client = this.#template(`c ${from.name} ${to.name} ${outcome.details}`, () => clientEntry({ from, to, path, outcome }));
    const clientTimes = proxied(startMs, NETWORK_MS, tookMs + 2 * NETWORK_MS);
    this.#emit(from, entryBytes(client, outcome.code === 200 ? clientTimes : cutOff(clientTimes), id), false);
    this.tally.client(source, target, outcome.code ?? 0, outcome.flags !== undefined);
    if (seen === null) return tookMs;
    const server = this.#template(`s ${from.name} ${to.name} ${seen.details}`, () =>
      serverEntry({ from, to, path, outcome: seen }),
    );
    const serverTimes = proxied(startMs + NETWORK_MS, NETWORK_MS / 2, tookMs);
    this.#emit(to, entryBytes(server, seen.code === 200 ? serverTimes : { startMs: serverTimes.startMs }, id), false);
    this.tally.server(source, target, seen.code ?? 0, false);
    return tookMs;
  }

  #pick(pods: readonly Pod[]): Pod {
    return pods[this.#random.below(pods.length)] as Pod;
  }

  #template(key: string, make: () => EntryTemplate): EntryTemplate {
    let known = this.#templates.get(key);
    if (known === undefined) {
      known = make();
      this.#templates.set(key, known);
    }
    return known;
  }

  #tcp(from: Pod, to: Pod): { client: EntryTemplate; server: EntryTemplate } {
    const make = () => tcpEntries(from, to, 312, 2_048);
    return {
      client: this.#template(`tc ${from.name} ${to.name}`, () => make().client),
      server: this.#template(`ts ${from.name} ${to.name}`, () => make().server),
    };
  }
}

/** Durations of a call that a proxy passed on: `proxyMs` inside it on the way in, the rest upstream. */
function proxied(startMs: number, proxyMs: number, tookMs: number): Times {
  const last = Math.max(proxyMs * 3, tookMs);
  return {
    startMs,
    firstUpstreamTx: proxyMs,
    firstUpstreamRx: last - proxyMs,
    lastUpstreamRx: last - proxyMs / 2,
    firstDownstreamTx: last - proxyMs / 3,
    lastDownstreamTx: last,
  };
}

/** The same when no response came from upstream. */
function cutOff({ startMs, firstUpstreamTx, lastDownstreamTx }: Times): Times {
  return { startMs, firstUpstreamTx, firstDownstreamTx: lastDownstreamTx, lastDownstreamTx };
}
