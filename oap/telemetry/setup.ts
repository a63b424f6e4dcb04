import type { IngestStatus } from "../model/ipc.ts";
import type { ProxyStatus } from "../model/ports.ts";

export interface Listener {
  /** grpc or http. */
  readonly protocol: string;
  /** host:port */
  readonly address: string;
}

/** One line per proxy: its streams may be spread over several ingest processes. */
export function mergeProxies(ingest: readonly IngestStatus[]): ProxyStatus[] {
  const merged = new Map<string, ProxyStatus>();
  for (const proxy of ingest.flatMap(({ proxies }) => proxies)) {
    const known = merged.get(proxy.node);
    merged.set(proxy.node, known === undefined ? proxy : both(known, proxy));
  }
  return [...merged.values()].sort((a, b) => b.entriesPerSecond - a.entriesPerSecond || (a.node < b.node ? -1 : 1));
}

function both(a: ProxyStatus, b: ProxyStatus): ProxyStatus {
  const last = Math.max(a.lastEntry ?? 0, b.lastEntry ?? 0);
  const resolved = a.resolved || b.resolved;
  return {
    node: a.node,
    service: a.service ?? b.service,
    instance: a.instance ?? b.instance,
    streams: a.streams + b.streams,
    since: Math.min(a.since, b.since),
    lastEntry: last === 0 ? null : last,
    entriesPerSecond: a.entriesPerSecond + b.entriesPerSecond,
    entriesTotal: a.entriesTotal + b.entriesTotal,
    clockSkewed: a.clockSkewed + b.clockSkewed,
    resolved,
    reason: resolved ? null : (a.reason ?? b.reason),
  };
}
