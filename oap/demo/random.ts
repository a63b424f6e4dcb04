/** Four digits by value: request ids are made a million at a time. */
const HEX = Array.from({ length: 1 << 16 }, (_, value) => value.toString(16).padStart(4, "0"));

/** A seeded generator (mulberry32): the same seed gives the same demo, byte for byte. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Standard normal. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  uuid(): string {
    const variant = HEX[(this.below(1 << 16) & 0x3fff) | 0x8000];
    const version = HEX[(this.below(1 << 16) & 0x0fff) | 0x4000];
    return `${this.#hex()}${this.#hex()}-${this.#hex()}-${version}-${variant}-${this.#hex()}${this.#hex()}${this.#hex()}`;
  }

  #hex(): string {
    return HEX[this.below(1 << 16)] as string;
  }
}
