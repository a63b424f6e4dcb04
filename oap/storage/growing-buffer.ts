/** Bytes that are put one after the other, as ClickHouse's Native format has them. */
const START_BYTES = 1 << 12;
const TWO_32 = 2 ** 32;
/** Below this a loop is quicker than a call. */
const LOOP_MAX = 16;

export class GrowingBuffer {
  #buffer = Buffer.allocUnsafe(START_BYTES);
  #length = 0;

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
    const length = Buffer.byteLength(value, "utf8");
    this.varint(length);
    this.#room(length);
    this.#length += this.#buffer.write(value, this.#length, "utf8");
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
