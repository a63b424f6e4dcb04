/** The endpoint names given today, on disk beside the spool: a main process that starts knows them before ClickHouse is up. A copy:
 *  the table endpoint_meta has them too, so a line lost costs nothing. One JSON line each, [service, name]; the first is the day. */
import { readFileSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";

/** A file that grew beyond this is not read: about four times what a full register writes in a day. */
const BYTES_MAX = 512 << 20;

export class EndpointLog {
  readonly #path: string;
  readonly #onError: (error: Error) => void;
  #waiting = "";
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path;
    this.#onError = onError;
  }

  /** @returns the names of this day; none when the file is of another day, damaged or not there. A torn last line is left out. */
  read(day: number): [service: string, name: string][] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch {
      return [];
    }
    if (text.length > BYTES_MAX) return [];
    const [first, ...lines] = text.split("\n");
    if (first !== String(day)) return [];
    return lines.flatMap((line) => parseLine(line) ?? []);
  }

  /** Begins the file of a day anew. */
  begin(day: number): void {
    this.#waiting = "";
    this.#enqueue(() => writeFile(this.#path, `${day}\n`));
  }

  append(service: string, name: string): void {
    if (this.#waiting === "") {
      this.#enqueue(() => {
        const lines = this.#waiting;
        this.#waiting = "";
        return appendFile(this.#path, lines);
      });
    }
    this.#waiting += `${JSON.stringify([service, name])}\n`;
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #enqueue(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write).catch(this.#onError);
  }
}

function parseLine(line: string): [[string, string]] | null {
  try {
    const [service, name] = JSON.parse(line) as [unknown, unknown];
    return typeof service === "string" && typeof name === "string" ? [[service, name]] : null;
  } catch {
    return null;
  }
}
