/** The entries of batches that will never be in ClickHouse: dropped because the spool was full, refused, or damaged on disk. Each
 *  is counted and told when it happens; this remembers which, over restarts of main, so that the audit does not miss them. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { splitBatchName } from "./batch-index.ts";

/** Batches of one life of a process kept apart; beyond them the oldest are added up. */
const BATCHES_MAX = 1_000;

export class GivenUp {
  readonly #path: string;
  /** `<part>/<epoch>` -> number of the batch -> entries. */
  readonly #lives = new Map<string, Map<number, number>>();

  constructor(path: string) {
    this.#path = path;
    try {
      const lives = JSON.parse(readFileSync(path, "utf8")) as Record<string, [number, number][]>;
      for (const [life, batches] of Object.entries(lives)) this.#lives.set(life, new Map(batches));
    } catch {
      // Not there, or not whole: the audit then tells what it cannot find.
    }
  }

  /** `name`: `<part>/<batch>`. The same batch again changes nothing. */
  set(name: string, entries: number): void {
    const { life, sequence } = splitBatchName(name);
    let batches = this.#lives.get(life);
    if (batches === undefined) {
      batches = new Map();
      this.#forgetOlder(life);
      this.#lives.set(life, batches);
    }
    if (batches.get(sequence) === entries) return;
    batches.set(sequence, entries);
    if (batches.size > BATCHES_MAX) addUp(batches);
    this.#save();
  }

  /** It went in after all. */
  clear(name: string): void {
    const { life, sequence } = splitBatchName(name);
    if (this.#lives.get(life)?.delete(sequence) === true) this.#save();
  }

  /** Entries of batches numbered in (after, upTo]. */
  entries(life: string, after: number, upTo: number): number {
    let sum = 0;
    for (const [sequence, entries] of this.#lives.get(life) ?? []) if (sequence > after && sequence <= upTo) sum += entries;
    return sum;
  }

  /** Of each part only the newest life is audited. */
  #forgetOlder(life: string): void {
    const part = dirname(life);
    for (const known of this.#lives.keys()) if (dirname(known) === part && known < life) this.#lives.delete(known);
  }

  #save(): void {
    const lives = Object.fromEntries([...this.#lives].map(([life, batches]) => [life, [...batches]]));
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(`${this.#path}.new`, JSON.stringify(lives));
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // The disk is full, most likely: known as long as this process lives.
    }
  }
}

function addUp(batches: Map<number, number>): void {
  const oldest = [...batches.keys()].sort((a, b) => a - b).slice(0, batches.size - BATCHES_MAX + 1);
  const last = oldest.at(-1) as number;
  const sum = oldest.reduce((total, sequence) => total + (batches.get(sequence) as number), 0);
  for (const sequence of oldest) batches.delete(sequence);
  batches.set(last, sum);
}
