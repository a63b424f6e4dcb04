/** Composition root of the main process: spool -> ClickHouse -> GraphQL and dashboard. Reading it top to bottom is reading the
 *  architecture's second half; oap/ingest.ts is the first. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join, resolve } from "node:path";
import { HttpServer } from "../query/server.ts";
import { logBudgets } from "./access-logs.ts";
import { LogRates } from "./analysis/log-rates.ts";
import type { Config } from "./config/schema.ts";
import { StorageError } from "./model/errors.ts";
import type { IngestStatus } from "./model/ipc.ts";
import type { Clock, SetupReader, SqlReader } from "./model/ports.ts";
import { SharedEndpoints } from "./shared-endpoints.ts";
import { runChild } from "./start/child.ts";
import { type Embedded, startEmbedded } from "./storage/embedded.ts";
import { Engine } from "./storage/engine.ts";
import { migrate } from "./storage/migrate.ts";
import { SpoolReader } from "./storage/spool-reader.ts";
import { Writer } from "./storage/writer.ts";
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
  /** How much of the access log all ingest processes of this node keep. */
  readonly logRates: LogRates;
  /** Questions to ClickHouse. */
  readonly sql: SqlReader = { query: (sql, params) => this.#engine().query(sql, params) };
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
    this.logRates = new LogRates(logBudgets(config));
    const setup: SetupReader = {
      listeners: async () => this.listeners,
      proxies: async () => mergeProxies(this.ingest),
      problems: async () => problemsOf(this.ingest, this.#storage?.writer.stats ?? null),
    };
    this.http = new HttpServer({
      sql: this.sql,
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
    this.endpoints.follow(this.#storage.engine);
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
    const { writer, engine, embedded } = this.#storage;
    if (!(await writer.stop(LAST_INSERTS_MS))) this.#log.warn("some batches stay in the spool; the next start inserts them");
    await engine.close();
    await embedded?.stop();
  }

  #engine(): Engine {
    if (this.#storage === null) throw new StorageError("storage is not open yet", { retryable: true });
    return this.#storage.engine;
  }
}

interface Storage {
  readonly embedded: Embedded | null;
  readonly engine: Engine;
  readonly writer: Writer;
}

async function openStorage(config: Config, clock: Clock, log: Logger): Promise<Storage> {
  const dataDir = resolve(config["data.dir"]);
  const embedded = config["storage.url"] === null ? await openEmbedded(config, dataDir, log) : null;
  const connection = embedded?.connection ?? {
    url: config["storage.url"] as string,
    username: config["storage.username"],
    password: config["storage.password"],
  };
  const options = { connection, database: config["storage.database"] };
  const days = {
    minuteDays: config["retention.minuteDays"],
    hourDays: config["retention.hourDays"],
    dayDays: config["retention.dayDays"],
  };
  await migrate(options, { ttl: config["storage.ttl"], ...days, metadataDays: config["retention.metadataDays"] }, clock);
  const engine = new Engine(options);
  const onProblem = (problem: string, detail: Record<string, unknown>): void => log.warn(detail, problem);
  const writerOptions = { node: nodeId(dataDir), keepMs: config["spool.keep"], maxBytes: config["spool.maxBytes"], onProblem };
  const writer = new Writer(engine, new SpoolReader(join(dataDir, "spool")), writerOptions, clock);
  return { embedded, engine, writer };
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

const CLOSE_AFTER_INTERVAL_MS = 2_000;
const LOG_RATES_INTERVAL_MS = 1_000;

if (import.meta.main) {
  runChild<Config>(async (config, _, tell) => {
    const main = new Main(config, { now: () => Date.now() }, createLogger("main", config["log.level"]));
    tell({ type: "accepting" });
    const opened = main.open().then(
      () => tell({ type: "ready" }),
      (error: Error) => tell({ type: "failed", message: error.message, exitCode: 1 }),
    );
    const timer = setInterval(() => tell({ type: "closeAfter", ms: main.closeAfterMs }), CLOSE_AFTER_INTERVAL_MS);
    const ratesTimer = setInterval(() => {
      for (const [to, rates] of main.logRates.next(Date.now())) tell({ type: "logRates", to, rates });
    }, LOG_RATES_INTERVAL_MS);
    return {
      accept: (socket: Socket) => main.http.accept(socket),
      received: (message) => {
        if (message.type === "questions") {
          tell({ type: "answers", to: message.from, answers: main.endpoints.answer(message.questions) });
        } else if (message.type === "logDemand") {
          main.logRates.tell(message.from, message.demand, Date.now());
        } else if (message.type === "setup") {
          main.ingest = message.ingest;
          main.listeners = message.listeners;
        }
      },
      stop: async () => {
        clearInterval(timer);
        clearInterval(ratesTimer);
        await opened;
        await main.stop();
      },
    };
  });
}
