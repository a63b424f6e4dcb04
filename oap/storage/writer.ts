/** Closed batches into ClickHouse, in order, each exactly once: every table of a batch is one insert whose token names the
 *  batch, so a retry or a replay counts nothing twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { SidelightError } from "../model/errors.ts";
import type { Clock } from "../model/ports.ts";
import { tokenOf } from "./batch-index.ts";
import type { Engine } from "./engine.ts";
import { nodeProgress } from "./node-progress.ts";
import { enforceBound } from "./spool-bound.ts";
import { type BatchContent, type SpooledBatch, type SpoolReader, TRAFFIC_TABLE } from "./spool-reader.ts";
import { SpoolWatch } from "./spool-watch.ts";

export interface WriterOptions {
  /** Unique and lasting for this data directory. */
  readonly node: string;
  /** How long an inserted batch is kept for replay: ClickHouse does not fsync. */
  readonly keepMs: number;
  /** Batches that wait to be inserted; beyond it the oldest are dropped. */
  readonly maxBytes: number;
  /** Told of what an operator should know, at most once per batch. */
  readonly onProblem: (problem: string, detail: Record<string, unknown>) => void;
}

/** Where the batches are: the spool, or what belongs to one shard of it. */
export type BatchSource = Pick<
  SpoolReader,
  | "dir"
  | "list"
  | "take"
  | "read"
  | "remove"
  | "refuse"
  | "sizeBytes"
  | "ageSeconds"
  | "noteInserted"
  | "isInserted"
  | "isInsertedWhole"
  | "givenUp"
>;

/** How soon a pass that failed is repeated, the first time. */
const BACK_OFF_MS = 200;
/** How often the spool is looked at when nothing tells that it changed; inserted batches are removed then, too. */
const LOOK_MS = 1_000;
const BACK_OFF_MAX_MS = 5_000;
const BOUND_CHECK_MS = 5_000;

export class Writer {
  readonly stats = {
    batchesInserted: 0,
    entriesInserted: 0,
    rowsByTable: {} as Record<string, number>,
    insertMs: 0,
    retries: 0,
    batchesRefused: 0,
    entriesRefused: 0,
    segmentsDamaged: 0,
    entriesDamaged: 0,
    batchesDropped: 0,
    entriesDropped: 0,
    logRowsDropped: 0,
    batchesWaiting: 0,
    bytesWaiting: 0,
    oldestWaitingSeconds: 0,
  }; // prettier-ignore
  readonly #engine: Engine;
  readonly #spool: BatchSource;
  readonly #options: WriterOptions;
  readonly #clock: Clock;
  /** Batch name -> when it was inserted; they are on disk until keepMs has passed. */
  readonly #inserted = new Map<string, number>();
  /** The batch in hand, and its tables that ClickHouse has acknowledged. Of no other batch: one that is dropped while it is in
   *  hand must not have the next one's tables taken for done. */
  #inHand = "";
  readonly #acknowledged = new Set<string>();
  #running: Promise<void> | null = null;
  #stop = new AbortController();
  #lastInsertMs = 0;
  #boundCheckedAt = Number.NEGATIVE_INFINITY;
  #pass: Promise<boolean> | null = null;

  constructor(engine: Engine, spool: BatchSource, options: WriterOptions, clock: Clock) {
    this.#engine = engine;
    this.#spool = spool;
    this.#options = options;
    this.#clock = clock;
  }

  start(): void {
    this.#running ??= this.#loop();
  }

  /** How long ingest processes should keep a batch open so that inserting takes at most a tenth of the time. */
  get closeAfterMs(): number {
    return this.#lastInsertMs * 10;
  }

  /** Inserts everything that is closed now. @returns false when something had to be left because ClickHouse is away. */
  async drain(): Promise<boolean> {
    while (this.#pass !== null) await this.#pass;
    return await this.#onePass();
  }

  /** Stops the loop and inserts what is closed, within the time given. What is left is replayed by the next start. */
  async stop(withinMs: number): Promise<boolean> {
    this.#stop.abort();
    await this.#running;
    return await Promise.race([this.drain(), sleep(withinMs, false, { ref: false })]);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    const watch = new SpoolWatch(this.#spool.dir);
    let backOffMs = BACK_OFF_MS;
    while (!signal.aborted) {
      if (await (this.#pass ?? this.#onePass())) {
        backOffMs = BACK_OFF_MS;
        await watch.changed(LOOK_MS, signal);
      } else {
        backOffMs = Math.min(BACK_OFF_MAX_MS, backOffMs * 2);
        await sleep(backOffMs, undefined, { signal }).catch(() => {});
      }
    }
    watch.close();
  }

  #onePass(): Promise<boolean> {
    this.#pass = this.#insertAll()
      .catch((error: Error) => {
        this.#options.onProblem("the spool could not be worked on; it is tried again", { error: error.message });
        return false;
      })
      .finally(() => {
        this.#pass = null;
      });
    return this.#pass;
  }

  async #insertAll(): Promise<boolean> {
    const waiting: SpooledBatch[] = [];
    for (const batch of await this.#spool.list()) {
      const insertedAt = this.#inserted.get(batch.name);
      if (insertedAt === undefined) waiting.push(batch);
      else if (Math.abs(this.#clock.now() - insertedAt) >= this.#options.keepMs) {
        await this.#spool.remove(batch);
        this.#inserted.delete(batch.name);
      }
    }
    this.stats.batchesWaiting = waiting.length;
    this.stats.oldestWaitingSeconds = waiting[0] === undefined ? 0 : await this.#spool.ageSeconds(waiting[0], this.#clock.now());
    if (waiting.length === 0) this.stats.bytesWaiting = 0;
    await this.#enforceBound(waiting);
    for (const batch of waiting) {
      try {
        await this.#insert(batch);
      } catch (error) {
        if (error instanceof SidelightError && error.retryable) {
          this.stats.retries++;
          return false;
        }
        await this.#refuse(batch, error as Error);
      }
      this.stats.batchesWaiting--;
    }
    return true;
  }

  async #insert(batch: SpooledBatch): Promise<void> {
    const { tables, damaged, entries, entriesDamaged, handOvers } = await this.#spool.take(batch);
    if (this.#inHand !== batch.name) this.#acknowledged.clear();
    this.#inHand = batch.name;
    const startedAt = performance.now();
    // Last: what stands in node_progress is stored.
    const progress =
      handOvers.length === 0 ? [] : [nodeProgress(this.#options.node, batch.name, entries - entriesDamaged, handOvers)];
    for (const { table, columns, rows, native } of [...tables, ...progress]) {
      if (this.#acknowledged.has(table)) continue;
      await this.#engine.insert(table, columns, native, tokenOf(batch.name, table, this.#options.node));
      this.#acknowledged.add(table);
      this.stats.rowsByTable[table] = (this.stats.rowsByTable[table] ?? 0) + rows;
    }
    this.#lastInsertMs = performance.now() - startedAt;
    this.stats.insertMs += this.#lastInsertMs;
    this.stats.batchesInserted++;
    this.stats.entriesInserted += entries - entriesDamaged;
    if (entriesDamaged > 0) this.#spool.givenUp.set(batch.name, entriesDamaged);
    else this.#spool.givenUp.clear(batch.name);
    await this.#spool.noteInserted(batch);
    this.#inserted.set(batch.name, this.#clock.now());
    if (damaged > 0) await this.#tellDamage(batch, damaged, entriesDamaged);
  }

  async #tellDamage(batch: SpooledBatch, damaged: number, entriesDamaged: number): Promise<void> {
    this.stats.segmentsDamaged += damaged;
    this.stats.entriesDamaged += entriesDamaged;
    this.#options.onProblem("a spooled batch is damaged; its whole parts were inserted", { batch: batch.name, damaged });
    await this.#spool.refuse(batch, `${damaged} segments are not what was written`, true).catch((error: Error) => {
      this.#options.onProblem("no copy of the damaged batch could be kept", { batch: batch.name, error: error.message });
    });
  }

  async #refuse(batch: SpooledBatch, error: Error): Promise<void> {
    const content = await this.#spool.read(batch);
    const { entries } = content;
    this.stats.batchesRefused++;
    this.stats.entriesRefused += entries;
    // Where the calls themselves went in and something else of the batch did not, the calls are stored.
    const isIn = this.#inHand === batch.name && this.#acknowledged.has(TRAFFIC_TABLE);
    const isStored = isIn && (await this.#noteProgress(batch, content));
    if (!isStored) this.#spool.givenUp.set(batch.name, entries);
    else if (content.entriesDamaged > 0) this.#spool.givenUp.set(batch.name, content.entriesDamaged);
    this.#options.onProblem("a batch could not be inserted; it was moved to spool/refused", {
      batch: batch.name,
      error: error.message,
    });
    await this.#spool.refuse(batch, error.message, false);
  }

  async #noteProgress(batch: SpooledBatch, { entries, entriesDamaged, handOvers }: BatchContent): Promise<boolean> {
    const stored = entries - entriesDamaged;
    const { table, columns, native } = nodeProgress(this.#options.node, batch.name, stored, handOvers);
    return await this.#engine.insert(table, columns, native, tokenOf(batch.name, table, this.#options.node)).then(
      () => true,
      () => false,
    );
  }

  /** Drops what is oldest while ClickHouse stays away for so long that the spool is full. */
  async #enforceBound(waiting: SpooledBatch[]): Promise<void> {
    const now = performance.now();
    const isOne = waiting.length === 1; // which is never dropped: only its size is told
    if (waiting.length === 0 || (!isOne && now - this.#boundCheckedAt < BOUND_CHECK_MS)) return;
    if (!isOne) this.#boundCheckedAt = now;
    // One that is in for a part stays: what is counted as dropped is not there.
    const isBegun = waiting[0]?.name === this.#inHand && this.#acknowledged.size > 0;
    const { bytes, logRows, batches } = await enforceBound(
      this.#spool,
      isBegun ? waiting.slice(1) : waiting,
      this.#options.maxBytes,
    );
    for (const { batch, entries, isLost } of batches) {
      waiting.splice(waiting.indexOf(batch), 1);
      if (!isLost) continue;
      this.#spool.givenUp.set(batch.name, entries);
      this.stats.batchesDropped++;
      this.stats.entriesDropped += entries;
    }
    this.stats.logRowsDropped += logRows;
    this.stats.bytesWaiting = bytes;
  }
}
