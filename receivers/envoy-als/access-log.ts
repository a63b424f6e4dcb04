/** HTTP and TCP access-log entry bytes -> Entry. A projection: only what is used is read, the rest is skipped by its wire type.
 *  Source: envoy/data/accesslog/v3/accesslog.proto; v2 has the same numbers where it has the field. */
import { expectType, FIXED64, LENGTH, VARINT, type Wire } from "../decode/wire.ts";
import { readRequest, readResponse } from "./access-log-http.ts";
import { readTls } from "./access-log-tls.ts";
import { startsWith } from "./bytes.ts";
import type { Entry } from "./entry.ts";

/** Reads the HTTPAccessLogEntry between the cursor and its limit. @throws DecodeError; `entry` is then half filled. */
export function readHttpEntry(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    switch (tag >>> 3) {
      case 1:
        readMessage(wire, tag, entry, readCommon);
        break;
      case 2:
        expectType(tag, VARINT);
        wire.uint32();
        break;
      case 3:
        entry.hasRequest = true;
        readMessage(wire, tag, entry, readRequest);
        break;
      case 4:
        readMessage(wire, tag, entry, readResponse);
        break;
      default:
        wire.skip(tag);
    }
  }
}

/** Reads the TCPAccessLogEntry between the cursor and its limit. @throws DecodeError; `entry` is then half filled. */
export function readTcpEntry(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    switch (tag >>> 3) {
      case 1:
        readMessage(wire, tag, entry, readCommon);
        break;
      case 2:
        readMessage(wire, tag, entry, readConnection);
        break;
      default:
        wire.skip(tag);
    }
  }
}

/** Reads one length-delimited field with `read`; leaves the cursor behind it. */
export function readMessage(wire: Wire, tag: number, entry: Entry, read: (wire: Wire, entry: Entry) => void): void {
  expectType(tag, LENGTH);
  const outer = wire.enter();
  read(wire, entry);
  wire.leave(outer);
}

function readConnection(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field > 2) {
      wire.skip(tag);
      continue;
    }
    expectType(tag, VARINT);
    if (field === 1) entry.receivedBytes = wire.uint64();
    else entry.sentBytes = wire.uint64();
  }
}

function readCommon(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    switch (field) {
      case 1:
        expectType(tag, FIXED64);
        wire.skip(tag);
        break;
      case 3:
        readMessage(wire, tag, entry, readLocalAddress);
        break;
      case 4:
        readMessage(wire, tag, entry, readTls);
        break;
      case 5:
      case 6:
      case 7:
      case 8:
      case 9:
      case 10:
      case 11:
      case 12: // prettier-ignore
        readTime(wire, tag, entry, field);
        break;
      case 13:
        expectType(tag, LENGTH);
        entry.hasUpstreamHost = true;
        wire.skip(tag);
        break;
      case 15: {
        expectType(tag, LENGTH);
        const outerCluster = wire.enter();
        entry.clusterStart = wire.at;
        entry.clusterEnd = wire.leave(outerCluster);
        break;
      }
      case 16:
        readMessage(wire, tag, entry, readFlags);
        break;
      case 21:
        readMessage(wire, tag, entry, readFilterState);
        break;
      case 24:
        expectType(tag, VARINT);
        entry.attempts = wire.uint32();
        break;
      case 25: {
        expectType(tag, LENGTH);
        const outerTermination = wire.enter();
        entry.terminationStart = wire.at;
        entry.terminationEnd = wire.leave(outerTermination);
        break;
      }
      case 26: {
        expectType(tag, LENGTH);
        const outerStream = wire.enter();
        entry.streamIdStart = wire.at;
        entry.streamIdEnd = wire.leave(outerStream);
        break;
      }
      case 27:
        expectType(tag, VARINT);
        entry.intermediate = wire.bool();
        break;
      case 33:
        expectType(tag, VARINT);
        entry.logType = wire.uint32();
        break;
      default:
        if (field <= 33) expectType(tag, field >= 29 ? VARINT : LENGTH);
        wire.skip(tag);
    }
  }
}

/** Timestamp or Duration. */
function readTime(wire: Wire, tag: number, entry: Entry, field: number): void {
  expectType(tag, LENGTH);
  const outer = wire.enter();
  entry.begin(field);
  while (wire.at < wire.limit) {
    const inner = wire.tag();
    if (inner >>> 3 === 1) {
      expectType(inner, VARINT);
      entry.seconds[field] = wire.int64();
    } else if (inner >>> 3 === 2) {
      expectType(inner, VARINT);
      entry.nanos[field] = wire.int32();
    } else wire.skip(inner);
  }
  wire.leave(outer);
}

/** Address: the text of a socket address; a pipe or internal address that comes later takes its place (oneof). */
function readLocalAddress(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field === 1) readMessage(wire, tag, entry, readSocketAddress);
    else if (field <= 3) {
      expectType(tag, LENGTH);
      wire.skip(tag);
      entry.localStart = entry.localEnd = 0;
    } else wire.skip(tag);
  }
}

function readSocketAddress(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field === 2) {
      expectType(tag, LENGTH);
      const outer = wire.enter();
      entry.localStart = wire.at;
      entry.localEnd = wire.leave(outer);
      continue;
    }
    if (field <= 7) expectType(tag, field === 1 || field === 3 || field === 6 ? VARINT : LENGTH);
    wire.skip(tag);
  }
}

const FLAGS = 28;
const UNAUTHORIZED_DETAILS = 13;

/** ResponseFlags: bools, and one message whose presence is enough. */
function readFlags(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field > FLAGS) {
      wire.skip(tag);
      continue;
    }
    const bit = 1 << (field - 1);
    if (field === UNAUTHORIZED_DETAILS) {
      expectType(tag, LENGTH);
      wire.skip(tag);
      entry.flags |= bit;
      continue;
    }
    expectType(tag, VARINT);
    entry.flags = wire.bool() ? entry.flags | bit : entry.flags & ~bit;
  }
}

/** In the order of UPSTREAM_STRUCT, DOWNSTREAM_STRUCT, UPSTREAM_FLATBUFFER, DOWNSTREAM_FLATBUFFER. */
const PEER_KEYS = ["upstream_peer", "downstream_peer", "wasm.upstream_peer", "wasm.downstream_peer"].map((key) =>
  Buffer.from(key),
);
const NO_PEER = -1;
/** No two keys are of one length. */
const PEER_OF_KEY_LENGTH = new Int8Array(32).fill(NO_PEER);
for (const [peer, key] of PEER_KEYS.entries()) PEER_OF_KEY_LENGTH[key.length] = peer;

/** One entry of filter_state_objects: key and Any; a later entry of the same key replaces the one before. */
function readFilterState(wire: Wire, entry: Entry): void {
  let keyStart = 0;
  let keyEnd = 0;
  let valueStart = 0;
  let valueEnd = 0;
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field > 2) {
      wire.skip(tag);
      continue;
    }
    expectType(tag, LENGTH);
    const outer = wire.enter();
    if (field === 1) {
      keyStart = wire.at;
      keyEnd = wire.limit;
    } else {
      while (wire.at < wire.limit) {
        const inner = wire.tag();
        if (inner >>> 3 <= 2) expectType(inner, LENGTH);
        if (inner >>> 3 !== 2) {
          wire.skip(inner);
          continue;
        }
        const outerAny = wire.enter();
        valueStart = wire.at;
        valueEnd = wire.leave(outerAny);
      }
    }
    wire.leave(outer);
  }
  const peer = PEER_OF_KEY_LENGTH[keyEnd - keyStart] ?? NO_PEER;
  if (peer === NO_PEER || !startsWith(wire.bytes, keyStart, keyEnd, PEER_KEYS[peer] as Buffer)) return;
  entry.peerStart[peer] = valueStart;
  entry.peerEnd[peer] = valueEnd;
}
