/** Questions to a cluster: asked of one host, which asks all shards. A shard that does not answer is left out, and a probe beside each
 *  question finds that out, so that the answer can say what it lacks. */
import { readFileSync } from "node:fs";
import { StorageError } from "../model/errors.ts";
import type { SqlReader } from "../model/ports.ts";
import type { Engine } from "./engine.ts";

export interface ClusterReaderOptions {
  readonly cluster: string;
  /** Numbers of its shards. */
  readonly shards: readonly number[];
  /** How many hosts there are to ask. */
  readonly hosts: () => number;
  /** Answers are told to be partial for as long as something read without a shard may be remembered. */
  readonly rememberMs?: number;
}

const ANSWERING = readFileSync(new URL("./shards-answering.sql", import.meta.url), "utf8");
/** The host that was asked is away or has no tables, or lost another one on the way: asked again, of the next host, it may answer.
 *  A question that was too dear is too dear on every host. */
const ASK_AGAIN: ReadonlySet<number | null> = new Set([null, 32, 60, 81, 209, 210, 279]);
/** Lists of services are remembered for 10 s (query/readers/metadata.ts). */
const REMEMBER_MS = 10_000;

/** Settings of every question to a cluster, besides the ones that every question has. A shard that is there but silent costs two
 *  seconds, not ten; a join or an IN over two tables of ours is answered by each shard with the rows of all. */
export const CLUSTER_READ_SETTINGS =
  "skip_unavailable_shards = 1, connections_with_failover_max_tries = 1, handshake_timeout_ms = 2000, connect_timeout_with_failover_ms = 1000, distributed_product_mode = 'global'";

export class ClusterReader implements SqlReader {
  readonly #engine: Engine;
  readonly #options: ClusterReaderOptions;
  readonly #missing = new Map<number, number>();
  #probing: Promise<void> | null = null;

  constructor(engine: Engine, options: ClusterReaderOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  async query<Row>(sql: string, params: Readonly<Record<string, unknown>>): Promise<Row[]> {
    // Before and after: a shard that went or came in between is found by one of the two.
    const [rows] = await Promise.all([this.#fromAnyHost<Row>(sql, params), this.#probe()]);
    if (this.partial === null) await this.#probe();
    return rows;
  }

  /** Why answers lack rows, for whoever gets them; null when they do not. */
  get partial(): string | null {
    const now = performance.now();
    const { shards, rememberMs = REMEMBER_MS } = this.#options;
    const missing = shards.filter((shard) => now - (this.#missing.get(shard) ?? Number.NEGATIVE_INFINITY) < rememberMs);
    if (missing.length === 0) return null;
    const those =
      missing.length === 1 ? `Shard ${missing[0]} of ${shards.length}` : `${missing.length} of ${shards.length} shards`;
    return `${those} of the ClickHouse cluster did not answer: what is stored there is missing here.`;
  }

  /** Whether shards can be told from one another at all. @throws StorageError when this user may not ask that */
  async check(): Promise<void> {
    await this.#fromAnyHost(ANSWERING, { cluster: this.#options.cluster, database: this.#engine.database });
  }

  /** Shared by the questions that are on their way at the same time and came after it began. */
  async #probe(): Promise<void> {
    if (this.#probing !== null) await this.#probing; // that one may have been answered before our question was
    this.#probing ??= this.#ask().finally(() => {
      this.#probing = null;
    });
    await this.#probing;
  }

  async #ask(): Promise<void> {
    const { cluster, shards } = this.#options;
    const params = { cluster, database: this.#engine.database };
    const rows = await this.#fromAnyHost<{ shard: number }>(ANSWERING, params).catch((): null => null);
    if (rows === null) return; // nobody answers: then the question fails too, and says so
    const answering = new Set(rows.map(({ shard }) => shard));
    for (const shard of shards) if (!answering.has(shard)) this.#missing.set(shard, performance.now());
  }

  /** A host that is away is left for the next: the engine's connection moves on when it failed. */
  async #fromAnyHost<Row>(sql: string, params: Readonly<Record<string, unknown>>): Promise<Row[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#engine.query<Row>(sql, params);
      } catch (error) {
        if (!(error instanceof StorageError && ASK_AGAIN.has(error.clickhouseCode)) || tries > this.#options.hosts()) throw error;
      }
    }
  }
}
