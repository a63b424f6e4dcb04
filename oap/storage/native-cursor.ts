/** A place in bytes of ClickHouse's Native format. Reading beyond their end throws. */
const TWO_32 = 2 ** 32;
/** A byte of a variable-length integer from this value on is followed by another. */
export const CONTINUES = 128;

export class NativeCursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= CONTINUES) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new RangeError("a block ends before its values do");
      if (byte < CONTINUES) return value + byte * scale;
      value += (byte - CONTINUES) * scale;
    }
  }

  text(): string {
    const length = this.varint();
    this.skip(length);
    return this.#bytes.toString("utf8", this.at - length, this.at);
  }

  uint64s(count: number): Float64Array {
    const start = this.at;
    this.skip(count * 8);
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      values[i] = this.#bytes.readUInt32LE(start + i * 8) + this.#bytes.readUInt32LE(start + i * 8 + 4) * TWO_32;
    }
    return values;
  }

  /** Passes `count` texts. @returns where each begins, its length included, and where the last one ends */
  textStarts(count: number): Uint32Array {
    const starts = new Uint32Array(count + 1);
    for (let i = 0; i < count; i++) {
      starts[i] = this.at;
      const length = this.varint(); // moves the place itself: not to be added in one expression
      this.at += length;
    }
    starts[count] = this.at;
    this.skip(0);
    return starts;
  }

  skip(bytes: number): void {
    this.at += bytes;
    if (this.at > this.#bytes.length) throw new RangeError("a block ends before its values do");
  }
}
