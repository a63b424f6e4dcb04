/** What cannot be told from the text of a path: that a position holds values. A position (what stands before a segment) that has seen
 *  more than `childrenMax` different segments is folded, and every further one becomes `{var}` there. Never unfolds.
 *  Positions are bounded; beyond the bound nothing new is learned, and the budget of endpoints does the rest. */
import { VARIABLE } from "./path-template.ts";

const FOLDED = Symbol("folded");

export class LearnedSegments {
  /** Positions that found no room. */
  overflowed = 0;
  readonly #childrenMax: number;
  readonly #positionsMax: number;
  readonly #positions = new Map<string, Set<string> | typeof FOLDED>();

  constructor(childrenMax: number, positionsMax: number) {
    this.#childrenMax = childrenMax;
    this.#positionsMax = positionsMax;
  }

  /** Learns from a path of one owner (a service and method) and @returns it with folded positions as `{var}`. */
  apply(owner: string, path: string): string {
    let before = "";
    for (const segment of path.split("/")) {
      const isFirst = before === "" && segment === "";
      before = isFirst ? "/" : `${before}${before === "" || before === "/" ? "" : "/"}${this.#at(`${owner} ${before}`, segment)}`;
    }
    return before;
  }

  #at(position: string, segment: string): string {
    if (segment === VARIABLE || segment === "") return segment;
    let seen = this.#positions.get(position);
    if (seen === FOLDED) return VARIABLE;
    if (seen === undefined) {
      if (this.#positions.size >= this.#positionsMax) {
        this.overflowed++;
        return segment;
      }
      seen = new Set();
      this.#positions.set(position, seen);
    }
    seen.add(segment);
    if (seen.size <= this.#childrenMax) return segment;
    this.#positions.set(position, FOLDED);
    return VARIABLE;
  }
}
