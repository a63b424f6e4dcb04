/** Entry -> rows of an EntryBatch: one for each side that the entry is a report of. */
import { type EntryBatch, Kind, NO_DETAILS, NO_PATH, TlsMode, UNKNOWN_VALUE } from "../../oap/model/batch.ts";
import { DetectPoint } from "../../oap/model/entity.ts";
import type { Names } from "../../oap/model/ports.ts";
import { classEnd, classStart } from "./code-details.ts";
import { NO_REPORT, resolveSides, type Sides } from "./detect-point.ts";
import {
  type Entry,
  FIRST_DOWNSTREAM_TX,
  FIRST_UPSTREAM_RX,
  FIRST_UPSTREAM_TX,
  LAST_DOWNSTREAM_TX,
  LAST_UPSTREAM_RX,
  LOCAL_CERTIFICATE,
  PEER_CERTIFICATE,
} from "./entry.ts"; // prettier-ignore
import type { Identity } from "./identity.ts";
import { COUNTED, httpLogUse, IGNORED, OPENED, tcpLogUse } from "./log-type.ts";
import { connectionSucceeded, succeeded } from "./outcome.ts";
import type { Peers } from "./peer.ts";
import type { StreamBytes } from "./stream-bytes.ts";

const FLOOR_MS = 1e6;

export class Reports {
  readonly #names: Names;
  readonly #peers: Peers;
  readonly #streams: StreamBytes;
  /** Of the last entry. */
  readonly sides: Sides = { caller: NO_REPORT, callee: NO_REPORT };

  constructor(names: Names, peers: Peers, streams: StreamBytes) {
    this.#names = names;
    this.#peers = peers;
    this.#streams = streams;
  }

  /** Adds the rows of one HTTP or TCP entry. @returns how many; 0 for an intermediate entry and for a sender without a name. */
  add(batch: EntryBatch, entry: Entry, identity: Identity, isTcp: boolean): number {
    const use = isTcp ? tcpLogUse(entry.logType, entry.intermediate) : httpLogUse(entry.logType, entry.intermediate);
    if (use === IGNORED) return 0;
    resolveSides(entry, identity, this.#peers, this.sides);
    const { caller, callee } = this.sides;
    if (caller === NO_REPORT && callee === NO_REPORT) return 0;
    const isEnd = use === COUNTED;
    const received = isTcp ? entry.receivedBytes : entry.requestHeadersBytes + entry.requestBodyBytes;
    const sent = isTcp ? entry.sentBytes : entry.responseHeadersBytes + entry.responseBodyBytes;
    this.#streams.take(entry, identity.workload, received, sent, isEnd);
    let rows = 0;
    if (caller !== NO_REPORT) {
      this.#addRow(batch, entry, isTcp, use, DetectPoint.server, caller, identity.workload);
      rows++;
    }
    if (callee !== NO_REPORT) {
      this.#addRow(batch, entry, isTcp, use, DetectPoint.client, identity.workload, callee);
      rows++;
    }
    return rows;
  }

  #addRow(
    batch: EntryBatch,
    entry: Entry,
    isTcp: boolean,
    use: number,
    detectPoint: 1 | 2,
    source: number,
    destination: number,
  ): void {
    const row = batch.addRow();
    const isServer = detectPoint === DetectPoint.server;
    const { isGrpc } = entry;
    const firstUpstreamNs = entry.durationNs(FIRST_UPSTREAM_TX);
    const startMs = entry.startMs();
    // A client-side report starts when the first byte went upstream; whole ms of both, as the reference product adds them.
    batch.startMs[row] =
      isServer || startMs === 0 || firstUpstreamNs < 0 ? startMs : startMs + Math.floor(firstUpstreamNs / FLOOR_MS);
    batch.kind[row] = isTcp ? Kind.tcp : isGrpc ? Kind.grpc : Kind.http;
    batch.detectPoint[row] = detectPoint;
    batch.source[row] = source;
    batch.destination[row] = destination;
    batch.method[row] = entry.knownMethod;
    batch.path[row] = isTcp || !entry.hasRequest ? NO_PATH : this.#names.path(entry.bytes, entry.path.start, entry.barePathEnd());
    batch.counted[row] = use === COUNTED ? 1 : 0;
    batch.success[row] = (isTcp ? connectionSucceeded(entry) : succeeded(entry, detectPoint, isGrpc)) ? 1 : 0;
    batch.responseCode[row] = entry.knownCode;
    batch.flags[row] = entry.flags;
    batch.details[row] = batch.success[row] === 1 || use !== COUNTED ? NO_DETAILS : this.#details(entry);
    batch.tlsMode[row] = isServer ? tlsModeOf(entry) : TlsMode.none;
    batch.attempts[row] = entry.attempts;
    const lastNs = entry.durationNs(isServer ? LAST_DOWNSTREAM_TX : LAST_UPSTREAM_RX);
    const fromNs = isServer ? 0 : firstUpstreamNs;
    const latencyNs = isTcp ? UNKNOWN_VALUE : difference(lastNs, fromNs);
    batch.latencyUs[row] = latencyNs === UNKNOWN_VALUE ? UNKNOWN_VALUE : latencyNs / 1_000;
    batch.latencyMs[row] = Math.max(0, Math.floor(lastNs / FLOOR_MS) - Math.floor(fromNs / FLOOR_MS)); // each end rounded
    batch.internalRequestNs[row] = isTcp ? UNKNOWN_VALUE : firstUpstreamNs;
    batch.internalResponseNs[row] = isTcp
      ? UNKNOWN_VALUE
      : difference(entry.durationNs(FIRST_DOWNSTREAM_TX), entry.durationNs(FIRST_UPSTREAM_RX));
    const carries = use !== OPENED;
    batch.receivedBytes[row] = carries ? this.#streams.received : UNKNOWN_VALUE;
    batch.sentBytes[row] = carries ? this.#streams.sent : UNKNOWN_VALUE;
    batch.opened[row] = isTcp && this.#streams.isNew ? 1 : 0;
    batch.closed[row] = isTcp && use === COUNTED ? 1 : 0;
  }

  /** A connection has no response: it tells why it ended. */
  #details({ bytes, codeDetails, termination }: Entry): number {
    const said = codeDetails.isEmpty ? termination : codeDetails;
    const start = classStart(bytes, said.start, said.end);
    const end = classEnd(bytes, start, said.end);
    return end === start ? NO_DETAILS : this.#names.codeDetails(bytes, start, end);
  }
}

/** later − earlier, at least 0; UNKNOWN_VALUE when either is unknown. */
function difference(laterNs: number, earlierNs: number): number {
  return laterNs < 0 || earlierNs < 0 ? UNKNOWN_VALUE : Math.max(0, laterNs - earlierNs);
}

export function tlsModeOf(entry: Entry): number {
  if ((entry.certificates & LOCAL_CERTIFICATE) === 0) return TlsMode.none;
  return (entry.certificates & PEER_CERTIFICATE) === 0 ? TlsMode.tls : TlsMode.mtls;
}
