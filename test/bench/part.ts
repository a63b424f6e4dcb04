/** What `npm run bench` consists of: parts that can be run, fail and be kept each for itself. */
import type { Runs } from "./runs.ts";

/** A line of a table of results.md. */
export type Row = readonly string[];

export interface Section {
  readonly title: string;
  readonly head: Row;
  /** What was measured on; may be empty. */
  readonly setting: string;
}

export interface Part {
  /** As it is asked for: `npm run bench -- name`. */
  readonly name: string;
  readonly section: Section;
  /** Stands in its row while it has no figures. */
  readonly what: string;
  /** Takes its figures; is given `what` above. What it throws makes the part a failed one: no run is done again, none left out.
   *  @returns rows with as many cells as the section's head. */
  readonly rows: (runs: Runs, what: string) => Promise<readonly Row[]>;
}

export class UnknownPart extends Error {
  constructor(unknown: string, names: readonly string[]) {
    super(`no part of the bench is called "${unknown}"; there are: ${names.join(", ")}`);
    this.name = "UnknownPart";
  }
}

/** The parts of these names in their own order; all of them when none is named. @throws UnknownPart */
export function chosenParts(names: readonly string[], parts: readonly Part[]): readonly Part[] {
  const known = parts.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UnknownPart(unknown, known);
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}
