/** Which end of the call the reporter stood at: an entry is a server-side report, a client-side one, both (a gateway) or none. */

import { startsWith } from "./bytes.ts";
import {
  DOWNSTREAM_FLATBUFFER,
  DOWNSTREAM_STRUCT,
  type Entry,
  type TextRange,
  UPSTREAM_FLATBUFFER,
  UPSTREAM_STRUCT,
} from "./entry.ts";
import { type Identity, NOBODY } from "./identity.ts";
import { type Peers, UNRESOLVED } from "./peer.ts";

/** That side made no report. */
export const NO_REPORT = -2;

/** The two reports of one entry; reused. */
export interface Sides {
  /** Who called, in the server-side report. */
  caller: number;
  /** Who was called, in the client-side report. */
  callee: number;
}

const INBOUND = [Buffer.from("inbound|"), Buffer.from("InboundPassthroughCluster")];
const OUTBOUND = [Buffer.from("outbound|"), Buffer.from("PassthroughCluster"), Buffer.from("BlackHoleCluster")];

export function resolveSides(entry: Entry, identity: Identity, peers: Peers, sides: Sides): void {
  sides.caller = NO_REPORT;
  sides.callee = NO_REPORT;
  if (identity.workload === NOBODY) return;
  const caller = peerOf(entry, peers, DOWNSTREAM_STRUCT, DOWNSTREAM_FLATBUFFER);
  if (identity.role === "sidecar") {
    const inbound = isInbound(entry, identity, caller !== NO_REPORT);
    // Proxies that look workloads up name themselves as the downstream of their own outbound calls.
    const isItself = !inbound && caller === identity.workload;
    if (inbound || (caller > NOBODY && !isItself)) sides.caller = caller > NOBODY ? caller : identity.unknown;
    if (!inbound) sides.callee = calleeOf(entry, identity, peers);
    return;
  }
  sides.caller = caller > NOBODY ? caller : identity.unknown;
  const hasPeer = entry.has(UPSTREAM_STRUCT) || entry.has(UPSTREAM_FLATBUFFER);
  if (entry.hasUpstreamHost || hasPeer) sides.callee = calleeOf(entry, identity, peers);
}

/** The peer on one side: Struct before FlatBuffer, so that both give one report. UNRESOLVED: there, but naming nobody. */
function peerOf(entry: Entry, peers: Peers, struct: number, flatBuffer: number): number {
  const { bytes, texts } = entry;
  const hasFlatBuffer = entry.has(flatBuffer);
  if (entry.has(struct)) {
    const { start, end } = texts[struct] as TextRange;
    const workload = peers.resolve(bytes, start, end, false);
    if (workload !== UNRESOLVED || !hasFlatBuffer) return workload;
  }
  if (!hasFlatBuffer) return NO_REPORT;
  const { start, end } = texts[flatBuffer] as TextRange;
  return peers.resolve(bytes, start, end, true);
}

function calleeOf(entry: Entry, identity: Identity, peers: Peers): number {
  const peer = peerOf(entry, peers, UPSTREAM_STRUCT, UPSTREAM_FLATBUFFER);
  if (peer > NOBODY) return peer;
  const byCluster = identity.destinationOfCluster(entry.bytes, entry.cluster.start, entry.cluster.end);
  if (byCluster !== NOBODY) return byCluster;
  if (identity.role !== "sidecar") return identity.unknown;
  const byAuthority = identity.destinationOfAuthority(entry.bytes, entry.authority.start, entry.authority.end);
  return byAuthority === NOBODY ? identity.unknown : byAuthority;
}

/** A sidecar's listener: the upstream cluster tells; without one the peer object; without both, inbound means that the
 *  connection was made to the pod's own address (outbound ones keep their original destination). */
function isInbound(entry: Entry, identity: Identity, hasCaller: boolean): boolean {
  const { bytes, cluster, localAddress } = entry;
  if (startsWithAny(bytes, cluster.start, cluster.end, INBOUND)) return true;
  if (startsWithAny(bytes, cluster.start, cluster.end, OUTBOUND)) return false;
  if (hasCaller) return true;
  if (entry.has(UPSTREAM_STRUCT) || entry.has(UPSTREAM_FLATBUFFER)) return false;
  return identity.isOwnAddress(bytes, localAddress.start, localAddress.end);
}

/** A loop and no closure: one of those per entry was all the garbage that an entry made. */
function startsWithAny(bytes: Buffer, start: number, end: number, prefixes: readonly Buffer[]): boolean {
  for (let i = 0; i < prefixes.length; i++) if (startsWith(bytes, start, end, prefixes[i] as Buffer)) return true;
  return false;
}
