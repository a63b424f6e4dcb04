/** Bytes to small integers: the same bytes always give the same id. Ids start at 1 and are dense; 0 is never given.
 *  Bounded twice, by count and by bytes held; beyond either, `intern` answers OVERFLOW_ID and counts it. */
import { equalBytes, hashBytes, lastViewOf, viewOf } from "./byte-words.ts";

export const OVERFLOW_ID = -1;

const INDEX_START = 1 << 8;
const ARENA_START = 1 << 12;

export interface InternerLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

export class Interner {
  overflowed = 0;
  readonly #limits: InternerLimits;
  #count = 0;
  /** Slot -> id, 0 when free; open addressing, at most half full. */
  #index = new Int32Array(INDEX_START);
  #hashes = new Int32Array(INDEX_START / 2 + 1);
  /** Id -> end of its bytes in the arena; they begin where those of id - 1 end. */
  #ends = new Int32Array(INDEX_START / 2 + 1);
  #arena = Buffer.allocUnsafeSlow(ARENA_START);
  #arenaView = viewOf(this.#arena);

  constructor(limits: InternerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#count;
  }

  /** How full it is, 0 to 1, by whichever bound is nearer. */
  get fill(): number {
    return Math.max(this.#count / this.#limits.entriesMax, (this.#ends[this.#count] ?? 0) / this.#limits.bytesMax);
  }

  /** Id of the bytes in [start, end); nothing is allocated for bytes seen before. */
  intern(bytes: Buffer, start: number, end: number): number {
    const view = lastViewOf(bytes);
    const hash = hashBytes(view, start, end);
    const mask = this.#index.length - 1;
    let at = hash & mask;
    for (let id = this.#index[at] as number; id !== 0; id = this.#index[at] as number) {
      if (this.#hashes[id] === hash && this.#equals(id, view, start, end)) return id;
      at = (at + 1) & mask;
    }
    return this.#add(hash, at, bytes, start, end);
  }

  /** The text of an id. Makes a string: ask once per id and keep it. */
  text(id: number): string {
    return this.#arena.toString("utf8", this.#ends[id - 1], this.#ends[id]);
  }

  /** Forgets everything: all ids become invalid. */
  clear(): void {
    this.#count = 0;
    this.#index.fill(0);
  }

  #equals(id: number, view: DataView, start: number, end: number): boolean {
    const from = this.#ends[id - 1] as number;
    const length = (this.#ends[id] as number) - from;
    return length === end - start && equalBytes(this.#arenaView, from, view, start, length);
  }

  #add(hash: number, at: number, bytes: Buffer, start: number, end: number): number {
    const from = this.#ends[this.#count] as number;
    const to = from + end - start;
    if (this.#count >= this.#limits.entriesMax || to > this.#limits.bytesMax) {
      this.overflowed++;
      return OVERFLOW_ID;
    }
    if (to > this.#arena.length) {
      const arena = Buffer.allocUnsafeSlow(Math.min(this.#limits.bytesMax, Math.max(to, this.#arena.length * 2)));
      this.#arena.copy(arena, 0, 0, from);
      this.#arena = arena;
      this.#arenaView = viewOf(arena);
    }
    bytes.copy(this.#arena, from, start, end);
    const id = ++this.#count;
    this.#ends[id] = to;
    this.#hashes[id] = hash;
    this.#index[at] = id;
    if (id * 2 >= this.#index.length) this.#growIndex();
    return id;
  }

  #growIndex(): void {
    const size = this.#index.length * 2;
    const hashes = new Int32Array(size / 2 + 1);
    const ends = new Int32Array(size / 2 + 1);
    hashes.set(this.#hashes);
    ends.set(this.#ends);
    this.#hashes = hashes;
    this.#ends = ends;
    this.#index = new Int32Array(size);
    for (let id = 1; id <= this.#count; id++) {
      let at = (hashes[id] as number) & (size - 1);
      while (this.#index[at] !== 0) at = (at + 1) & (size - 1);
      this.#index[at] = id;
    }
  }
}
