/** results.json, which holds the figures, and results.md, which is made from it and keeps what was written by hand. */
import { readFileSync, writeFileSync } from "node:fs";
import type { PartRecord } from "./bench.ts";
import type { Part } from "./part.ts";
import { notesOf, type Records, report } from "./report.ts";

export class ResultFiles {
  readonly #json: URL;
  readonly #markdown: URL;
  readonly #parts: readonly Part[];

  /** @param folder both files are there; @param parts all that there are */
  constructor(folder: URL, parts: readonly Part[]) {
    this.#json = new URL("results.json", folder);
    this.#markdown = new URL("results.md", folder);
    this.#parts = parts;
  }

  /** Both files are read anew: somebody may have written a note meanwhile. */
  keep(part: string, record: PartRecord): void {
    const records: Records = { ...this.#records(), [part]: record };
    writeFileSync(this.#json, `${JSON.stringify(records, null, 2)}\n`);
    this.render();
  }

  /** @throws Error when results.md lacks the mark of what was written by hand. */
  render(): void {
    const notes = notesOf(readFileSync(this.#markdown, "utf8"));
    writeFileSync(this.#markdown, report(this.#parts, this.#records(), notes));
  }

  #records(): Records {
    return JSON.parse(readFileSync(this.#json, "utf8"));
  }
}
