/** Joins the disk guard to what it guards and to who wants to know: the log, /metrics, the setup page, the Storage page. */
import type { Config } from "./config/schema.ts";
import { StorageError } from "./model/errors.ts";
import type { Clock, DiskSpace, DroppedPartition, StorageReader, StorageShard } from "./model/ports.ts";
import { DiskGuard } from "./storage/disk-guard.ts";
import { directorySpace, serverSpace } from "./storage/disk-space.ts";
import type { Engine } from "./storage/engine.ts";
import { type Partition, plainName } from "./storage/partitions.ts";
import type { Logger } from "./telemetry/logger.ts";
import { StorageStats, type TableSize } from "./telemetry/storage-metrics.ts";

export class GuardedStorage implements StorageReader {
  readonly engine: StorageReader["engine"];
  readonly minFreeBytes: number;
  readonly stats: StorageStats;
  /** Set once there is a spool to tell of. */
  spool: StorageReader["spool"] = () => ({ bytesWaiting: 0, oldestWaitingSeconds: 0 });
  #shards: readonly StorageShard[] = [];
  #guards: readonly DiskGuard[] = [];
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(config: Config, clock: Clock, log: Logger) {
    this.engine = config["storage.url"] === null ? "embedded" : "server";
    this.minFreeBytes = config["storage.minFreeBytes"];
    this.stats = new StorageStats(this.minFreeBytes);
    this.#clock = clock;
    this.#log = log;
  }

  /** Begins to guard. `dir` is where the embedded ClickHouse writes; null: a server tells of its own disks. */
  start(engine: Engine, dir: string | null): void {
    const space = dir === null ? () => serverSpace(engine) : () => directorySpace(dir);
    this.#shards = [{ name: "", sql: engine, space }];
    this.#guards = [this.#guard(engine, "", space)];
    for (const guard of this.#guards) guard.start();
  }

  shards(): readonly StorageShard[] {
    if (this.#shards.length === 0) throw new StorageError("storage is not open yet", { retryable: true });
    return this.#shards;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#guards.map((guard) => guard.stop()));
  }

  #guard(engine: Engine, shard: string, space: () => Promise<DiskSpace>): DiskGuard {
    const options = {
      shard,
      minFreeBytes: this.minFreeBytes,
      space,
      isMine: async () => true,
      onLook: (seen: DiskSpace, partitions: readonly Partition[]) => {
        this.stats.space = seen;
        this.stats.tables = sizesOf(partitions);
      },
      onDrop: (dropped: DroppedPartition) => {
        this.stats.add(dropped);
        this.#log.warn(
          { ...dropped },
          "the disk of ClickHouse is short of space; its oldest and least valuable data was dropped",
        );
      },
      onProblem: (problem: string, detail: Record<string, unknown>) => this.#log.error(detail, problem),
    };
    return new DiskGuard(engine, options, this.#clock);
  }
}

function sizesOf(partitions: readonly Partition[]): TableSize[] {
  const groups = Map.groupBy(partitions, (one) => `${plainName(one)} ${one.kind}`);
  return [...groups.values()].map((group) => ({
    table: plainName(group[0] as Partition),
    kind: group[0]?.kind ?? "",
    rows: group.reduce((sum, { rows }) => sum + rows, 0),
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
  }));
}
