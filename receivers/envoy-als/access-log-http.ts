/** HTTPRequestProperties and HTTPResponseProperties -> Entry. */
import { expectType, LENGTH, VARINT, type Wire } from "../decode/wire.ts";
import { startsWith } from "./bytes.ts";
import type { Entry } from "./entry.ts";

export function readRequest(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    switch (field) {
      case 1:
        expectType(tag, VARINT);
        entry.method = wire.uint32();
        break;
      case 3: {
        expectType(tag, LENGTH);
        const outer = wire.enter();
        entry.authorityStart = wire.at;
        entry.authorityEnd = wire.leave(outer);
        break;
      }
      case 5: {
        expectType(tag, LENGTH);
        const outer = wire.enter();
        entry.pathStart = wire.at;
        entry.pathEnd = wire.leave(outer);
        break;
      }
      case 9: {
        expectType(tag, LENGTH);
        const outer = wire.enter();
        entry.requestIdStart = wire.at;
        entry.requestIdEnd = wire.leave(outer);
        break;
      }
      case 11:
        expectType(tag, VARINT);
        entry.requestHeadersBytes = wire.uint64();
        break;
      case 12:
        expectType(tag, VARINT);
        entry.requestBodyBytes = wire.uint64();
        break;
      case 13:
        readHeader(wire, tag, entry, false);
        break;
      default:
        if (field <= 15) expectType(tag, field >= 14 ? VARINT : LENGTH);
        wire.skip(tag);
    }
  }
}

export function readResponse(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    switch (field) {
      case 1:
        readCode(wire, tag, entry);
        break;
      case 2:
        expectType(tag, VARINT);
        entry.responseHeadersBytes = wire.uint64();
        break;
      case 3:
        expectType(tag, VARINT);
        entry.responseBodyBytes = wire.uint64();
        break;
      case 4:
      case 5:
        readHeader(wire, tag, entry, true);
        break;
      case 6: {
        expectType(tag, LENGTH);
        const outer = wire.enter();
        entry.detailsStart = wire.at;
        entry.detailsEnd = wire.leave(outer);
        break;
      }
      default:
        if (field <= 8) expectType(tag, VARINT);
        wire.skip(tag);
    }
  }
}

/** UInt32Value. */
function readCode(wire: Wire, tag: number, entry: Entry): void {
  expectType(tag, LENGTH);
  const outer = wire.enter();
  while (wire.at < wire.limit) {
    const inner = wire.tag();
    if (inner >>> 3 === 1) {
      expectType(inner, VARINT);
      entry.responseCode = wire.uint32();
    } else wire.skip(inner);
  }
  wire.leave(outer);
}

const CONTENT_TYPE = Buffer.from("content-type");
const GRPC_STATUS = Buffer.from("grpc-status");
const GRPC_CONTENT = Buffer.from("application/grpc");

/** One logged header or trailer; only two tell something, and a status only when it came from the upstream. */
function readHeader(wire: Wire, tag: number, entry: Entry, isResponse: boolean): void {
  expectType(tag, LENGTH);
  const outer = wire.enter();
  let keyStart = 0;
  let keyEnd = 0;
  let valueStart = 0;
  let valueEnd = 0;
  while (wire.at < wire.limit) {
    const inner = wire.tag();
    const field = inner >>> 3;
    if (field > 2) {
      wire.skip(inner);
      continue;
    }
    expectType(inner, LENGTH);
    const outerText = wire.enter();
    if (field === 1) {
      keyStart = wire.at;
      keyEnd = wire.leave(outerText);
    } else {
      valueStart = wire.at;
      valueEnd = wire.leave(outerText);
    }
  }
  const { bytes } = wire;
  if (startsWith(bytes, keyStart, keyEnd, GRPC_STATUS) && keyEnd - keyStart === GRPC_STATUS.length) {
    if (isResponse) entry.grpcStatus = decimal(bytes, valueStart, valueEnd);
  } else if (startsWith(bytes, keyStart, keyEnd, CONTENT_TYPE) && keyEnd - keyStart === CONTENT_TYPE.length) {
    entry.grpcContent = entry.grpcContent || startsWith(bytes, valueStart, valueEnd, GRPC_CONTENT);
  }
  wire.leave(outer);
}

/** A small decimal number; -1 when the bytes are anything else. */
function decimal(bytes: Buffer, start: number, end: number): number {
  if (end === start || end - start > 3) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
