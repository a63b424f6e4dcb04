/** The single runs of a part: a line for each as it ends, and an end to one that hangs. */
import { processTree } from "./process-tree.ts";

/** The longest takes a minute and a half: a machine may have a third of the speed. */
const RUN_MAX_MS = 300_000;
/** Until a run whose processes were ended says so itself, and has cleared its directory. */
const GIVE_UP_MS = 10_000;

export class Runs {
  readonly #part: string;
  readonly #say: (line: string) => void;

  readonly #stop: AbortSignal | undefined;

  /** `stop`: no further run begins. */
  constructor(part: string, say: (line: string) => void, stop?: AbortSignal) {
    this.#part = part;
    this.#say = say;
    this.#stop = stop;
  }

  /** One run. `figure` is what its line shows. @throws what the run throws, and Error when it takes longer than `maxMs`. */
  async once<T>(what: string, measure: () => Promise<T> | T, figure: (result: T) => string, maxMs = RUN_MAX_MS): Promise<T> {
    this.#stop?.throwIfAborted();
    const startedAt = performance.now();
    const line = (said: string): void => this.#say(`${this.#part}, ${what}: ${said}, ${secondsSince(startedAt)} s`);
    try {
      const result = await within(maxMs, measure);
      line(figure(result));
      return result;
    } catch (error) {
      line(`failed: ${reasonOf(error)}`);
      throw error;
    }
  }

  async times<T>(count: number, measure: () => Promise<T> | T, figure: (result: T) => string): Promise<T[]> {
    const all: T[] = [];
    for (let run = 1; run <= count; run++) all.push(await this.once(`run ${run} of ${count}`, measure, figure));
    return all;
  }

  /** What a long run says meanwhile. */
  say(text: string): void {
    this.#say(`${this.#part}: ${text}`);
  }
}

/** The first line of why. */
export function reasonOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0] as string;
}

export function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 1_000);
}

/** Ends every process that was started under this one. */
export function endDescendants(): void {
  for (const { pid } of processTree(process.pid)) {
    if (pid === process.pid) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it ended while we looked
    }
  }
}

async function within<T>(maxMs: number, measure: () => Promise<T> | T): Promise<T> {
  const late = new Error(`it was ended after ${maxMs / 1_000} s`);
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  let isLate = false;
  let timer = setTimeout(() => {
    isLate = true;
    endDescendants();
    timer = setTimeout(() => reject(late), GIVE_UP_MS);
  }, maxMs);
  try {
    const result = await Promise.race([measure(), givenUp]);
    if (isLate) throw late;
    return result;
  } catch (error) {
    throw isLate ? late : error;
  } finally {
    clearTimeout(timer);
  }
}
