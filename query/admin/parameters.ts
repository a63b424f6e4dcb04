/** Parameters of a URL, checked as they are read. A blank one is none. */
import { QueryError } from "../../oap/model/errors.ts";
import type { Step } from "../../oap/model/time-bucket.ts";
import type { DurationInput } from "../duration.ts";

const STEPS: readonly string[] = ["DAY", "HOUR", "MINUTE", "SECOND"];

export class Parameters {
  readonly #given: URLSearchParams;

  constructor(given: URLSearchParams) {
    this.#given = given;
  }

  text(name: string): string | null {
    return this.#given.get(name)?.trim() || null;
  }

  /** @throws QueryError when it is not there */
  needed(name: string): string {
    const text = this.text(name);
    if (text === null) throw new QueryError(`the parameter ${name} is missing`);
    return text;
  }

  flag(name: string): boolean {
    return this.text(name) === "true";
  }

  /** @throws QueryError when it is no whole number */
  integer(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    if (!/^-?\d{1,9}$/.test(text)) throw new QueryError(`${name}: ${JSON.stringify(text)} is no whole number`);
    return Number(text);
  }

  /** Texts separated by commas, or the parameter given several times. */
  list(name: string): string[] {
    return this.#given
      .getAll(name)
      .flatMap((one) => one.split(","))
      .flatMap((one) => one.trim() || []); // prettier-ignore
  }

  /** @param names of start and end @throws QueryError when a part is not there, or there is no such step */
  duration(names: readonly [string, string] = ["startTime", "endTime"]): DurationInput {
    const step = this.needed("step").toUpperCase();
    if (!STEPS.includes(step)) throw new QueryError(`step: one of ${STEPS.join(", ")}, not ${JSON.stringify(step)}`);
    return { start: this.needed(names[0]), end: this.needed(names[1]), step: step as Step };
  }

  /** The same, or null when no part of it is there. */
  optionalDuration(): DurationInput | null {
    return ["startTime", "endTime", "step"].every((name) => this.text(name) === null) ? null : this.duration();
  }
}
