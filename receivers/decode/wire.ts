/** The protobuf wire format over one Buffer: a cursor that reads and checks, and allocates nothing. Every read is bounded by
 *  `limit`, the end of the message it stands in. @throws DecodeError on anything that is not the wire format. */
import { DecodeError } from "../../oap/model/errors.ts";

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const FIXED32 = 5;
const GROUP_DEPTH_MAX = 32;
const TWO_32 = 2 ** 32;

export class Wire {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  limit = 0;
  isTorn = false;

  reset(bytes: Buffer, from = 0, to = bytes.length): void {
    this.bytes = bytes;
    this.at = from;
    this.limit = to;
  }

  /** The next tag: field number × 8 + wire type. */
  tag(): number {
    const tag = this.uint32();
    if (tag >>> 3 === 0) throw new DecodeError("field_number", `field number 0 at byte ${this.at}`);
    return tag;
  }

  /** Low 32 bits of a varint, unsigned. */
  uint32(): number {
    const bytes = this.bytes;
    let at = this.at;
    if (at < this.limit && (bytes[at] as number) < 128) {
      this.at = at + 1;
      return bytes[at] as number;
    }
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= this.limit) throw truncated(at);
      const byte = bytes[at++] as number;
      if (shift < 32) value = (value | ((byte & 127) << shift)) >>> 0;
      if (byte < 128) {
        this.at = at;
        return value;
      }
    }
    throw new DecodeError("varint", `varint longer than 10 bytes at byte ${this.at}`);
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    this.#halves();
    return this.#low !== 0 || this.#high !== 0;
  }

  /** Exact to 2^53. */
  uint64(): number {
    this.#halves();
    return this.#high * TWO_32 + this.#low;
  }

  /** Two's complement, exact to ±2^53. */
  int64(): number {
    this.#halves();
    return (this.#high | 0) * TWO_32 + this.#low;
  }

  /** Enters a length-delimited field: its end becomes the limit. @returns the limit to give back to `leave`. */
  enter(): number {
    const length = this.uint32();
    const outer = this.limit;
    if (length > outer - this.at) throw truncated(this.at);
    this.limit = this.at + length;
    return outer;
  }

  /** Enters a field that may have been cut off: what is there of it can be read. `isTorn` tells whether something is missing. */
  enterTorn(): number {
    const length = this.uint32();
    const outer = this.limit;
    this.isTorn = length > outer - this.at;
    this.limit = Math.min(outer, this.at + length);
    return outer;
  }

  /** Leaves it again, wherever in it the cursor stands. @returns where it ended. */
  leave(outer: number): number {
    const end = this.limit;
    this.at = end;
    this.limit = outer;
    return end;
  }

  /** Skips the value of a field that is not read; groups with all they hold. */
  skip(tag: number): void {
    this.#skip(tag, 0);
  }

  #skip(tag: number, depth: number): void {
    switch (tag & 7) {
      case VARINT:
        this.uint32();
        return;
      case FIXED64:
        this.#advance(8);
        return;
      case LENGTH:
        this.#advance(this.uint32());
        return;
      case FIXED32:
        this.#advance(4);
        return;
      case GROUP_START:
        this.#skipGroup(tag >>> 3, depth + 1);
        return;
      default:
        throw new DecodeError("wire_type", `wire type ${tag & 7} at byte ${this.at}`);
    }
  }

  #skipGroup(field: number, depth: number): void {
    if (depth > GROUP_DEPTH_MAX) throw new DecodeError("nesting", `groups nested deeper than ${GROUP_DEPTH_MAX}`);
    for (;;) {
      if (this.at >= this.limit) throw truncated(this.at);
      const tag = this.tag();
      if ((tag & 7) === GROUP_END) {
        if (tag >>> 3 !== field) throw new DecodeError("wire_type", `group ${field} ends as ${tag >>> 3}`);
        return;
      }
      this.#skip(tag, depth);
    }
  }

  #advance(length: number): void {
    if (length > this.limit - this.at) throw truncated(this.at);
    this.at += length;
  }

  #low = 0;
  #high = 0;

  /** Both halves of a varint; what is beyond 64 bits is dropped. */
  #halves(): void {
    const bytes = this.bytes;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.limit) throw truncated(this.at);
      const byte = bytes[this.at++] as number;
      const bits = byte & 127;
      if (i < 4) low = (low | (bits << (i * 7))) >>> 0;
      else if (i === 4) {
        low = (low | (bits << 28)) >>> 0;
        high = bits >>> 4;
      } else high = (high | (bits << (i * 7 - 32))) >>> 0;
      if (byte < 128) {
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw new DecodeError("varint", `varint longer than 10 bytes at byte ${this.at}`);
  }
}

/** Refuses a known field that does not come as what it is. */
export function expectType(tag: number, type: number): void {
  if ((tag & 7) !== type) throw wrongType(tag, type);
}

export function wrongType(tag: number, type: number): DecodeError {
  return new DecodeError("wire_type", `field ${tag >>> 3} has wire type ${tag & 7}, not ${type}`);
}

export function truncated(at: number): DecodeError {
  return new DecodeError("truncated", `a value ends beyond its message at byte ${at}`);
}
