/** What must be done once among any number of OAPs is done by whoever holds its lease. A term is a row; all bids for it are inserts with
 *  the same deduplication token, of which the database takes the first. Whoever reads back its own name holds the term. Ages are by the
 *  database's clock; a holder trusts its term only for what was left of it before the question was sent, so two never hold at once. */
import { readFileSync } from "node:fs";
import type { Engine } from "./engine.ts";

export interface LeaseOptions {
  /** What the lease is for. */
  readonly name: string;
  /** Unique among all rivals, and lasting where a restart should go on holding. */
  readonly holder: string;
  /** How long a term lasts. */
  readonly termMs?: number;
  /** When its holder bids for the next one; rivals may only when it is over. */
  readonly renewAfterMs?: number;
}

interface TermRow {
  readonly term: number;
  readonly holder: string;
  readonly age_ms: number;
}

const HOLDER = readFileSync(new URL("./lease-holder.sql", import.meta.url), "utf8");
const TERM_MS = 30_000;
const RENEW_AFTER_MS = 20_000;

export class Lease {
  readonly #engine: Engine;
  readonly #name: string;
  readonly #holder: string;
  readonly #termMs: number;
  readonly #renewAfterMs: number;
  /** By performance.now(). */
  #heldUntil = Number.NEGATIVE_INFINITY;

  /** `engine`: of one host, the same for all rivals. */
  constructor(engine: Engine, { name, holder, termMs = TERM_MS, renewAfterMs = RENEW_AFTER_MS }: LeaseOptions) {
    this.#engine = engine;
    this.#name = name;
    this.#holder = holder;
    this.#termMs = termMs;
    this.#renewAfterMs = renewAfterMs;
  }

  /** Whether it is ours now, without asking: to be looked at right before each step of the work. */
  get isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  /** Bids where a bid is due. To be called every few seconds. @returns whether it is ours. @throws StorageError: then it may still be */
  async take(): Promise<boolean> {
    const last = await this.#read();
    if (last !== null && last.age_ms < (last.holder === this.#holder ? this.#renewAfterMs : this.#termMs)) return this.isHeld;
    await this.#bid((last?.term ?? 0) + 1);
    await this.#read();
    return this.isHeld;
  }

  async #read(): Promise<TermRow | null> {
    const askedAt = performance.now();
    const [last] = await this.#engine.query<TermRow>(HOLDER, { name: this.#name });
    const isOurs = last?.holder === this.#holder;
    this.#heldUntil = isOurs ? askedAt + this.#termMs - Math.max(0, last.age_ms) : Number.NEGATIVE_INFINITY;
    return last ?? null;
  }

  async #bid(term: number): Promise<void> {
    const params = { name: this.#name, term, holder: this.#holder };
    const row = "({name:String}, {term:UInt64}, {holder:String})";
    await this.#engine.insertOnce("lease (name, term, holder)", row, params, `${this.#name}/${term}`);
  }
}
