/** What cannot be told from the text of a path: that a position holds values. A position (what stands before a segment) that has seen
 *  more than `childrenMax` different segments is folded, and every further one becomes `{var}` there. Never unfolds.
 *  Positions are bounded; beyond the bound nothing new is learned, and the budget of endpoints does the rest. */
import { VARIABLE } from "./path-template.ts";

const FOLDED = Symbol("folded");

export class LearnedSegments {
  /** Positions that found no room. */
  overflowed = 0;
  /** Segments and folds learned so far: unchanged by a path that taught nothing. */
  lessons = 0;
  readonly #childrenMax: number;
  readonly #positionsMax: number;
  readonly #positions = new Map<string, Set<string> | typeof FOLDED>();

  constructor(childrenMax: number, positionsMax: number) {
    this.#childrenMax = childrenMax;
    this.#positionsMax = positionsMax;
  }

  /** Learns from a path of one owner (a service and method) and @returns it with folded positions as `{var}`. */
  apply(owner: string, path: string): string {
    return this.#walk(owner, path.split("/"), (position, segment) => this.#at(position, segment));
  }

  /** Folds the positions of a path where somebody who has seen more of them answered `{var}`. */
  fold(owner: string, path: string, answer: string): void {
    const answered = answer.split("/");
    const segments = path.split("/");
    if (answered.length !== segments.length) return;
    this.#walk(owner, segments, (position, segment, i) => {
      const known = answered[i] as string;
      if (known === VARIABLE && segment !== VARIABLE && (this.#positions.has(position) || this.#hasRoom)) {
        this.#positions.set(position, FOLDED);
      }
      return known;
    });
  }

  get #hasRoom(): boolean {
    return this.#positions.size < this.#positionsMax;
  }

  #walk(owner: string, segments: readonly string[], at: (position: string, segment: string, i: number) => string): string {
    let before = "";
    for (const [i, segment] of segments.entries()) {
      const isFirst = before === "" && segment === "";
      before = isFirst ? "/" : `${before}${before === "" || before === "/" ? "" : "/"}${at(`${owner} ${before}`, segment, i)}`;
    }
    return before;
  }

  #at(position: string, segment: string): string {
    if (segment === VARIABLE || segment === "") return segment;
    let seen = this.#positions.get(position);
    if (seen === FOLDED) return VARIABLE;
    if (seen === undefined) {
      if (!this.#hasRoom) {
        this.overflowed++;
        return segment;
      }
      seen = new Set();
      this.#positions.set(position, seen);
    }
    if (seen.has(segment)) return segment;
    seen.add(segment);
    this.lessons++;
    if (seen.size <= this.#childrenMax) return segment;
    this.#positions.set(position, FOLDED);
    return VARIABLE;
  }
}
