/** Storage as the settings want it, joined by hand: an embedded ClickHouse, a server or a cluster, with its tables, the writer that
 *  empties the spool into it, and the audit of both. */
import { join, resolve } from "node:path";
import type { Config } from "./config/schema.ts";
import type { Clock, SqlReader } from "./model/ports.ts";
import type { Retention } from "./model/retention.ts";
import { Audit } from "./storage/audit.ts";
import { Cluster } from "./storage/cluster.ts";
import { type Connection, serverOf } from "./storage/connection.ts";
import { type Embedded, startEmbedded } from "./storage/embedded.ts";
import { Engine } from "./storage/engine.ts";
import { migrate } from "./storage/migrate.ts";
import { nodeId } from "./storage/node-id.ts";
import { explained } from "./storage/open-error.ts";
import { ShardWriters } from "./storage/shard-writers.ts";
import { SpoolReader } from "./storage/spool-reader.ts";
import { Writer, type WriterOptions } from "./storage/writer.ts";
import type { Logger } from "./telemetry/logger.ts";

export interface Storage {
  /** This node's own name, of its data directory. */
  readonly node: string;
  /** Answers questions; of a cluster, over all its shards. */
  readonly reader: SqlReader;
  /** Why answers lack rows; null when they do not. */
  readonly partial: () => string | null;
  readonly spool: SpoolReader;
  readonly writer: Writer | ShardWriters;
  readonly audit: Audit;
  /** The hosts that hold rows, one per shard: to alter, to measure and to clean up. The first one has the leases. */
  readonly engines: readonly Engine[];
  /** Of each of them, every host that holds the same rows, on a disk of its own. */
  readonly replicas: readonly (readonly Engine[])[];
  readonly embedded: Embedded | null;
  readonly close: () => Promise<void>;
}

/** What is the same wherever the rows go. */
interface Parts {
  readonly retention: Retention;
  readonly spool: SpoolReader;
  readonly writerOptions: WriterOptions;
  readonly clock: Clock;
}

/** @throws StorageError, ConfigError when a setting does not fit what is there */
export async function openStorage(config: Config, clock: Clock, log: Logger): Promise<Storage> {
  const dataDir = resolve(config["data.dir"]);
  const onProblem = (problem: string, detail: Record<string, unknown>): void => log.warn(detail, problem);
  const parts: Parts = {
    retention: retentionOf(config),
    spool: new SpoolReader(join(dataDir, "spool"), config["spool.refusedBatches"]),
    writerOptions: { node: nodeId(dataDir), keepMs: config["spool.keep"], maxBytes: config["spool.maxBytes"], onProblem },
    clock,
  };
  const server = serverOf(config);
  const cluster = config["storage.cluster"];
  if (server !== null && cluster !== null) return await openCluster(config, server, cluster, parts);
  const embedded = server === null ? await openEmbedded(config, dataDir, log) : null;
  return await openOne(config["storage.database"], server, embedded, parts);
}

/** Of a server, or of the embedded ClickHouse. */
async function openOne(
  database: string,
  server: Connection | null,
  embedded: Embedded | null,
  { retention, spool, writerOptions, clock }: Parts,
): Promise<Storage> {
  const options = { connection: server ?? (embedded as Embedded).connection, database };
  await migrate(options, retention, clock).catch((error: unknown) => {
    throw server === null ? error : explained(error, server);
  });
  const engine = new Engine(options);
  const writer = new Writer(engine, spool, writerOptions, clock);
  const partial = (): null => null;
  const settle = (): Promise<boolean> => writer.drain();
  return {
    node: writerOptions.node,
    reader: engine,
    partial,
    spool,
    writer,
    audit: new Audit(engine, { node: writerOptions.node, givenUp: spool.givenUp, settle, partial }, clock),
    engines: [engine],
    replicas: [[engine]],
    embedded,
    close: async () => {
      await engine.close();
      await embedded?.stop();
    },
  };
}

async function openCluster(
  config: Config,
  connection: Connection,
  name: string,
  { retention, spool, writerOptions, clock }: Parts,
): Promise<Storage> {
  const cluster = await Cluster.open(
    {
      connection,
      database: config["storage.database"],
      cluster: name,
      shardUrls: config["storage.shardUrls"],
      onCluster: config["storage.onCluster"],
      replicated: config["storage.replicated"],
      retention,
      onProblem: writerOptions.onProblem,
    },
    clock,
  );
  const engines = cluster.shards.map(({ engine }) => engine);
  const writer = new ShardWriters(engines, spool, writerOptions, clock);
  cluster.onShardReady = (shard) => writer.admit(shard);
  for (const shard of cluster.readyShards) writer.admit(shard);
  const { reader } = cluster;
  const partial = (): string | null => reader.partial;
  const settle = (): Promise<boolean> => writer.drain();
  return {
    node: writerOptions.node,
    reader,
    partial,
    spool,
    writer,
    audit: new Audit(reader, { node: writerOptions.node, givenUp: spool.givenUp, settle, partial }, clock),
    engines,
    replicas: cluster.shards.map((shard) => shard.replicas),
    embedded: null,
    close: () => cluster.close(),
  };
}

function openEmbedded(config: Config, dataDir: string, log: Logger): Promise<Embedded> {
  return startEmbedded({
    dir: join(dataDir, "clickhouse"),
    memoryBytes: config["storage.memoryBytes"],
    onRestart: (detail) => log.error(detail, "the embedded ClickHouse died and is being replaced"),
    onTokensWithdrawn: (tokens) => log.warn({ tokens }, "ClickHouse was killed amid an insert; it is made again from the spool"),
  });
}

export function retentionOf(config: Config): Retention {
  return {
    ttl: config["storage.ttl"],
    minuteDays: config["retention.minuteDays"],
    hourDays: config["retention.hourDays"],
    dayDays: config["retention.dayDays"],
    metadataDays: config["retention.metadataDays"],
    accessLogDays: config["retention.accessLogDays"],
    failedAccessLogDays: config["retention.failedAccessLogDays"],
  };
}
