/** The entries of batches that will never be in ClickHouse: dropped because the spool was full, refused, or damaged on disk. Each
 *  is counted and told when it happens; this remembers which, over restarts of main, so that the audit does not miss them. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { sequenceOf, splitBatchName } from "./batch-index.ts";

/** Batches of one life of a process kept apart; beyond them the oldest are added up. */
const BATCHES_MAX = 1_000;

export class GivenUp {
  readonly #path: string;
  /** `<part>/<epoch>` -> batch, or a shard's share of it -> entries. */
  readonly #lives = new Map<string, Map<string, number>>();

  constructor(path: string) {
    this.#path = path;
    try {
      const lives = JSON.parse(readFileSync(path, "utf8")) as Record<string, [string, number][]>;
      for (const [life, batches] of Object.entries(lives)) this.#lives.set(life, new Map(batches));
    } catch {
      // Not there, or not whole: the audit then tells what it cannot find.
    }
  }

  /** `name`: as splitBatchName takes it. The same batch again changes nothing. */
  set(name: string, entries: number): void {
    const { life, batch } = splitBatchName(name);
    let batches = this.#lives.get(life);
    if (batches === undefined) {
      batches = new Map();
      this.#forgetOlder(life);
      this.#lives.set(life, batches);
    }
    if (batches.get(batch) === entries) return;
    batches.set(batch, entries);
    if (batches.size > BATCHES_MAX) addUp(batches);
    this.#save();
  }

  /** It went in after all. */
  clear(name: string): void {
    const { life, batch } = splitBatchName(name);
    if (this.#lives.get(life)?.delete(batch) === true) this.#save();
  }

  /** Entries of batches numbered in (after, upTo]. */
  entries(life: string, after: number, upTo: number): number {
    let sum = 0;
    for (const [batch, entries] of this.#lives.get(life) ?? []) {
      const sequence = sequenceOf(batch);
      if (sequence > after && sequence <= upTo) sum += entries;
    }
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

function addUp(batches: Map<string, number>): void {
  const oldest = [...batches.keys()].sort().slice(0, batches.size - BATCHES_MAX + 1); // their names sort by age
  const last = oldest.at(-1) as string;
  const sum = oldest.reduce((total, batch) => total + (batches.get(batch) as number), 0);
  for (const batch of oldest) batches.delete(batch);
  batches.set(last, sum);
}
