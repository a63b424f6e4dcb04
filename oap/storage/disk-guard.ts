/** Keeps room on the disk of ClickHouse: below `storage.minFreeBytes` the oldest of the least valuable data goes, is counted, is said in
 *  the log, and is written down in storage_event. One guard for each ClickHouse that keeps rows of its own. Decision 0019. */
import type { Clock, DiskSpace, DroppedPartition } from "../model/ports.ts";
import type { Engine } from "./engine.ts";
import { expendable, type Partition, plainName, readPartitions } from "./partitions.ts";

export interface DiskGuardOptions {
  /** Which ClickHouse of several; "" where there is one. */
  readonly shard: string;
  /** 0: nothing is ever dropped. */
  readonly minFreeBytes: number;
  readonly space: () => Promise<DiskSpace>;
  /** Whether this process is the one that guards, asked before each drop: where several share a ClickHouse, the holder of a lease. */
  readonly isMine: () => Promise<boolean>;
  readonly onLook: (space: DiskSpace, partitions: readonly Partition[]) => void;
  readonly onDrop: (dropped: DroppedPartition) => void;
  /** Told of what an operator should know, once until it is over. */
  readonly onProblem: (problem: string, detail: Record<string, unknown>) => void;
}

const INTERVAL_MS = 60_000;
/** What lasts goes only when less than this share of the space to be kept free is left: inserts are about to fail then. */
const URGENT_SHARE = 0.25;
/** Partitions over 50 GB are refused otherwise. */
const DROP = "ALTER TABLE {table:Identifier} DROP PARTITION ID {id:String} SETTINGS max_partition_size_to_drop = 0";
const NOTE = `INSERT INTO {events:Identifier} (time, shard, table, kind, partition, rows, bytes, oldest, newest, free_bytes)
  SETTINGS async_insert = 0, insert_deduplication_token = {token:String}
  SELECT toDateTime({time:UInt32}, 'UTC'), {shard:String}, {table:String}, {kind:String}, {id:String}, {rows:UInt64}, {bytes:UInt64},
    toDateTime({oldest:UInt32}, 'UTC'), toDateTime({newest:UInt32}, 'UTC'), {freeBytes:UInt64}`;

export class DiskGuard {
  readonly #engine: Pick<Engine, "query" | "command" | "local">;
  readonly #options: DiskGuardOptions;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #checking: Promise<void> = Promise.resolve();
  #stopped = false;
  #said = "";

  constructor(engine: Pick<Engine, "query" | "command" | "local">, options: DiskGuardOptions, clock: Clock) {
    this.#engine = engine;
    this.#options = options;
    this.#clock = clock;
  }

  /** Checks now, and a minute after each check. */
  start(): void {
    const again = async (): Promise<void> => {
      await this.check().catch((error: Error) => this.#say("the disk could not be guarded", { error: error.message }));
      if (!this.#stopped) this.#timer = setTimeout(next, INTERVAL_MS);
    };
    const next = (): void => {
      this.#checking = again();
    };
    next();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#checking;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Drops access logs until there is room, and of metrics one partition: should somebody else have filled the disk, a minute is time
   *  to notice. @throws StorageError */
  async check(): Promise<void> {
    const { minFreeBytes, isMine, onLook } = this.#options;
    const space = await this.#options.space();
    const partitions = await readPartitions(this.#engine);
    onLook(space, partitions);
    if (space.freeBytes >= minFreeBytes || minFreeBytes === 0) this.#said = "";
    else if (await isMine()) await this.#makeRoom(space.freeBytes, partitions);
  }

  async #makeRoom(freeBytes: number, partitions: readonly Partition[]): Promise<void> {
    const { minFreeBytes } = this.#options;
    const candidates = expendable(partitions).filter(({ cost }) => cost !== "lasting" || freeBytes < minFreeBytes * URGENT_SHARE);
    if (candidates.length === 0) {
      this.#say("the disk of ClickHouse is short of space, and there is nothing left that may be dropped", {
        freeBytes,
        minFreeBytes,
      });
      return;
    }
    let missing = minFreeBytes - freeBytes;
    for (const one of candidates) {
      if (!(await this.#options.isMine())) return;
      await this.#drop(one, freeBytes);
      missing -= one.bytes;
      if (missing <= 0 || one.cost !== "logs") break;
    }
  }

  async #drop(partition: Partition, freeBytes: number): Promise<void> {
    const { table, id, kind, rows, bytes, oldest, newest } = partition;
    await this.#engine.command(DROP, { table, id });
    const atMs = this.#clock.now();
    const time = Math.floor(atMs / 1_000);
    const { shard } = this.#options;
    const name = plainName(partition);
    this.#options.onDrop({
      atMs,
      shard,
      table: name,
      kind,
      partition: id,
      rows,
      bytes,
      oldestMs: oldest * 1_000,
      newestMs: newest * 1_000,
    });
    const token = `${shard}/${table}/${id}/${time}`;
    const events = this.#engine.local("storage_event");
    await this.#engine.command(NOTE, {
      events,
      token,
      time,
      shard,
      table: name,
      kind,
      id,
      rows,
      bytes,
      oldest,
      newest,
      freeBytes,
    });
  }

  #say(problem: string, detail: Record<string, unknown>): void {
    if (this.#said === problem) return;
    this.#said = problem;
    this.#options.onProblem(problem, detail);
  }
}
