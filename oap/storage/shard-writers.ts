/** One writer per shard of a cluster, each at its own position in the spool; told of as one. */
import type { Clock } from "../model/ports.ts";
import type { Engine } from "./engine.ts";
import { ShardedSpool } from "./sharded-spool.ts";
import type { SpoolReader } from "./spool-reader.ts";
import { Writer, type WriterOptions } from "./writer.ts";

export interface ShardWriterStats extends Readonly<Writer["stats"]> {
  /** Seconds that the oldest batch of each shard waits. */
  readonly oldestWaitingByShard: readonly number[];
}

/** These are of the shard that is furthest behind; all others add up. */
const OF_THE_LAST = ["batchesWaiting", "bytesWaiting", "oldestWaitingSeconds"] as const;

export class ShardWriters {
  readonly #writers: readonly Writer[];
  /** Shards that have their tables, views included: nothing is inserted before. */
  readonly #admitted = new Set<number>();
  #isStarted = false;

  /** `engines`: one per shard, in the cluster's order. */
  constructor(engines: readonly Engine[], spool: SpoolReader, options: WriterOptions, clock: Clock) {
    const sharded = new ShardedSpool(spool, engines.length);
    this.#writers = engines.map((engine, shard) => {
      const onProblem: WriterOptions["onProblem"] = (problem, detail) =>
        options.onProblem(problem, { shard: shard + 1, ...detail });
      return new Writer(engine, sharded.lane(shard), { ...options, onProblem }, clock);
    });
  }

  start(): void {
    this.#isStarted = true;
    for (const shard of this.#admitted) this.#writers[shard]?.start();
  }

  /** A shard (from 0) can be inserted into from now on. */
  admit(shard: number): void {
    this.#admitted.add(shard);
    if (this.#isStarted) this.#writers[shard]?.start();
  }

  get closeAfterMs(): number {
    return Math.max(...this.#writers.map((writer) => writer.closeAfterMs));
  }

  /** @returns false when something had to be left because a shard is away. */
  async drain(): Promise<boolean> {
    return await this.#all((writer) => writer.drain());
  }

  async stop(withinMs: number): Promise<boolean> {
    return await this.#all((writer) => writer.stop(withinMs));
  }

  get stats(): ShardWriterStats {
    const sum: Record<string, number> = {};
    const rowsByTable: Record<string, number> = {};
    for (const { stats } of this.#writers) {
      for (const [key, value] of Object.entries(stats)) {
        if (typeof value !== "number") continue;
        const last = (OF_THE_LAST as readonly string[]).includes(key);
        sum[key] = last ? Math.max(sum[key] ?? 0, value) : (sum[key] ?? 0) + value;
      }
      for (const [table, rows] of Object.entries(stats.rowsByTable)) rowsByTable[table] = (rowsByTable[table] ?? 0) + rows;
    }
    const oldestWaitingByShard = this.#writers.map(({ stats }) => stats.oldestWaitingSeconds);
    return { ...sum, rowsByTable, oldestWaitingByShard } as unknown as ShardWriterStats;
  }

  /** False also when a shard has not been reached since the start: what is in the spool for it stays there. */
  async #all(work: (writer: Writer) => Promise<boolean>): Promise<boolean> {
    const done = await Promise.all([...this.#admitted].map((shard) => work(this.#writers[shard] as Writer)));
    return this.#admitted.size === this.#writers.length && done.every(Boolean);
  }
}
