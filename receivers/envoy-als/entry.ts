/** What one access-log entry says, as far as it is used: numbers, and byte ranges of the strings. One object is reused for
 *  every entry, so a scalar that comes twice is overwritten and a sub-message that comes twice merges, as proto3 wants. */

import { METHODS } from "../../oap/model/batch.ts";

/** Index of each duration in `seconds` and `nanos`: the field's number in AccessLogCommon. */
export const LAST_RX = 6;
export const FIRST_UPSTREAM_TX = 7;
export const LAST_UPSTREAM_TX = 8;
export const FIRST_UPSTREAM_RX = 9;
export const LAST_UPSTREAM_RX = 10;
export const FIRST_DOWNSTREAM_TX = 11;
export const LAST_DOWNSTREAM_TX = 12;
const START_TIME = 5;
const DURATIONS = 13;

/** Index of each peer object in `peerStart` and `peerEnd`. */
export const UPSTREAM_STRUCT = 0;
export const DOWNSTREAM_STRUCT = 1;
export const UPSTREAM_FLATBUFFER = 2;
export const DOWNSTREAM_FLATBUFFER = 3;
const PEERS = 4;

const METHODS_KNOWN = METHODS.length - 1;
const CODE_MAX = 999;
const QUERY = 0x3f;
export const FRAGMENT = 0x23;

/** Bits of `certificates`. */
export const LOCAL_CERTIFICATE = 1;
export const PEER_CERTIFICATE = 2;

export class Entry {
  bytes: Buffer = Buffer.alloc(0);
  /** Timestamp and durations by field number; `present` tells which came, as bits. */
  readonly seconds = new Float64Array(DURATIONS);
  readonly nanos = new Float64Array(DURATIONS);
  present = 0;
  certificates = 0;
  hasUpstreamHost = false;
  /** The address text of downstream_local_address when it is a socket address. */
  localStart = 0;
  localEnd = 0;
  clusterStart = 0;
  clusterEnd = 0;
  /** ResponseFlags as a set: field number n is bit n - 1. */
  flags = 0;
  /** Any.value of the peer objects; -1: not there. */
  readonly peerStart = new Int32Array(PEERS);
  readonly peerEnd = new Int32Array(PEERS);
  attempts = 0;
  intermediate = false;
  logType = 0;
  streamIdStart = 0;
  streamIdEnd = 0;
  /** connection_termination_details. */
  terminationStart = 0;
  terminationEnd = 0;
  /** HTTP. */
  hasRequest = false;
  method = 0;
  authorityStart = 0;
  authorityEnd = 0;
  pathStart = 0;
  pathEnd = 0;
  requestIdStart = 0;
  requestIdEnd = 0;
  requestHeadersBytes = 0;
  requestBodyBytes = 0;
  responseCode = 0;
  /** response_code_details. */
  detailsStart = 0;
  detailsEnd = 0;
  responseHeadersBytes = 0;
  responseBodyBytes = 0;
  grpcContent = false;
  /** -1: not logged. */
  grpcStatus = -1;
  /** TCP. */
  receivedBytes = 0;
  sentBytes = 0;

  clear(bytes: Buffer): void {
    this.bytes = bytes;
    this.present = 0;
    this.certificates = 0;
    this.hasUpstreamHost = false;
    this.localStart = this.localEnd = 0;
    this.clusterStart = this.clusterEnd = 0;
    this.flags = 0;
    for (let peer = 0; peer < PEERS; peer++) this.peerStart[peer] = -1;
    this.attempts = 0;
    this.intermediate = false;
    this.logType = 0;
    this.streamIdStart = this.streamIdEnd = 0;
    this.terminationStart = this.terminationEnd = 0;
    this.hasRequest = false;
    this.method = 0;
    this.authorityStart = this.authorityEnd = 0;
    this.pathStart = this.pathEnd = 0;
    this.requestIdStart = this.requestIdEnd = 0;
    this.requestHeadersBytes = this.requestBodyBytes = 0;
    this.responseCode = 0;
    this.detailsStart = this.detailsEnd = 0;
    this.responseHeadersBytes = this.responseBodyBytes = 0;
    this.grpcContent = false;
    this.grpcStatus = -1;
    this.receivedBytes = this.sentBytes = 0;
  }

  /** By its content type, or because it ended as gRPC calls do; a connection never is. */
  get isGrpc(): boolean {
    return this.grpcContent || this.grpcStatus >= 0;
  }

  /** Index into METHODS; 0 for numbers that it does not have. */
  get knownMethod(): number {
    return this.method <= METHODS_KNOWN ? this.method : 0;
  }

  /** 0 when there was no response, or its code is none. */
  get knownCode(): number {
    return this.responseCode <= CODE_MAX ? this.responseCode : 0;
  }

  /** A timestamp or duration begins; one that comes twice merges. */
  begin(field: number): void {
    const bit = 1 << field;
    if ((this.present & bit) !== 0) return;
    this.present |= bit;
    this.seconds[field] = this.nanos[field] = 0;
  }

  /** A duration in ns; -1 when it did not come or is negative. */
  durationNs(field: number): number {
    if ((this.present & (1 << field)) === 0) return -1;
    const ns = (this.seconds[field] as number) * 1e9 + (this.nanos[field] as number);
    return ns < 0 ? -1 : ns;
  }

  /** Where the path ends without its query and fragment. */
  barePathEnd(): number {
    const { bytes, pathEnd } = this;
    let end = this.pathStart;
    while (end < pathEnd && bytes[end] !== QUERY && bytes[end] !== FRAGMENT) end++;
    return end;
  }

  /** start_time as a number that tells starts apart: ns, exact to about a µs; 0 when it did not come. */
  startNs(): number {
    if ((this.present & (1 << START_TIME)) === 0) return 0;
    return (this.seconds[START_TIME] as number) * 1e9 + (this.nanos[START_TIME] as number);
  }

  /** start_time in whole µs since the Unix epoch; 0 when it did not come. */
  startUs(): number {
    return (this.seconds[START_TIME] as number) * 1e6 + Math.floor((this.nanos[START_TIME] as number) / 1_000);
  }

  /** start_time in whole ms since the Unix epoch; 0 when it did not come. */
  startMs(): number {
    if ((this.present & (1 << START_TIME)) === 0) return 0;
    return (this.seconds[START_TIME] as number) * 1_000 + Math.floor((this.nanos[START_TIME] as number) / 1e6);
  }
}
