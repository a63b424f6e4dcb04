import { MINUTE_MS } from "../model/time-bucket.ts";

/** First and last minute in which entities were seen, by id, and which of them are due to be told to storage: new ones at
 *  once, the others when `refreshMs` has passed since they were last told, on the clock or in the data (history that is
 *  sent late runs faster than the clock). */
export class Seen {
  readonly #refreshMs: number;
  #first = new Int32Array(1024);
  #last = new Int32Array(1024);
  #toldAtMs = new Float64Array(1024);
  /** Last minute as it was told. */
  #toldLast = new Int32Array(1024);
  #dirty = new Set<number>();

  constructor(refreshMs: number) {
    this.#refreshMs = refreshMs;
  }

  touch(id: number, minute: number): void {
    if (id < this.#last.length && this.#last[id] === minute) return;
    this.#widen(id, minute);
  }

  first(id: number): number {
    return this.#first[id] as number;
  }

  last(id: number): number {
    return this.#last[id] as number;
  }

  /** Ids due at nowMs, marked as told; with `all`, everything that changed. */
  takeDue(nowMs: number, all: boolean): number[] {
    const due: number[] = [];
    for (const id of this.#dirty) {
      const told = this.#toldAtMs[id] as number;
      const last = this.#last[id] as number;
      const isFresh =
        nowMs >= told &&
        nowMs - told < this.#refreshMs &&
        (last - (this.#toldLast[id] as number)) * MINUTE_MS < 2 * this.#refreshMs;
      if (!all && told !== 0 && isFresh) continue;
      this.#toldAtMs[id] = nowMs;
      this.#toldLast[id] = last;
      this.#dirty.delete(id);
      due.push(id);
    }
    return due;
  }

  clear(): void {
    this.#first.fill(0);
    this.#last.fill(0);
    this.#toldAtMs.fill(0);
    this.#toldLast.fill(0);
    this.#dirty.clear();
  }

  #widen(id: number, minute: number): void {
    if (id >= this.#last.length) this.#grow(id);
    const first = this.#first[id] as number;
    if (first === 0 || minute < first) this.#first[id] = minute;
    else if (minute <= (this.#last[id] as number)) return;
    if (minute > (this.#last[id] as number)) this.#last[id] = minute;
    this.#dirty.add(id);
  }

  #grow(id: number): void {
    const size = Math.max(this.#last.length * 2, id + 1);
    const [first, last, told, toldLast] = [
      new Int32Array(size),
      new Int32Array(size),
      new Float64Array(size),
      new Int32Array(size),
    ];
    first.set(this.#first);
    last.set(this.#last);
    told.set(this.#toldAtMs);
    this.#first = first;
    this.#last = last;
    this.#toldAtMs = told;
    toldLast.set(this.#toldLast);
    this.#toldLast = toldLast;
  }
}
