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
export const START_TIME = 5;
const DURATIONS = 13;

/** Index of each text in `texts`. The peer objects are Any.value. */
export const UPSTREAM_STRUCT = 0;
export const DOWNSTREAM_STRUCT = 1;
export const UPSTREAM_FLATBUFFER = 2;
export const DOWNSTREAM_FLATBUFFER = 3;
export const LOCAL_ADDRESS = 4;
export const UPSTREAM_ADDRESS = 5;
export const CLUSTER = 6;
export const TERMINATION = 7;
export const STREAM_ID = 8;
export const AUTHORITY = 9;
export const PATH = 10;
export const REQUEST_ID = 11;
export const CODE_DETAILS = 12;
/** Of the map's entry that is being read. */
export const KEY = 13;
export const VALUE = 14;
/** Of the name of a certificate that is being read. */
export const URI = VALUE;
const TEXTS = 15;

const METHODS_KNOWN = METHODS.length - 1;
const CODE_MAX = 999;
const QUERY = 0x3f;
export const FRAGMENT = 0x23;

/** Bits of `certificates`. */
export const LOCAL_CERTIFICATE = 1;
export const PEER_CERTIFICATE = 2;

/** Where in the entry's bytes a text stands; from 0 to 0: it did not come. */
export class TextRange {
  start = 0;
  end = 0;

  get isEmpty(): boolean {
    return this.end === this.start;
  }
}

export class Entry {
  bytes: Buffer = Buffer.alloc(0);
  /** Timestamp and durations by field number; `present` tells which came, as bits. */
  readonly seconds = new Float64Array(DURATIONS);
  readonly nanos = new Float64Array(DURATIONS);
  present = 0;
  certificates = 0;
  readonly texts: readonly TextRange[] = Array.from({ length: TEXTS }, () => new TextRange());
  /** The address text of downstream_local_address when it is a socket address. */
  readonly localAddress = this.texts[LOCAL_ADDRESS] as TextRange;
  readonly cluster = this.texts[CLUSTER] as TextRange;
  /** connection_termination_details. */
  readonly termination = this.texts[TERMINATION] as TextRange;
  readonly streamId = this.texts[STREAM_ID] as TextRange;
  readonly authority = this.texts[AUTHORITY] as TextRange;
  readonly path = this.texts[PATH] as TextRange;
  readonly requestId = this.texts[REQUEST_ID] as TextRange;
  /** response_code_details. */
  readonly codeDetails = this.texts[CODE_DETAILS] as TextRange;
  /** ResponseFlags as a set: field number n is bit n - 1. */
  flags = 0;
  attempts = 0;
  intermediate = false;
  logType = 0;
  /** HTTP. */
  hasRequest = false;
  method = 0;
  requestHeadersBytes = 0;
  requestBodyBytes = 0;
  responseCode = 0;
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
    const { texts } = this;
    for (let i = 0; i < TEXTS; i++) {
      const text = texts[i] as TextRange;
      text.start = text.end = 0;
    }
    this.flags = 0;
    this.attempts = 0;
    this.intermediate = false;
    this.logType = 0;
    this.hasRequest = false;
    this.method = 0;
    this.requestHeadersBytes = this.requestBodyBytes = 0;
    this.responseCode = 0;
    this.responseHeadersBytes = this.responseBodyBytes = 0;
    this.grpcContent = false;
    this.grpcStatus = -1;
    this.receivedBytes = this.sentBytes = 0;
  }

  get hasUpstreamHost(): boolean {
    return this.has(UPSTREAM_ADDRESS);
  }

  /** Whether a text came, were it empty: something stands before every one. */
  has(text: number): boolean {
    return (this.texts[text] as TextRange).end > 0;
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
    const { bytes, path } = this;
    let end = path.start;
    while (end < path.end && bytes[end] !== QUERY && bytes[end] !== FRAGMENT) end++;
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
