/** Composition root of the main process: spool -> ClickHouse -> GraphQL and dashboard. Reading it top to bottom is reading the
 *  architecture's second half; oap/ingest.ts is the first. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join, resolve } from "node:path";
import { HttpServer } from "../query/server.ts";
import type { Config } from "./config/schema.ts";
import { ConfigError, StorageError } from "./model/errors.ts";
import type { IngestStatus } from "./model/ipc.ts";
import type { Clock, SetupReader, SqlReader } from "./model/ports.ts";
import { SharedEndpoints } from "./shared-endpoints.ts";
import { runChild } from "./start/child.ts";
import { Cluster } from "./storage/cluster.ts";
import { type Connection, serverOf } from "./storage/connection.ts";
import { type Embedded, startEmbedded } from "./storage/embedded.ts";
import { Engine } from "./storage/engine.ts";
import { migrate, type RetentionOptions } from "./storage/migrate.ts";
import { explained } from "./storage/open-error.ts";
import { ShardWriters } from "./storage/shard-writers.ts";
import { SpoolReader } from "./storage/spool-reader.ts";
import { Writer, type WriterOptions } from "./storage/writer.ts";
import { createLogger, type Logger } from "./telemetry/logger.ts";
import { problemsOf } from "./telemetry/problems.ts";
import { HealthMonitor } from "./telemetry/process-health.ts";
import { exposition } from "./telemetry/self-metrics.ts";
import { type Listener, mergeProxies } from "./telemetry/setup.ts";

/** How long a stop may go on inserting; what is left then is replayed by the next start. */
const LAST_INSERTS_MS = 5_000;

export class Main {
  readonly http: HttpServer;
  /** What the ingest processes told last, and what is listened on: set by whoever runs them. */
  ingest: readonly IngestStatus[] = [];
  listeners: readonly Listener[] = [];
  /** Names of endpoints, for all ingest processes of this node. */
  readonly endpoints: SharedEndpoints;
  #storage: Storage | null = null;
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #health = new HealthMonitor();

  constructor(config: Config, clock: Clock, log: Logger) {
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    this.endpoints = new SharedEndpoints(config, clock, log);
    const setup: SetupReader = {
      listeners: async () => this.listeners,
      proxies: async () => mergeProxies(this.ingest),
      problems: async () => problemsOf(this.ingest, this.#storage?.writer.stats ?? null),
    };
    this.http = new HttpServer({
      sql: { query: (sql, params) => this.#reader().query(sql, params) },
      partial: () => this.#storage?.partial() ?? null,
      clock,
      setup,
      isReady: () => this.#storage !== null,
      retention: {
        minuteDays: config["retention.minuteDays"],
        hourDays: config["retention.hourDays"],
        dayDays: config["retention.dayDays"],
      },
      metrics: () => exposition(this.ingest, this.#storage?.writer.stats ?? null, this.#health.sample()),
      onError: (message, detail) => log.warn(detail, message),
    });
  }

  /** Opens storage and begins to insert. @throws StorageError */
  async open(): Promise<void> {
    this.#storage = await openStorage(this.#config, this.#clock, this.#log);
    this.#storage.writer.start();
    this.endpoints.follow(this.#storage.reader);
  }

  /** How long ingest processes should keep a batch open. */
  get closeAfterMs(): number {
    return this.#storage?.writer.closeAfterMs ?? 0;
  }

  /** Inserts everything that is closed. @returns false when something was left. */
  async drain(): Promise<boolean> {
    return (await this.#storage?.writer.drain()) ?? false;
  }

  async stop(): Promise<void> {
    await this.http.stop();
    this.#health.stop();
    await this.endpoints.stop();
    if (this.#storage === null) return;
    const { writer, close } = this.#storage;
    if (!(await writer.stop(LAST_INSERTS_MS))) this.#log.warn("some batches stay in the spool; the next start inserts them");
    await close();
  }

  #reader(): SqlReader {
    if (this.#storage === null) throw new StorageError("storage is not open yet", { retryable: true });
    return this.#storage.reader;
  }
}

interface Storage {
  /** Answers questions; of a cluster, over all its shards. */
  readonly reader: SqlReader;
  /** Why answers lack rows; null when they do not. */
  readonly partial: () => string | null;
  readonly writer: Writer | ShardWriters;
  /** The hosts that hold rows, one per shard: to alter, to measure and to clean up. The first one has the leases. */
  readonly engines: readonly Engine[];
  readonly close: () => Promise<void>;
}

async function openStorage(config: Config, clock: Clock, log: Logger): Promise<Storage> {
  const dataDir = resolve(config["data.dir"]);
  const server = serverOf(config);
  const retention: RetentionOptions = {
    ttl: config["storage.ttl"],
    minuteDays: config["retention.minuteDays"],
    hourDays: config["retention.hourDays"],
    dayDays: config["retention.dayDays"],
    metadataDays: config["retention.metadataDays"],
  };
  const onProblem = (problem: string, detail: Record<string, unknown>): void => log.warn(detail, problem);
  const writerOptions = { node: nodeId(dataDir), keepMs: config["spool.keep"], maxBytes: config["spool.maxBytes"], onProblem };
  const spool = new SpoolReader(join(dataDir, "spool"));
  const cluster = config["storage.cluster"];
  if (server !== null && cluster !== null)
    return await openCluster(config, server, cluster, retention, spool, writerOptions, clock);
  const embedded = server === null ? await openEmbedded(config, dataDir, log) : null;
  const connection = server ?? (embedded as Embedded).connection;
  const options = { connection, database: config["storage.database"] };
  await migrate(options, retention, clock).catch((error: unknown) => {
    throw server === null ? error : explained(error, server);
  });
  const engine = new Engine(options);
  const writer = new Writer(engine, spool, writerOptions, clock);
  return {
    reader: engine,
    partial: () => null,
    writer,
    engines: [engine],
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
  retention: RetentionOptions,
  spool: SpoolReader,
  writerOptions: WriterOptions,
  clock: Clock,
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
  return {
    reader: cluster.reader,
    partial: () => cluster.reader.partial,
    writer,
    engines,
    close: () => cluster.close(),
  };
}

function openEmbedded(config: Config, dataDir: string, log: Logger): Promise<Embedded> {
  return startEmbedded({
    dir: join(dataDir, "clickhouse"),
    maxMemoryBytes: config["storage.maxMemoryBytes"],
    onRestart: (detail) => log.error(detail, "the embedded ClickHouse died and is being replaced"),
  });
}

/** The data directory's own name, made once: it begins every deduplication token. */
function nodeId(dataDir: string): string {
  const path = join(dataDir, "node-id");
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, randomUUID(), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(path, "utf8").trim();
}

const EXIT_CONFIG = 78;

function failureOf(error: Error): { message: string; exitCode: number } {
  return error instanceof ConfigError
    ? { message: `bad setting: ${error.message}`, exitCode: EXIT_CONFIG }
    : { message: error.message, exitCode: 1 };
}

const CLOSE_AFTER_INTERVAL_MS = 2_000;

if (import.meta.main) {
  runChild<Config>(async (config, _, tell) => {
    const main = new Main(config, { now: () => Date.now() }, createLogger("main", config["log.level"]));
    tell({ type: "accepting" });
    const opened = main.open().then(
      () => tell({ type: "ready" }),
      (error: Error) => tell({ type: "failed", ...failureOf(error) }),
    );
    const timer = setInterval(() => tell({ type: "closeAfter", ms: main.closeAfterMs }), CLOSE_AFTER_INTERVAL_MS);
    return {
      accept: (socket: Socket) => main.http.accept(socket),
      received: (message) => {
        if (message.type === "questions") {
          tell({ type: "answers", to: message.from, answers: main.endpoints.answer(message.questions) });
        } else if (message.type === "setup") {
          main.ingest = message.ingest;
          main.listeners = message.listeners;
        }
      },
      stop: async () => {
        clearInterval(timer);
        await opened;
        await main.stop();
      },
    };
  });
}
