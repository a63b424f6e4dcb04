import type { DetectPoint } from "../model/entity.ts";

export interface FailureKind {
  readonly detectPoint: number;
  readonly responseCode: number;
  readonly flags: number;
  /** Id of the class of code details (Names.codeDetails). */
  readonly details: number;
}

const DETAILS_BITS = 12;
/** Stands for details beyond their budget. */
const OVERFLOWED = 2 ** DETAILS_BITS - 1;

/** (detect point, response code, response flags, code details) to a small integer, until the next hand-over. */
export class FailureKinds {
  readonly #ids = new Map<number, number>();
  #kinds: FailureKind[] = [];

  id(detectPoint: DetectPoint | number, responseCode: number, flags: number, details: number): number {
    const rest = (details < 0 ? OVERFLOWED : details) * 4 + detectPoint;
    const key = (rest * 1_024 + responseCode) * 2 ** 28 + flags; // 12, 2, 10 and 28 bits: exact in a double
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#kinds.length);
    return this.#kinds.push({ detectPoint, responseCode, flags, details }) - 1;
  }

  kind(id: number): FailureKind {
    return this.#kinds[id] as FailureKind;
  }

  clear(): void {
    this.#ids.clear();
    this.#kinds = [];
  }
}
