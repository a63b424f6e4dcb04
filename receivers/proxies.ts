/** The proxies that talk to this process: what the setup page shows of them. */
import type { Clock, ProxyStatus } from "../oap/model/ports.ts";

/** A proxy without streams stays listed this long. */
const GONE_AFTER_MS = 10 * 60_000;
const RATE_SECONDS = 10;

export class ProxyState {
  streams = 0;
  lastEntry: number | null = null;
  entriesTotal = 0;
  clockSkewed = 0;
  reports = 0;
  service: string | null = null;
  instance: string | null = null;
  reason: string | null = null;
  goneAt: number | null = null;
  readonly node: string;
  readonly since: number;
  /** Entries per second of the clock, for the last RATE_SECONDS seconds. */
  readonly #counts = new Float64Array(RATE_SECONDS);
  readonly #seconds = new Float64Array(RATE_SECONDS);

  constructor(node: string, since: number) {
    this.node = node;
    this.since = since;
  }

  received(entries: number, nowMs: number): void {
    if (entries === 0) return;
    this.lastEntry = nowMs;
    this.entriesTotal += entries;
    const second = Math.floor(nowMs / 1_000);
    const at = second % RATE_SECONDS;
    if (this.#seconds[at] !== second) {
      this.#seconds[at] = second;
      this.#counts[at] = 0;
    }
    (this.#counts[at] as number) += entries;
  }

  /** Over the whole seconds before this one, and no longer than the proxy is known. */
  entriesPerSecond(nowMs: number): number {
    const second = Math.floor(nowMs / 1_000);
    const window = Math.min(RATE_SECONDS - 1, Math.max(1, second - Math.floor(this.since / 1_000)));
    let sum = 0;
    for (let i = 0; i < RATE_SECONDS; i++) {
      const age = second - (this.#seconds[i] as number);
      if (age >= 1 && age <= window) sum += this.#counts[i] as number;
    }
    return sum / window;
  }
}

export class Proxies {
  /** Proxies forgotten to make room. */
  evictions = 0;
  readonly #clock: Clock;
  readonly #max: number;
  readonly #proxies = new Map<string, ProxyState>();

  /** Remembers up to `max` proxies; gone ones make room first. */
  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  /** A stream of this node begins. */
  connected(node: string): ProxyState {
    let proxy = this.#proxies.get(node);
    if (proxy === undefined) {
      this.#makeRoom();
      proxy = new ProxyState(node, this.#clock.now());
      this.#proxies.set(node, proxy);
    }
    proxy.streams++;
    proxy.goneAt = null;
    return proxy;
  }

  disconnected(proxy: ProxyState): void {
    proxy.streams--;
    if (proxy.streams === 0) proxy.goneAt = this.#clock.now();
  }

  snapshot(): ProxyStatus[] {
    const now = this.#clock.now();
    for (const [node, { goneAt }] of this.#proxies) {
      if (goneAt !== null && now - goneAt > GONE_AFTER_MS) this.#proxies.delete(node);
    }
    return [...this.#proxies.values()].map((proxy) => ({
      node: proxy.node,
      service: proxy.service,
      instance: proxy.instance,
      streams: proxy.streams,
      since: proxy.since,
      lastEntry: proxy.lastEntry,
      entriesPerSecond: proxy.entriesPerSecond(now),
      entriesTotal: proxy.entriesTotal,
      clockSkewed: proxy.clockSkewed,
      resolved: proxy.reports > 0,
      reason: proxy.reports > 0 ? null : (proxy.reason ?? waiting(proxy)),
    }));
  }

  #makeRoom(): void {
    if (this.#proxies.size < this.#max) return;
    const gone = [...this.#proxies.values()].find(({ streams }) => streams === 0);
    this.#proxies.delete(gone?.node ?? (this.#proxies.keys().next().value as string));
    this.evictions++;
  }
}

function waiting(proxy: ProxyState): string {
  if (proxy.entriesTotal === 0) return "It is connected and has sent no entry yet.";
  return "It has sent only intermediate entries so far: a request or connection counts when it ends.";
}
