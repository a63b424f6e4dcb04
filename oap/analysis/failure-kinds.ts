import type { DetectPoint } from "../model/entity.ts";

export interface FailureKind {
  readonly detectPoint: number;
  readonly responseCode: number;
  readonly flags: number;
}

/** (detect point, response code, response flags) to a small integer, until the next hand-over. */
export class FailureKinds {
  readonly #ids = new Map<number, number>();
  #kinds: FailureKind[] = [];

  id(detectPoint: DetectPoint | number, responseCode: number, flags: number): number {
    const key = (flags >>> 0) + responseCode * 2 ** 32 + detectPoint * 2 ** 48; // 28, 16 and 2 bits: exact in a double
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#kinds.length);
    return this.#kinds.push({ detectPoint, responseCode, flags }) - 1;
  }

  kind(id: number): FailureKind {
    return this.#kinds[id] as FailureKind;
  }

  clear(): void {
    this.#ids.clear();
    this.#kinds = [];
  }
}
