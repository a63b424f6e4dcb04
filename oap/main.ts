/** Composition root of the main process: spool -> ClickHouse -> GraphQL and dashboard. Reading it top to bottom is reading the
 *  architecture's second half; oap/ingest.ts is the first. */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { accessOf } from "../query/access/access.ts";
import { HttpServer } from "../query/server.ts";
import { logBudgets } from "./access-logs.ts";
import { LogRates } from "./analysis/log-rates.ts";
import { effectiveSettings } from "./config/effective.ts";
import type { Config } from "./config/schema.ts";
import { GuardedStorage } from "./guarded-storage.ts";
import { ConfigError, StorageError } from "./model/errors.ts";
import type { IngestStatus, SupervisorStatus } from "./model/ipc.ts";
import type { Clock, SetupReader, SqlReader } from "./model/ports.ts";
import { openStorage, retentionOf, type Storage } from "./open-storage.ts";
import { SharedEndpoints } from "./shared-endpoints.ts";
import { runChild } from "./start/child.ts";
import { inMemory } from "./storage/audit.ts";
import { AuditPace } from "./storage/audit-pace.ts";
import type { Engine } from "./storage/engine.ts";
import { BoundLog } from "./telemetry/bound-log.ts";
import { Heartbeat } from "./telemetry/heartbeat.ts";
import { createLogger, type Logger } from "./telemetry/logger.ts";
import { otherProcess } from "./telemetry/other-process.ts";
import { problemsOf } from "./telemetry/problems.ts";
import { HealthMonitor } from "./telemetry/process-health.ts";
import { Readiness } from "./telemetry/readiness.ts";
import { exposition, type OtherProcess, type SelfStatus } from "./telemetry/self-metrics.ts";
import { serverStatus } from "./telemetry/server-status.ts";
import { type Listener, mergeProxies } from "./telemetry/setup.ts";
import { type PortTls, tlsOf } from "./tls/port.ts";

/** How long a stop may go on inserting; what is left then is replayed by the next start. */
const LAST_INSERTS_MS = 5_000;
const LAST_QUESTIONS_MS = 500;

export class Main {
  readonly http: HttpServer;
  /** What is listened on: set by whoever runs this. */
  listeners: readonly Listener[] = [];
  supervisor: SupervisorStatus | null = null;
  /** Names of endpoints, for all ingest processes of this node. */
  readonly endpoints: SharedEndpoints;
  readonly #guarded: GuardedStorage;
  /** How much of the access log all ingest processes of this node keep. */
  readonly logRates: LogRates;
  /** Questions to ClickHouse. */
  readonly sql: SqlReader = {
    query: async <Row>(sql: string, params: Readonly<Record<string, unknown>>) => {
      const rows = await this.#reader().query<Row>(sql, params);
      this.#readiness.well("clickhouse"); // its own question may wait for a connection while others are answered
      return rows;
    },
  };
  #storage: Storage | null = null;
  #ingest: readonly IngestStatus[] = [];
  readonly #readiness = new Readiness();
  #clickhouse: Heartbeat | null = null;
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #health = new HealthMonitor();
  readonly #bounds: BoundLog;
  readonly #tls: PortTls | null;
  readonly #auditPace = new AuditPace();
  #auditTimer: NodeJS.Timeout | null = null;
  #auditing: Promise<void> | null = null;

  constructor(config: Config, clock: Clock, log: Logger) {
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    this.#bounds = new BoundLog(log);
    this.endpoints = new SharedEndpoints(config, clock, log);
    this.#guarded = new GuardedStorage(config, clock, log);
    this.logRates = new LogRates(logBudgets(config));
    const setup: SetupReader = {
      listeners: async () => this.listeners,
      proxies: async () => mergeProxies(this.ingest),
      server: async () => serverStatus(this.#self()),
      problems: async () => problemsOf(this.#self(), clock.now()),
    };
    this.#tls = tlsOf(config, "http", log);
    this.http = new HttpServer({
      sql: this.sql,
      partial: () => this.#storage?.partial() ?? null,
      clock,
      setup,
      node: {
        name: () => this.#storage?.node ?? null,
        lacks: () => this.#readiness.lacks(),
        settings: () => effectiveSettings(config),
      },
      retention: retentionOf(config),
      storage: this.#guarded,
      limits: {
        bodyMaxBytes: config["query.maxBodyBytes"],
        tokensMax: config["query.maxTokens"],
        fieldsMax: config["query.maxFields"],
        aliasesMax: config["query.maxAliases"],
        depthMax: config["query.maxDepth"],
        valuesMax: config["query.maxValues"],
      },
      access: accessOf(config),
      tls: this.#tls?.make,
      connectionsMax: config["http.maxConnections"],
      publicUrl: config["http.publicUrl"],
      metrics: () => exposition(this.#self()),
      onError: (message, detail) => log.warn(detail, message),
    });
  }

  /** What the ingest processes told last, every second: set by whoever runs them. */
  get ingest(): readonly IngestStatus[] {
    return this.#ingest;
  }

  set ingest(told: readonly IngestStatus[]) {
    this.#ingest = told;
    if (told.length > 0) this.#readiness.well("ingest");
  }

  /** Opens storage and begins to insert. @throws StorageError */
  async open(): Promise<void> {
    this.#storage = await openStorage(this.#config, this.#clock, this.#log);
    const { reader, writer, embedded, engines } = this.#storage;
    this.#readiness.well("storage");
    this.#readiness.well("clickhouse");
    const answered = () => Promise.any(engines.map(answering)); // one of a cluster will do: answers say what they lack
    this.#clickhouse = new Heartbeat(answered, () => this.#readiness.well("clickhouse"));
    writer.start();
    this.#guarded.start(this.#storage);
    this.endpoints.follow(reader, embedded === null);
    this.#auditTimer = setInterval(() => void this.audit(), this.#config["audit.interval"]);
  }

  /** Says which bounds were hit, and compares what came in with what is stored when that is due. One comparison at a time. */
  audit(): Promise<void> {
    this.#bounds.check(this.#counters(), this.#clock.now());
    this.#auditing ??= this.#compare().finally(() => {
      this.#auditing = null;
    });
    return this.#auditing;
  }

  async #compare(): Promise<void> {
    const audit = this.#storage?.audit;
    if (audit === undefined || !this.#auditPace.isDue(this.ingest, audit.isSettled)) return;
    await audit.check(this.ingest).catch((error: Error) => {
      this.#log.warn({ error: error.message }, "what is stored could not be compared with what came in");
    });
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
    this.#tls?.stop();
    this.#health.stop();
    this.#clickhouse?.stop();
    if (this.#auditTimer !== null) clearInterval(this.#auditTimer);
    // What asks ClickHouse may hang on it: the last inserts come first.
    const quiet = Promise.all([this.#auditing, this.endpoints.stop(), this.#guarded.stop()]);
    await Promise.race([quiet, sleep(LAST_QUESTIONS_MS, undefined, { ref: false })]);
    if (this.#storage === null) return;
    const { writer, close } = this.#storage;
    if (!(await writer.stop(LAST_INSERTS_MS))) this.#log.warn("some batches stay in the spool; the next start inserts them");
    await close();
  }

  #self(): SelfStatus {
    const storage = this.#storage;
    const clickhouse: OtherProcess = {
      process: "clickhouse",
      health: otherProcess(storage?.embedded?.pid ?? null),
      counters: { restarts: storage?.embedded?.restarts ?? 0, tokensWithdrawn: storage?.embedded?.tokensWithdrawn ?? 0 },
    };
    return {
      ingest: this.ingest,
      writer: storage?.writer.stats ?? null,
      others: [
        { process: "main", health: this.#health.sample(), counters: this.#counters() },
        ...(storage?.embedded == null ? [] : [clickhouse]),
        ...(this.supervisor === null ? [] : [{ process: "supervisor", ...this.supervisor }]),
      ],
      audit: storage?.audit ?? { difference: inMemory(this.ingest), comparedAtMs: null, differentSinceMs: null },
      storage: this.#guarded.stats,
    };
  }

  /** Bounds that were hit in this process. */
  #counters(): Record<string, number> {
    const { names, positions } = this.endpoints.overflowed;
    const { bodies, tokens, fields, aliases, depth, values } = this.http.refused;
    return {
      registerNamesOverflowed: names,
      registerPositionsOverflowed: positions,
      batchesDropped: this.#storage?.writer.stats.batchesDropped ?? 0,
      logRowsDropped: this.#storage?.writer.stats.logRowsDropped ?? 0,
      refusedForgotten: this.#storage?.spool.refusedForgotten ?? 0,
      httpConnectionsRefused: this.http.connectionsRefused,
      bodiesRefused: bodies,
      tokensRefused: tokens,
      fieldsRefused: fields,
      aliasesRefused: aliases,
      depthRefused: depth,
      valuesRefused: values,
      loginsFailed: this.http.gate.logins.failed,
      loginsRefused: this.http.gate.logins.refused,
      requestsForeign: this.http.gate.foreign,
      ...this.#tls?.counters(),
    };
  }

  #reader(): SqlReader {
    if (this.#storage === null) throw new StorageError("storage is not open yet", { retryable: true });
    return this.#storage.reader;
  }
}

/** @throws StorageError when it does not answer */
async function answering(engine: Engine): Promise<void> {
  if (!(await engine.ping())) throw new StorageError("ClickHouse does not answer", { retryable: true });
}

const EXIT_CONFIG = 78;

function failureOf(error: Error): { message: string; exitCode: number } {
  return error instanceof ConfigError
    ? { message: `bad setting: ${error.message}`, exitCode: EXIT_CONFIG }
    : { message: error.message, exitCode: 1 };
}

const CLOSE_AFTER_INTERVAL_MS = 2_000;
const LOG_RATES_INTERVAL_MS = 1_000;

if (import.meta.main) {
  runChild<Config>(async (config, _, tell) => {
    const main = new Main(config, { now: () => Date.now() }, createLogger("main", config["log.level"]));
    tell({ type: "accepting" });
    const opened = main.open().then(
      () => tell({ type: "ready" }),
      (error: Error) => tell({ type: "failed", ...failureOf(error) }),
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
          main.supervisor = message.supervisor;
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
