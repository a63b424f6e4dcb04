/** The requests that were kept in the last seconds, by the hash of their id, and as what: their other reports are kept too. Bounded by
 *  the second; a filter answers at once for most of those that were not. */
import { LogKept } from "../model/log-rows.ts";

/** Seconds, and requests of each. */
const GENERATIONS = 4;
export const KEPT_MAX = 32_768;
/** Bits of a hash that say at once that its request was not kept, in most cases. */
const FILTER_BITS = 20;

export class RecentlyKept {
  /** Hash -> LogKept.*, a map for each of the last seconds. */
  readonly #kept: Map<number, number>[] = [new Map()];
  readonly #filter = new Uint32Array(2 ** (FILTER_BITS - 5));
  #filterUsed = false;

  /** @returns false when there is no room. */
  remember(hash: number, kept: number): boolean {
    const newest = this.#kept[0] as Map<number, number>;
    const known = newest.get(hash);
    if (known === undefined && newest.size >= KEPT_MAX) return false;
    if (known === undefined || kept < known) newest.set(hash, kept);
    this.#mark(hash);
    return true;
  }

  /** As what a request was kept: failed before slow before the rest; LogKept.none: it was not. */
  as(hash: number): number {
    const bit = hash >>> (32 - FILTER_BITS);
    if (((this.#filter[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return LogKept.none;
    let kept = Number.POSITIVE_INFINITY;
    for (const generation of this.#kept) kept = Math.min(kept, generation.get(hash) ?? Number.POSITIVE_INFINITY);
    return kept === Number.POSITIVE_INFINITY ? LogKept.none : kept;
  }

  /** To be called once a second. */
  endSecond(): void {
    this.#kept.unshift(new Map());
    this.#kept.length = Math.min(this.#kept.length, GENERATIONS);
    if (this.#filterUsed) this.#filter.fill(0);
    this.#filterUsed = false;
    for (const generation of this.#kept) for (const hash of generation.keys()) this.#mark(hash);
  }

  #mark(hash: number): void {
    const bit = hash >>> (32 - FILTER_BITS);
    (this.#filter[bit >>> 5] as number) |= 1 << (bit & 31);
    this.#filterUsed = true;
  }
}
