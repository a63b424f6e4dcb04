/** How many values the expressions of one request may come to, read and made. */
import type { Result } from "./result.ts";

export class BudgetFault extends Error {}

export class Budget {
  readonly #valuesMax: number;
  readonly #onSpent: () => void;
  #spent = 0;

  /** `onSpent`: for each expression that is not answered for it. */
  constructor(valuesMax: number, onSpent: () => void) {
    this.#valuesMax = valuesMax;
    this.#onSpent = onSpent;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws BudgetFault when that is more than what is left */
  spend(values: number): void {
    if (this.#spent + values > this.#valuesMax) {
      this.#onSpent();
      throw new BudgetFault(`The expressions of this request come to more than ${this.#valuesMax} values (query.maxValues).`);
    }
    this.#spent += values;
  }

  /** @throws BudgetFault */
  spendOn(result: Result): Result {
    this.spend(result.series.reduce((sum, { values }) => sum + values.length, 0));
    return result;
  }
}
