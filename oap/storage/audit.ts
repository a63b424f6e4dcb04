/** Compares what came in with what is stored: every report that an ingest process took is in memory, on its way through the spool, in
 *  ClickHouse, or counted as lost. Three comparisons, each of figures that cannot be apart by the time of reading:
 *
 *  - In memory: reports = durable + pending + lost, of one moment of the process.
 *  - In the spool: entries of the batches that a process has closed = stored + given up. The process tells its last closed batch and the
 *    sum up to it in one message; then the writer finishes a pass over everything closed, so that nothing of those batches is under
 *    way; then node_progress is asked for exactly those batches. What is closed meanwhile is no part of either side.
 *  - In the tables: what the batches of the last hour, of all nodes, booked on each minute = what the rows of that minute add up to. A
 *    batch can be half inserted at the moment of reading, by another node too: a minute counts as different when neither side has
 *    moved between two readings. Minutes that the disk guard dropped are known to be gone, and left out.
 *
 *  A life of a process is audited from its beginning, or from when this process first saw it if it began long before (tables forget). A
 *  process that died takes its figures along: what it had told as durable is inserted, and audited by minute. */
import { readFileSync } from "node:fs";
import type { IngestStatus, SpoolStatus } from "../model/ipc.ts";
import type { Clock, SqlReader } from "../model/ports.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/time-bucket.ts";
import { batchStem, splitBatchName } from "./batch-index.ts";
import type { GivenUp } from "./given-up.ts";

const PROGRESS_ENTRIES = readFileSync(new URL("./progress-entries.sql", import.meta.url), "utf8");
const BOOKED_MINUTES = readFileSync(new URL("./booked-minutes.sql", import.meta.url), "utf8");
/** Shorter than any table's lifetime. */
const AUDITED_MS = DAY_MS / 2;

export interface AuditOptions {
  readonly node: string;
  readonly givenUp: GivenUp;
  /** Inserts every batch that is closed now. @returns false when ClickHouse did not take them all. */
  readonly settle: () => Promise<boolean>;
  /** Why answers of just now lack rows; null when they do not. */
  readonly partial: () => string | null;
}

/** Where a life of a process is audited from. */
interface Mark {
  readonly sequence: number;
  readonly entries: number;
  readonly atMs: number;
}

export class Audit {
  /** When what is stored was last compared, ms since the Unix epoch; null before. And since when there is a difference; null: there is none. */
  comparedAtMs: number | null = null;
  differentSinceMs: number | null = null;
  #memory = 0;
  #spool = 0;
  #tables = 0;
  readonly #sql: SqlReader;
  readonly #options: AuditOptions;
  readonly #clock: Clock;
  readonly #marks = new Map<string, Mark>();
  /** Minute -> both sums, as the last reading found them apart. */
  #apart = new Map<number, string>();

  constructor(sql: SqlReader, options: AuditOptions, clock: Clock) {
    this.#sql = sql;
    this.#options = options;
    this.#clock = clock;
  }

  /** Reports that came in and are nowhere (above 0), or are there more than once (below 0). */
  get difference(): number {
    const taken = this.#memory + this.#spool;
    return Math.abs(taken) >= Math.abs(this.#tables) ? taken : this.#tables;
  }

  /** The last comparison found everything where it belongs. */
  get isSettled(): boolean {
    return this.comparedAtMs !== null && this.difference === 0 && this.#apart.size === 0;
  }

  /** `ingest`: what the ingest processes told last. While ClickHouse or a shard of it is away, what was compared before stands.
   *  @throws StorageError */
  async check(ingest: readonly IngestStatus[]): Promise<void> {
    const { settle, partial } = this.#options;
    this.#memory = inMemory(ingest);
    if ((await settle()) && partial() === null) await this.#compare(ingest);
    if (this.difference === 0) this.differentSinceMs = null;
    else this.differentSinceMs ??= this.#clock.now();
  }

  async #compare(ingest: readonly IngestStatus[]): Promise<void> {
    const inSpool = await this.#inSpool(ingest.map(({ spool }) => spool));
    const inTables = await this.#inTables();
    if (this.#options.partial() !== null) return; // a shard went meanwhile: what it holds is not missing
    this.#spool = inSpool;
    this.#tables = inTables;
    this.comparedAtMs = this.#clock.now();
  }

  async #inSpool(lives: readonly SpoolStatus[]): Promise<number> {
    const known = new Set(lives.map(lifeOf));
    for (const life of this.#marks.keys()) if (!known.has(life)) this.#marks.delete(life);
    let missing = 0;
    for (const life of lives) missing += await this.#ofLife(life);
    return missing;
  }

  async #ofLife(spool: SpoolStatus): Promise<number> {
    const life = lifeOf(spool);
    const now = this.#clock.now();
    const current = { sequence: spool.closedSequence, entries: spool.entriesClosed, atMs: now };
    const isOld = now - spool.epoch > AUDITED_MS;
    const mark = this.#marks.get(life) ?? (isOld ? current : { sequence: 0, entries: 0, atMs: spool.epoch });
    this.#marks.set(life, mark);
    const [row] = await this.#sql.query<{ entries: number }>(PROGRESS_ENTRIES, {
      node: this.#options.node,
      part: spool.part,
      from: batchStem(spool.epoch, mark.sequence + 1),
      to: batchStem(spool.epoch, current.sequence + 1),
    });
    const givenUp = this.#options.givenUp.entries(life, mark.sequence, current.sequence);
    const missing = current.entries - mark.entries - (row?.entries ?? 0) - givenUp;
    if (missing === 0 && now - mark.atMs > AUDITED_MS) this.#marks.set(life, current);
    return missing;
  }

  async #inTables(): Promise<number> {
    const to = Math.ceil((this.#clock.now() + MINUTE_MS) / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const rows = await this.#sql.query<{ minute: number; booked: number; stored: number }>(BOOKED_MINUTES, {
      from: (to - HOUR_MS) / 1_000,
      to: to / 1_000,
    });
    const apart = new Map<number, string>();
    let missing = 0;
    for (const { minute, booked, stored } of rows) {
      const sums = `${booked} ${stored}`;
      apart.set(minute, sums);
      if (this.#apart.get(minute) === sums) missing += booked - stored;
    }
    this.#apart = apart;
    return missing;
  }
}

/** Reports that a process took and that are neither durable, nor in its memory, nor counted as lost. */
export function inMemory(ingest: readonly IngestStatus[]): number {
  return ingest.reduce((sum, { counters: of }) => {
    const known = (of["entriesDurable"] ?? 0) + (of["entriesPending"] ?? 0) + (of["entriesLost"] ?? 0);
    return sum + (of["reports"] ?? 0) - known;
  }, 0);
}

function lifeOf({ part, epoch }: SpoolStatus): string {
  return splitBatchName(`${part}/${batchStem(epoch, 0)}`).life;
}
