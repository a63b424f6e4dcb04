/** Joins the disk guard to what it guards and to who wants to know: the log, /metrics, the setup page, the Storage page. */
import { resolve } from "node:path";
import type { Config } from "./config/schema.ts";
import { StorageError } from "./model/errors.ts";
import type { Clock, DiskSpace, DroppedPartition, StorageReader, StorageShard } from "./model/ports.ts";
import type { Storage } from "./open-storage.ts";
import { DiskGuard } from "./storage/disk-guard.ts";
import { directorySpace, leastSpace } from "./storage/disk-space.ts";
import type { Engine } from "./storage/engine.ts";
import { Lease } from "./storage/lease.ts";
import { type Partition, plainName } from "./storage/partitions.ts";
import type { Logger } from "./telemetry/logger.ts";
import { StorageStats, type TableSize } from "./telemetry/storage-metrics.ts";

const LEASE = "disk-guard";
/** A guard looks once a minute: it goes on holding from one look to the next. */
const LEASE_TIMES = { termMs: 150_000, renewAfterMs: 45_000 };

export class GuardedStorage implements StorageReader {
  readonly engine: StorageReader["engine"];
  readonly minFreeBytes: number;
  readonly stats: StorageStats;
  /** Set once there is a spool to tell of. */
  spool: StorageReader["spool"] = () => ({ bytesWaiting: 0, oldestWaitingSeconds: 0 });
  #shards: readonly StorageShard[] = [];
  #guards: readonly DiskGuard[] = [];
  /** What each guard saw last, by the shard's name. */
  readonly #seen = new Map<string, { readonly space: DiskSpace; readonly partitions: readonly Partition[] }>();
  readonly #dataDir: string;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(config: Config, clock: Clock, log: Logger) {
    this.engine = config["storage.url"] === null ? "embedded" : config["storage.cluster"] === null ? "server" : "cluster";
    this.#dataDir = resolve(config["data.dir"]);
    this.minFreeBytes = config["storage.minFreeBytes"];
    this.stats = new StorageStats(this.minFreeBytes);
    this.#clock = clock;
    this.#log = log;
  }

  /** Begins to guard every ClickHouse that holds rows. The embedded one is this process's own; of the others, which tell of their own
   *  disks, whoever holds the lease is the guard. */
  start({ engines, replicas, embedded, writer, node }: Storage): void {
    this.spool = () => writer.stats;
    const [first] = engines;
    const lease =
      embedded !== null || first === undefined ? null : new Lease(first, { name: LEASE, holder: node, ...LEASE_TIMES });
    this.#shards = engines.map((sql, shard) => ({
      name: engines.length === 1 ? "" : String(shard + 1),
      sql,
      space: embedded === null ? () => leastSpace(replicas[shard] ?? []) : () => directorySpace(this.#dataDir),
    }));
    this.#guards = engines.map((engine, shard) => this.#guard(engine, this.#shards[shard] as StorageShard, lease));
    for (const guard of this.#guards) guard.start();
  }

  shards(): readonly StorageShard[] {
    if (this.#shards.length === 0) throw new StorageError("storage is not open yet", { retryable: true });
    return this.#shards;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#guards.map((guard) => guard.stop()));
  }

  #guard(engine: Engine, { name, space }: StorageShard, lease: Lease | null): DiskGuard {
    const options = {
      shard: name,
      minFreeBytes: this.minFreeBytes,
      space,
      isMine: async () => lease === null || (await lease.take()),
      onLook: (seen: DiskSpace, partitions: readonly Partition[]) => {
        this.#seen.set(name, { space: seen, partitions });
        const all = [...this.#seen.values()];
        this.stats.space = all.reduce((least, one) => (one.space.freeBytes < least.space.freeBytes ? one : least)).space;
        this.stats.tables = sizesOf(all.flatMap((one) => one.partitions));
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
