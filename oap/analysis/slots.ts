/** The accumulator of one scope between two hand-overs. A slot is one entity in one minute: a row of additive columns in
 *  one strided array (its key and its columns share cache lines), found through an open-addressing index over four integers. Latencies
 *  go into an append log of (slot, bucket), sorted once at hand-over: a hash of buckets costs five times as much. */
import { BUCKET_MAX } from "../model/histogram.ts";

const KEY_INTS = 4;
/** What the key takes of a row, before its columns. */
const KEY_DOUBLES = KEY_INTS / 2;
const SLOTS_START = 1 << 8;
/** slot × 2^11 + bucket must fit 32 bits. */
const BUCKET_BITS = 11;
export const SLOTS_MAX = 2 ** (32 - BUCKET_BITS) - 1;
if (BUCKET_MAX >= 1 << BUCKET_BITS) throw new Error(`latency buckets need ${BUCKET_BITS} bits`);

export class Slots {
  length = 0;
  /** Columns of slot s: rows[at(s)] onward. */
  rows: Float64Array;
  readonly #columns: number;
  /** From one row to the next, in doubles. */
  readonly #stride: number;
  /** The same memory as `rows`: the key of slot s (minute, a, b, c) stands before its columns. */
  #keys: Int32Array;
  /** Slot by hash; at most half full. */
  #index = new Int32Array(SLOTS_START * 2).fill(-1);
  #log = new Uint32Array(SLOTS_START);
  #logLength = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#stride = columns + KEY_DOUBLES;
    this.rows = new Float64Array(SLOTS_START * this.#stride);
    this.#keys = new Int32Array(this.rows.buffer);
  }

  /** Where the columns of a slot begin in `rows`. */
  at(slot: number): number {
    return slot * this.#stride + KEY_DOUBLES;
  }

  /** Latencies logged so far: memory that only a hand-over gives back. */
  get logLength(): number {
    return this.#logLength;
  }

  /** The slot of a key, made on first use with all columns 0. */
  slot(minute: number, a: number, b: number, c: number): number {
    const keys = this.#keys;
    const step = this.#stride * 2;
    const index = this.#index;
    const mask = index.length - 1;
    let at = hashKey(minute, a, b, c) & mask;
    for (let slot = index[at] as number; slot >= 0; slot = index[at] as number) {
      const key = slot * step;
      if (keys[key + 1] === a && keys[key + 2] === b && keys[key] === minute && keys[key + 3] === c) return slot;
      at = (at + 1) & mask;
    }
    return this.#add(at, minute, a, b, c);
  }

  logLatency(slot: number, bucket: number): void {
    if (this.#logLength === this.#log.length) {
      const log = new Uint32Array(this.#log.length * 2);
      log.set(this.#log);
      this.#log = log;
    }
    this.#log[this.#logLength++] = slot * (1 << BUCKET_BITS) + bucket;
  }

  /** The histograms of all slots, slot after slot: keys and counts of slot s end at ends[s]. Empties the log. */
  takeHistograms(): Histograms {
    const log = radixSorted(this.#log.subarray(0, this.#logLength), this.length * (1 << BUCKET_BITS));
    const ends = new Uint32Array(this.length);
    const keys = new Uint16Array(log.length);
    const counts = new Uint32Array(log.length);
    let out = 0;
    let at = 0;
    for (let slot = 0; slot < this.length; slot++) {
      const limit = (slot + 1) * (1 << BUCKET_BITS);
      while (at < log.length && (log[at] as number) < limit) {
        const value = log[at] as number;
        let run = at + 1;
        while (run < log.length && log[run] === value) run++;
        keys[out] = value & ((1 << BUCKET_BITS) - 1);
        counts[out++] = run - at;
        at = run;
      }
      ends[slot] = out;
    }
    this.#logLength = 0;
    return {
      ends,
      keys: keys.subarray(0, out),
      counts: counts.subarray(0, out),
    };
  }

  /** Part of a slot's key: 0 the minute, 1 to 3 the rest. */
  key(slot: number, part: number): number {
    return this.#keys[slot * this.#stride * 2 + part] as number;
  }

  /** Adds all slots to those of `target` with the same key, but for its second part, which `partOf` gives anew. */
  moveInto(target: Slots, partOf: (slot: number) => number): void {
    const places = new Int32Array(this.length);
    for (let slot = 0; slot < this.length; slot++) {
      const place = target.slot(this.key(slot, 0), this.key(slot, 1), partOf(slot), this.key(slot, 3));
      places[slot] = place;
      const [to, from] = [target.at(place), this.at(slot)];
      for (let i = 0; i < this.#columns; i++) (target.rows[to + i] as number) += this.rows[from + i] as number;
    }
    for (let i = 0; i < this.#logLength; i++) {
      const value = this.#log[i] as number;
      target.logLatency(places[value >>> BUCKET_BITS] as number, value & ((1 << BUCKET_BITS) - 1));
    }
  }

  /** Empties all slots; shrinks again what one burst made large. */
  clear(): void {
    const used = this.length * this.#stride;
    this.length = 0;
    this.#logLength = 0;
    if (this.rows.length > Math.max(SLOTS_START * this.#stride, used * 8)) {
      this.rows = new Float64Array(SLOTS_START * this.#stride);
      this.#keys = new Int32Array(this.rows.buffer);
      this.#index = new Int32Array(SLOTS_START * 2).fill(-1);
      this.#log = new Uint32Array(SLOTS_START);
      return;
    }
    this.rows.fill(0, 0, used);
    this.#index.fill(-1);
  }

  #add(at: number, minute: number, a: number, b: number, c: number): number {
    if ((this.length + 1) * this.#stride > this.rows.length) {
      this.#grow();
      const mask = this.#index.length - 1;
      at = hashKey(minute, a, b, c) & mask;
      while ((this.#index[at] as number) >= 0) at = (at + 1) & mask;
    }
    const slot = this.length++;
    const key = slot * this.#stride * 2;
    this.#keys[key] = minute;
    this.#keys[key + 1] = a;
    this.#keys[key + 2] = b;
    this.#keys[key + 3] = c;
    this.#index[at] = slot;
    return slot;
  }

  #grow(): void {
    const capacity = (this.rows.length / this.#stride) * 2;
    const rows = new Float64Array(capacity * this.#stride);
    rows.set(this.rows);
    const keys = new Int32Array(rows.buffer);
    const index = new Int32Array(capacity * 2).fill(-1);
    const mask = index.length - 1;
    for (let slot = 0; slot < this.length; slot++) {
      const key = slot * this.#stride * 2;
      let at = hashKey(keys[key] as number, keys[key + 1] as number, keys[key + 2] as number, keys[key + 3] as number) & mask;
      while ((index[at] as number) >= 0) at = (at + 1) & mask;
      index[at] = slot;
    }
    this.rows = rows;
    this.#keys = keys;
    this.#index = index;
  }
}

export interface Histograms {
  readonly ends: Uint32Array;
  readonly keys: Uint16Array;
  readonly counts: Uint32Array;
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Ascending. Values are below `limit`: the fewer slots, the fewer passes. Three to five times as fast as the typed array's own
 *  sort. The answer may be `values` itself. */
function radixSorted(values: Uint32Array, limit: number): Uint32Array {
  let from: Uint32Array = values;
  let to: Uint32Array = new Uint32Array(values.length);
  const starts = new Uint32Array(DIGITS);
  for (let shift = 0; shift < 32 && limit > 2 ** shift; shift += DIGIT_BITS) {
    starts.fill(0);
    for (let i = 0; i < from.length; i++) (starts[((from[i] as number) >>> shift) & (DIGITS - 1)] as number)++;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = starts[digit] as number;
      starts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < from.length; i++) {
      const value = from[i] as number;
      const digit = (value >>> shift) & (DIGITS - 1);
      to[(starts[digit] as number)++] = value;
    }
    [from, to] = [to, from];
  }
  return from;
}

function hashKey(minute: number, a: number, b: number, c: number): number {
  let hash = Math.imul(minute, 0x9e3779b1) ^ Math.imul(a, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}
