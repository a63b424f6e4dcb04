/** Bytes that are put one after the other, as ClickHouse's Native format has them. */
import type { ByteColumn } from "../model/byte-column.ts";

const START_BYTES = 1 << 12;
/** Characters of a text that takes less than 128 bytes in UTF-8, whatever they are. */
const SHORT_TEXT = 42;
const TWO_32 = 2 ** 32;
/** Below this a loop is quicker than a call. */
const LOOP_MAX = 16;

export class GrowingBuffer {
  #buffer: Buffer;
  #length = 0;

  constructor(startBytes = START_BYTES) {
    this.#buffer = Buffer.allocUnsafe(startBytes);
  }

  /** What was put so far; valid until the next put. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  varint(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 128) {
      this.#buffer[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#length++] = rest;
  }

  text(value: string): void {
    if (value.length <= SHORT_TEXT) {
      // Its length fits one byte: the text is written first, the length put in after.
      this.#room(3 * SHORT_TEXT + 1);
      const written = this.#buffer.write(value, this.#length + 1, "utf8");
      this.#buffer[this.#length] = written;
      this.#length += written + 1;
      return;
    }
    const length = Buffer.byteLength(value, "utf8");
    this.varint(length);
    this.#room(length);
    this.#length += this.#buffer.write(value, this.#length, "utf8");
  }

  /** Texts that are bytes already. */
  byteTexts({ bytes, ends, length }: ByteColumn): void {
    let start = 0;
    for (let i = 0; i < length; i++) {
      const end = ends[i] as number;
      this.varint(end - start);
      this.copy(bytes, start, end);
      start = end;
    }
  }

  /** Little-endian unsigned integers of `width` bytes; 64-bit ones as two halves, without a bigint per value. */
  integers(values: ArrayLike<number>, width: 1 | 2 | 4 | 8): void {
    this.#room(values.length * width);
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset + this.#length, values.length * width);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (width === 8) {
        view.setUint32(i * 8, value >>> 0, true);
        view.setUint32(i * 8 + 4, value < TWO_32 ? 0 : Math.floor(value / TWO_32), true);
      } else if (width === 4) view.setUint32(i * 4, value, true);
      else if (width === 2) view.setUint16(i * 2, value, true);
      else view.setUint8(i, value);
    }
    this.#length += values.length * width;
  }

  uint64(value: number): void {
    this.#room(8);
    this.#buffer.writeUInt32LE(value % TWO_32, this.#length);
    this.#buffer.writeUInt32LE(Math.floor(value / TWO_32), this.#length + 4);
    this.#length += 8;
  }

  copy(from: Buffer, start: number, end: number): void {
    this.#room(end - start);
    const into = this.#buffer;
    if (end - start <= LOOP_MAX) for (let i = start; i < end; i++) into[this.#length++] = from[i] as number;
    else this.#length += from.copy(into, this.#length, start, end);
  }

  /** Values of `width` bytes (1, 2, 4 or 8) that lie one after the other from `start`: those with the given numbers. */
  pick(from: Buffer, start: number, width: number, numbers: readonly number[]): void {
    this.#room(numbers.length * width);
    const into = this.#buffer;
    let at = this.#length;
    for (const number of numbers) {
      const place = start + number * width;
      for (let i = 0; i < width; i++) into[at++] = from[place + i] as number;
    }
    this.#length = at;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
