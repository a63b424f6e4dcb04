/** Closed batches into ClickHouse, in order, each exactly once: every table of a batch is one insert whose token names the
 *  batch, so a retry or a replay counts nothing twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { StorageError } from "../model/errors.ts";
import type { Clock } from "../model/ports.ts";
import type { Engine } from "./engine.ts";
import { enforceBound } from "./spool-bound.ts";
import type { SpooledBatch, SpoolReader } from "./spool-reader.ts";

export interface WriterOptions {
  /** Unique and lasting for this data directory: the first part of every token. */
  readonly node: string;
  /** How long an inserted batch is kept for replay: ClickHouse does not fsync. */
  readonly keepMs: number;
  /** Batches that wait to be inserted; beyond it the oldest are dropped. */
  readonly maxBytes: number;
  /** Told of what an operator should know, at most once per batch. */
  readonly onProblem: (problem: string, detail: Record<string, unknown>) => void;
}

const POLL_MS = 200;
const BACK_OFF_MAX_MS = 5_000;
const BOUND_CHECK_MS = 5_000;

export class Writer {
  readonly stats = {
    batchesInserted: 0,
    entriesInserted: 0,
    rowsInserted: 0,
    rowsByTable: {} as Record<string, number>,
    bytesInserted: 0,
    insertMs: 0,
    retries: 0,
    batchesRefused: 0,
    entriesRefused: 0,
    segmentsDamaged: 0,
    batchesDropped: 0,
    entriesDropped: 0,
    logRowsDropped: 0,
    batchesWaiting: 0,
    bytesWaiting: 0,
    oldestWaitingSeconds: 0,
  }; // prettier-ignore
  readonly #engine: Engine;
  readonly #spool: SpoolReader;
  readonly #options: WriterOptions;
  readonly #clock: Clock;
  /** Batch name -> when it was inserted; they are on disk until keepMs has passed. */
  readonly #inserted = new Map<string, number>();
  /** Tables of the batch in hand that ClickHouse has acknowledged. */
  readonly #acknowledged = new Set<string>();
  #running: Promise<void> | null = null;
  #stop = new AbortController();
  #lastInsertMs = 0;
  #boundCheckedAt = Number.NEGATIVE_INFINITY;
  #pass: Promise<boolean> | null = null;

  constructor(engine: Engine, spool: SpoolReader, options: WriterOptions, clock: Clock) {
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
    let backOffMs = POLL_MS;
    while (!this.#stop.signal.aborted) {
      const clean = await this.#onePass();
      backOffMs = clean ? POLL_MS : Math.min(BACK_OFF_MAX_MS, backOffMs * 2);
      await sleep(backOffMs, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  #onePass(): Promise<boolean> {
    this.#pass = this.#insertAll().finally(() => {
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
        if (error instanceof StorageError && error.retryable) {
          this.stats.retries++;
          return false;
        }
        await this.#refuse(batch, error as Error);
      }
      this.#acknowledged.clear();
      this.stats.batchesWaiting--;
    }
    return true;
  }

  async #insert(batch: SpooledBatch): Promise<void> {
    const { tables, damaged, entries } = await this.#spool.read(batch);
    const startedAt = performance.now();
    for (const { table, columns, rows, native } of tables) {
      if (this.#acknowledged.has(table)) continue;
      await this.#engine.insert(table, columns, native, `${this.#options.node}/${batch.name}/${table}`);
      this.#acknowledged.add(table);
      this.stats.rowsInserted += rows;
      this.stats.rowsByTable[table] = (this.stats.rowsByTable[table] ?? 0) + rows;
      this.stats.bytesInserted += native.length;
    }
    this.#lastInsertMs = performance.now() - startedAt;
    this.stats.insertMs += this.#lastInsertMs;
    this.stats.batchesInserted++;
    this.stats.entriesInserted += entries;
    if (damaged > 0) {
      this.stats.segmentsDamaged += damaged;
      this.#options.onProblem("a spooled batch is damaged; its whole parts were inserted", { batch: batch.name, damaged });
      await this.#spool.refuse(batch, `${damaged} segments are not what was written`, true);
    }
    this.#inserted.set(batch.name, this.#clock.now());
  }

  async #refuse(batch: SpooledBatch, error: Error): Promise<void> {
    const { entries } = await this.#spool.read(batch);
    this.stats.batchesRefused++;
    this.stats.entriesRefused += entries;
    this.#options.onProblem("ClickHouse refused a batch; it was moved to spool/refused", {
      batch: batch.name,
      error: error.message,
    });
    await this.#spool.refuse(batch, error.message, false);
  }

  /** Drops what is oldest while ClickHouse stays away for so long that the spool is full. */
  async #enforceBound(waiting: SpooledBatch[]): Promise<void> {
    const now = performance.now();
    if (now - this.#boundCheckedAt < BOUND_CHECK_MS || waiting.length < 2) return;
    this.#boundCheckedAt = now;
    const isBegun = this.#acknowledged.size > 0; // the oldest is partly inserted: it is left alone
    const { bytes, logRows, batches } = await enforceBound(
      this.#spool,
      isBegun ? waiting.slice(1) : waiting,
      this.#options.maxBytes,
    );
    for (const { batch, entries } of batches) {
      waiting.splice(waiting.indexOf(batch), 1);
      this.stats.batchesDropped++;
      this.stats.entriesDropped += entries;
      this.#options.onProblem("the spool is full; its oldest batch was dropped", { batch: batch.name, entries });
    }
    if (logRows > 0) {
      this.stats.logRowsDropped += logRows;
      this.#options.onProblem("the spool is full; rows of its oldest access logs were dropped", { rows: logRows });
    }
    this.stats.bytesWaiting = bytes;
  }
}
