/** An entry that is kept -> one row of LogRows. Runs for kept entries only: some microseconds each. */
import { Kind } from "../../oap/model/batch.ts";
import { DetectPoint } from "../../oap/model/entity.ts";
import { AT, LOG_TEXTS, type LogRows, NO_SIDE, TLS_NOT_TOLD, UNKNOWN_US } from "../../oap/model/log-rows.ts";
import type { Names } from "../../oap/model/ports.ts";
import { Wire } from "../decode/wire.ts";
import { NO_REPORT, type Sides } from "./detect-point.ts";
import {
  type Entry,
  FIRST_DOWNSTREAM_TX,
  FIRST_UPSTREAM_RX,
  FIRST_UPSTREAM_TX,
  FRAGMENT,
  LAST_DOWNSTREAM_TX,
  LAST_RX,
  LAST_UPSTREAM_RX,
  LAST_UPSTREAM_TX,
} from "./entry.ts"; // prettier-ignore
import type { Identity } from "./identity.ts";
import { type HeaderRanges, LogFields } from "./log-fields.ts";
import type { Redaction } from "./redact.ts";
import { tlsModeOf } from "./reports.ts";

/** Longer texts are cut between two characters, and counted. */
export interface TextLimits {
  /** Of paths and query strings. */
  readonly pathMaxBytes: number;
  /** Of other texts, names and values of headers. */
  readonly textMaxBytes: number;
}

const BOTH = 3;
const AT_SIGN = 0x40;

const text = (name: (typeof LOG_TEXTS)[number]): number => LOG_TEXTS.indexOf(name);
const AUTHORITY = text("authority");
const PATH = text("path");
const QUERY_TEXT = text("query");
const CODE_DETAILS = text("code_details");
const REQUEST_ID = text("request_id");
const CLUSTER = text("upstream_cluster");

export class LogRowWriter {
  /** Texts that were longer than a row holds, and headers beyond the number a row holds. */
  textsCut = 0;
  readonly #rows: LogRows;
  readonly #names: Names;
  readonly #redaction: Redaction;
  readonly #limits: TextLimits;
  readonly #fields = new LogFields();
  readonly #wire = new Wire();

  constructor(rows: LogRows, names: Names, redaction: Redaction, limits: TextLimits) {
    this.#limits = limits;
    this.#rows = rows;
    this.#names = names;
    this.#redaction = redaction;
  }

  /** Adds the row of the entry in bytes[start, end), which `entry` holds as far as metrics go. @throws DecodeError: there is no row then. */
  write(
    entry: Entry,
    start: number,
    end: number,
    isTcp: boolean,
    identity: Identity,
    sides: Sides,
    kept: number,
    weight: number,
    receivedAtMs: number,
  ): void {
    this.#wire.reset(entry.bytes, start, end);
    this.#fields.read(this.#wire, isTcp);
    const at = this.#rows.addRow(identity.node.id);
    const { numbers } = this.#rows;
    numbers[at + AT.timeUs] = entry.startUs();
    numbers[at + AT.receivedAtMs] = receivedAtMs;
    numbers[at + AT.kept] = kept;
    numbers[at + AT.weight] = weight;
    this.#who(numbers, at, entry, isTcp, identity, sides);
    this.#outcome(numbers, at, entry, isTcp);
    this.#times(numbers, at, entry, isTcp, sides);
    this.#texts(entry, isTcp);
    this.#headers(entry.bytes, this.#fields.requestHeaders, this.#rows.requestHeaders);
    this.#headers(entry.bytes, this.#fields.responseHeaders, this.#rows.responseHeaders);
  }

  #who(numbers: Float64Array, at: number, entry: Entry, isTcp: boolean, identity: Identity, { caller, callee }: Sides): void {
    numbers[at + AT.kind] = isTcp ? Kind.tcp : entry.isGrpc ? Kind.grpc : Kind.http;
    numbers[at + AT.detectPoint] = caller === NO_REPORT ? DetectPoint.client : callee === NO_REPORT ? DetectPoint.server : BOTH;
    numbers[at + AT.workload] = identity.workload;
    numbers[at + AT.caller] = caller === NO_REPORT ? NO_SIDE : caller;
    numbers[at + AT.callee] = callee === NO_REPORT ? NO_SIDE : callee;
    numbers[at + AT.method] = entry.knownMethod;
    numbers[at + AT.path] = isTcp || !entry.hasRequest ? 0 : this.#names.path(entry.bytes, entry.path.start, entry.barePathEnd());
    numbers[at + AT.endpoint] = 0;
    numbers[at + AT.protocol] = this.#fields.protocol <= 4 ? this.#fields.protocol : 0;
    numbers[at + AT.tlsMode] = caller === NO_REPORT ? TLS_NOT_TOLD : tlsModeOf(entry);
    numbers[at + AT.tlsVersion] = this.#fields.tlsVersion <= 4 ? this.#fields.tlsVersion : 0;
    numbers[at + AT.downstreamPort] = this.#fields.downstreamPort;
    numbers[at + AT.upstreamPort] = this.#fields.upstreamPort;
  }

  #outcome(numbers: Float64Array, at: number, entry: Entry, isTcp: boolean): void {
    numbers[at + AT.responseCode] = entry.knownCode;
    numbers[at + AT.grpcStatus] = entry.grpcStatus <= 127 ? entry.grpcStatus : -1;
    numbers[at + AT.flags] = entry.flags;
    numbers[at + AT.attempts] = Math.min(entry.attempts, 0xffff);
    numbers[at + AT.requestHeaderBytes] = entry.requestHeadersBytes;
    numbers[at + AT.requestBodyBytes] = isTcp ? entry.receivedBytes : entry.requestBodyBytes;
    numbers[at + AT.responseHeaderBytes] = entry.responseHeadersBytes;
    numbers[at + AT.responseBodyBytes] = isTcp ? entry.sentBytes : entry.responseBodyBytes;
  }

  #times(numbers: Float64Array, at: number, entry: Entry, isTcp: boolean, { caller }: Sides): void {
    const isServer = caller !== NO_REPORT;
    const lastNs = isTcp ? this.#fields.durationNs : entry.durationNs(isServer ? LAST_DOWNSTREAM_TX : LAST_UPSTREAM_RX);
    const fromNs = isTcp || isServer ? 0 : entry.durationNs(FIRST_UPSTREAM_TX);
    const isKnown = lastNs >= 0 && fromNs >= 0;
    numbers[at + AT.durationUs] = isKnown ? spared(Math.floor(Math.max(0, lastNs - fromNs) / 1_000)) : UNKNOWN_US;
    numbers[at + AT.requestReceivedUs] = micros(entry, LAST_RX);
    numbers[at + AT.upstreamFirstSentUs] = micros(entry, FIRST_UPSTREAM_TX);
    numbers[at + AT.upstreamLastSentUs] = micros(entry, LAST_UPSTREAM_TX);
    numbers[at + AT.upstreamFirstReceivedUs] = micros(entry, FIRST_UPSTREAM_RX);
    numbers[at + AT.upstreamLastReceivedUs] = micros(entry, LAST_UPSTREAM_RX);
    numbers[at + AT.responseFirstSentUs] = micros(entry, FIRST_DOWNSTREAM_TX);
    numbers[at + AT.responseLastSentUs] = micros(entry, LAST_DOWNSTREAM_TX);
  }

  #texts(entry: Entry, isTcp: boolean): void {
    const { start, end } = this.#fields;
    const { bytes } = entry;
    const set = (at: number, from: number, to: number): void => {
      start[at] = from;
      end[at] = to;
    };
    set(AUTHORITY, afterUser(bytes, entry.authority.start, entry.authority.end), entry.authority.end);
    const details = entry.codeDetails.isEmpty ? entry.termination : entry.codeDetails;
    set(CODE_DETAILS, details.start, details.end);
    const id = entry.requestId.isEmpty ? entry.streamId : entry.requestId;
    set(REQUEST_ID, id.start, id.end);
    set(CLUSTER, entry.cluster.start, entry.cluster.end);
    const { pathMaxBytes, textMaxBytes } = this.#limits;
    set(PATH, entry.path.start, isTcp ? entry.path.start : entry.barePathEnd());
    for (let i = 0; i < start.length; i++) {
      if (i === QUERY_TEXT) this.#query(entry);
      else this.#push(i, bytes, start[i] as number, end[i] as number, i === PATH ? pathMaxBytes : textMaxBytes);
    }
  }

  #query(entry: Entry): void {
    const { bytes } = entry;
    const to = entry.path.end;
    const from = entry.barePathEnd();
    let end = from;
    while (end < to && bytes[end] !== FRAGMENT) end++;
    if (!this.#redaction.queryString || end - from <= 1) {
      this.#push(QUERY_TEXT, bytes, 0, 0, 0);
      return;
    }
    const query = Buffer.from(this.#redaction.query(bytes.toString("utf8", from + 1, end)), "utf8");
    this.#push(QUERY_TEXT, query, 0, query.length, this.#limits.pathMaxBytes);
  }

  #push(column: number, bytes: Buffer, from: number, to: number, maxBytes: number): void {
    if (this.#rows.texts[column]?.push(bytes, from, to, maxBytes)) this.textsCut++;
  }

  #headers(bytes: Buffer, ranges: HeaderRanges, into: LogRows["requestHeaders"]): void {
    this.textsCut += ranges.left;
    const { textMaxBytes } = this.#limits;
    for (let i = 0; i < ranges.length; i++) {
      const keyStart = ranges.keyStart[i] as number;
      const keyEnd = ranges.keyEnd[i] as number;
      if (this.#redaction.isHeader(bytes, keyStart, keyEnd)) continue;
      if (into.keys.push(bytes, keyStart, keyEnd, textMaxBytes)) this.textsCut++;
      const [start, end] = [ranges.valueStart[i] as number, ranges.valueEnd[i] as number];
      const isPlain = !this.#redaction.mayHoldAddress(bytes, start, end);
      const value = isPlain ? bytes : Buffer.from(this.#redaction.headerValue(bytes.toString("utf8", start, end)), "utf8");
      const [from, to] = isPlain ? [start, end] : [0, value.length];
      if (into.values.push(value, from, to, textMaxBytes)) this.textsCut++;
    }
    into.endRow();
  }
}

/** Names and passwords before an `@` are not stored. */
function afterUser(bytes: Buffer, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (bytes[at] === AT_SIGN) return at + 1;
  return start;
}

function micros(entry: Entry, field: number): number {
  const ns = entry.durationNs(field);
  return ns < 0 ? UNKNOWN_US : Math.min(UNKNOWN_US - 1, Math.floor(ns / 1_000));
}

/** A known duration that would read as unknown is one µs longer. */
function spared(us: number): number {
  return us === UNKNOWN_US ? us + 1 : us;
}
