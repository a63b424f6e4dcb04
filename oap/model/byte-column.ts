/** Texts of one column as bytes, one behind the other: no JavaScript string is made of them. Always valid UTF-8. */
import { isUtf8 } from "node:buffer";

const BYTES_START = 1 << 12;
const ROWS_START = 64;
/** Shorter texts are copied byte by byte: a call costs more. */
const SHORT = 24;

export class ByteColumn {
  length = 0;
  bytes = Buffer.allocUnsafeSlow(BYTES_START);
  /** Text i ends at ends[i]; it begins where the one before ends. */
  ends = new Uint32Array(ROWS_START);
  #used = 0;

  get size(): number {
    return this.#used;
  }

  /** Appends the text in from[start, end), cut between two characters when it is longer than `maxBytes`; bytes that are no UTF-8
   *  become U+FFFD. @returns whether it was cut. */
  push(from: Buffer, start: number, end: number, maxBytes: number): boolean {
    const isCut = end - start > maxBytes;
    if (isCut) end = cutAt(from, start, start + maxBytes);
    const at = this.#used;
    const length = end - start;
    this.#room(length);
    const { bytes } = this;
    if (length <= SHORT) for (let i = 0; i < length; i++) bytes[at + i] = from[start + i] as number;
    else from.copy(bytes, at, start, end);
    this.#used = at + length;
    if (!isAscii(bytes, at, this.#used) && !isUtf8(bytes.subarray(at, this.#used))) this.#repair(at);
    this.#end();
    return isCut;
  }

  /** Appends an empty text. */
  pushNothing(): void {
    this.#end();
  }

  /** Empties the column; gives back what one burst made large. */
  clear(): void {
    if (this.bytes.length > Math.max(BYTES_START, this.#used * 8)) this.bytes = Buffer.allocUnsafeSlow(BYTES_START);
    this.length = 0;
    this.#used = 0;
  }

  #end(): void {
    if (this.length === this.ends.length) {
      const ends = new Uint32Array(this.ends.length * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.ends[this.length++] = this.#used;
  }

  #repair(at: number): void {
    const text = this.bytes.toString("utf8", at, this.#used); // bad bytes become U+FFFD
    this.#used = at;
    const length = Buffer.byteLength(text);
    this.#room(length);
    this.#used += this.bytes.write(text, at, "utf8");
  }

  #room(length: number): void {
    if (this.#used + length <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.#used + length));
    this.bytes.copy(bytes, 0, 0, this.#used);
    this.bytes = bytes;
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 128) return false;
  return true;
}

/** The last place at or before `end` that stands between two characters. */
function cutAt(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && end - at < 3 && ((bytes[at] as number) & 0xc0) === 0x80) at--;
  return ((bytes[at] as number) & 0xc0) === 0x80 ? end : at;
}
