/** The fields of an access-log entry that only its row has: a second, complete walk over the bytes of an entry that is kept. What
 *  Entry holds is not read again. Source: envoy/data/accesslog/v3/accesslog.proto. */
import { LOG_TEXTS } from "../../oap/model/log-rows.ts";
import { expectType, LENGTH, VARINT, type Wire } from "../decode/wire.ts";

/** More logged headers than this are not stored. */
const HEADERS_MAX = 64;
const TEXTS = LOG_TEXTS.length;
const text = (name: (typeof LOG_TEXTS)[number]): number => LOG_TEXTS.indexOf(name);

const FAILURE_REASON = text("failure_reason");
const SNI = text("sni");
const LOCAL_PRINCIPAL = text("local_principal");
const PEER_PRINCIPAL = text("peer_principal");
const DOWNSTREAM_ADDRESS = text("downstream_address");
const UPSTREAM_ADDRESS = text("upstream_address");
const ROUTE = text("route");
const USER_AGENT = text("user_agent");

/** Byte ranges of the headers or trailers of one map. */
export class HeaderRanges {
  length = 0;
  /** Headers beyond HEADERS_MAX. */
  left = 0;
  readonly keyStart = new Int32Array(HEADERS_MAX);
  readonly keyEnd = new Int32Array(HEADERS_MAX);
  readonly valueStart = new Int32Array(HEADERS_MAX);
  readonly valueEnd = new Int32Array(HEADERS_MAX);
}

/** Reused for every entry. Ranges are in the buffer that the entry stands in; an empty one: not there. */
export class LogFields {
  readonly start = new Int32Array(TEXTS);
  readonly end = new Int32Array(TEXTS);
  readonly requestHeaders = new HeaderRanges();
  readonly responseHeaders = new HeaderRanges();
  protocol = 0;
  tlsVersion = 0;
  downstreamPort = 0;
  upstreamPort = 0;
  /** From the first byte to the end, ns; -1: not there. */
  durationNs = -1;
  /** downstream_direct_remote_address, in case there is no remote one. */
  directStart = 0;
  directEnd = 0;
  directPort = 0;

  clear(): void {
    this.start.fill(0);
    this.end.fill(0);
    this.requestHeaders.length = this.requestHeaders.left = 0;
    this.responseHeaders.length = this.responseHeaders.left = 0;
    this.protocol = this.tlsVersion = this.downstreamPort = this.upstreamPort = 0;
    this.durationNs = -1;
    this.directStart = this.directEnd = this.directPort = 0;
  }

  /** Reads the entry between the cursor and its limit. @throws DecodeError; nothing of it can be used then. */
  read(wire: Wire, isTcp: boolean): void {
    this.clear();
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      const field = tag >>> 3;
      if (field === 1) this.#message(wire, tag, this.#common);
      else if (!isTcp && field === 2) this.protocol = number(wire, tag);
      else if (!isTcp && field === 3) this.#message(wire, tag, this.#request);
      else if (!isTcp && field === 4) this.#message(wire, tag, this.#response);
      else wire.skip(tag);
    }
    if (this.end[DOWNSTREAM_ADDRESS] === 0) {
      this.start[DOWNSTREAM_ADDRESS] = this.directStart;
      this.end[DOWNSTREAM_ADDRESS] = this.directEnd;
      this.downstreamPort = this.directPort;
    }
  }

  #message(wire: Wire, tag: number, read: (wire: Wire) => void): void {
    expectType(tag, LENGTH);
    const outer = wire.enter();
    read(wire);
    wire.leave(outer);
  }

  #common = (wire: Wire): void => {
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      switch (tag >>> 3) {
        case 2:
          this.#message(wire, tag, this.#address);
          this.#setAddress(DOWNSTREAM_ADDRESS);
          this.downstreamPort = this.#port;
          break;
        case 4:
          this.#message(wire, tag, this.#tls);
          break;
        case 13:
          this.#message(wire, tag, this.#address);
          this.#setAddress(UPSTREAM_ADDRESS);
          this.upstreamPort = this.#port;
          break;
        case 18:
          this.#text(wire, tag, FAILURE_REASON);
          break;
        case 19:
          this.#text(wire, tag, ROUTE);
          break;
        case 20:
          this.#message(wire, tag, this.#address);
          this.directStart = this.#addressStart;
          this.directEnd = this.#addressEnd;
          this.directPort = this.#port;
          break;
        case 23:
          this.#message(wire, tag, this.#duration);
          break;
        case 28: // the upstream's reason comes first
          if (this.end[FAILURE_REASON] === this.start[FAILURE_REASON]) this.#text(wire, tag, FAILURE_REASON);
          else wire.skip(tag);
          break;
        default:
          wire.skip(tag);
      }
    }
  };

  #request = (wire: Wire): void => {
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      const field = tag >>> 3;
      if (field === 6) this.#text(wire, tag, USER_AGENT);
      else if (field === 13) this.#header(wire, tag, this.requestHeaders);
      else wire.skip(tag);
    }
  };

  #response = (wire: Wire): void => {
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      const field = tag >>> 3;
      if (field === 4 || field === 5) this.#header(wire, tag, this.responseHeaders);
      else wire.skip(tag);
    }
  };

  #tls = (wire: Wire): void => {
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      const field = tag >>> 3;
      if (field === 1) this.tlsVersion = number(wire, tag);
      else if (field === 3) this.#text(wire, tag, SNI);
      else if (field === 4 || field === 5) this.#certificate(wire, tag, field === 4 ? LOCAL_PRINCIPAL : PEER_PRINCIPAL);
      else wire.skip(tag);
    }
  };

  /** The first URI name, else the subject. */
  #certificate(wire: Wire, tag: number, principal: number): void {
    expectType(tag, LENGTH);
    const outer = wire.enter();
    let hasUri = false;
    while (wire.at < wire.limit) {
      const inner = wire.tag();
      const field = inner >>> 3;
      if (field === 1 && !hasUri) {
        expectType(inner, LENGTH);
        const outerName = wire.enter();
        hasUri = this.#uri(wire, principal);
        wire.leave(outerName);
      } else if (field === 2 && !hasUri) this.#text(wire, inner, principal);
      else wire.skip(inner);
    }
    wire.leave(outer);
  }

  /** SubjectAltName, a oneof: the last member counts. @returns whether it is a URI. */
  #uri(wire: Wire, principal: number): boolean {
    let from = 0;
    let to = 0;
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      if (tag >>> 3 > 2) {
        wire.skip(tag);
        continue;
      }
      expectType(tag, LENGTH);
      const outer = wire.enter();
      from = wire.at;
      to = tag >>> 3 === 1 ? wire.limit : from;
      wire.leave(outer);
    }
    if (to === from) return false;
    this.start[principal] = from;
    this.end[principal] = to;
    return true;
  }

  #addressStart = 0;
  #addressEnd = 0;
  #port = 0;

  /** Address, a oneof: a socket's address, a pipe's path, or the name of an internal listener. */
  #address = (wire: Wire): void => {
    this.#addressStart = this.#addressEnd = this.#port = 0;
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      const field = tag >>> 3;
      if (field > 3) {
        wire.skip(tag);
        continue;
      }
      this.#addressStart = this.#addressEnd = this.#port = 0;
      const textField = field === 1 ? 2 : 1;
      expectType(tag, LENGTH);
      const outer = wire.enter();
      while (wire.at < wire.limit) {
        const inner = wire.tag();
        if (inner >>> 3 === textField) {
          expectType(inner, LENGTH);
          const outerText = wire.enter();
          this.#addressStart = wire.at;
          this.#addressEnd = wire.leave(outerText);
        } else if (field === 1 && inner >>> 3 === 3) this.#port = number(wire, inner) & 0xffff;
        else wire.skip(inner);
      }
      wire.leave(outer);
    }
  };

  #setAddress(at: number): void {
    this.start[at] = this.#addressStart;
    this.end[at] = this.#addressEnd;
  }

  #duration = (wire: Wire): void => {
    let seconds = 0;
    let nanos = 0;
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      const field = tag >>> 3;
      if (field > 2) {
        wire.skip(tag);
        continue;
      }
      expectType(tag, VARINT);
      if (field === 1) seconds = wire.int64();
      else nanos = wire.int32();
    }
    this.durationNs = Math.max(-1, seconds * 1e9 + nanos);
  };

  #text(wire: Wire, tag: number, at: number): void {
    expectType(tag, LENGTH);
    const outer = wire.enter();
    this.start[at] = wire.at;
    this.end[at] = wire.leave(outer);
  }

  /** One logged header; of one that comes twice the last counts. */
  #header(wire: Wire, tag: number, into: HeaderRanges): void {
    expectType(tag, LENGTH);
    const outer = wire.enter();
    const at = into.length;
    const isFull = at === HEADERS_MAX;
    let keyStart = 0;
    let keyEnd = 0;
    let valueStart = 0;
    let valueEnd = 0;
    while (wire.at < wire.limit) {
      const inner = wire.tag();
      if (inner >>> 3 > 2) {
        wire.skip(inner);
        continue;
      }
      expectType(inner, LENGTH);
      const outerText = wire.enter();
      const from = wire.at;
      const to = wire.leave(outerText);
      if (inner >>> 3 === 1) [keyStart, keyEnd] = [from, to];
      else [valueStart, valueEnd] = [from, to];
    }
    wire.leave(outer);
    if (isFull) {
      into.left++;
      return;
    }
    let place = 0;
    while (place < at && !sameText(wire.bytes, into.keyStart[place] as number, into.keyEnd[place] as number, keyStart, keyEnd))
      place++;
    into.keyStart[place] = keyStart;
    into.keyEnd[place] = keyEnd;
    into.valueStart[place] = valueStart;
    into.valueEnd[place] = valueEnd;
    if (place === at) into.length++;
  }
}

function number(wire: Wire, tag: number): number {
  expectType(tag, VARINT);
  return wire.uint32();
}

function sameText(bytes: Buffer, aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let i = 0; i < aEnd - aStart; i++) if (bytes[aStart + i] !== bytes[bStart + i]) return false;
  return true;
}
