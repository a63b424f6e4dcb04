/** Composition root of an ingest process: proxies' streams -> receivers -> analysis -> spool. */
import type { Socket } from "node:net";
import { join, resolve } from "node:path";
import { Peers } from "../receivers/envoy-als/peer.ts";
import { EnvoyAls } from "../receivers/envoy-als/service.ts";
import { StreamBytes } from "../receivers/envoy-als/stream-bytes.ts";
import { WorkloadNaming } from "../receivers/envoy-als/workload.ts";
import { GrpcServer } from "../receivers/grpc-server.ts";
import { Proxies } from "../receivers/proxies.ts";
import { ReceiverCounters } from "../receivers/receiver.ts";
import { SkyWalkingMesh } from "../receivers/skywalking-mesh/service.ts";
import { AccessLogs, keptLogsOptions, LOG_TICK_MS } from "./access-logs.ts";
import { Pipeline } from "./analysis/pipeline.ts";
import type { Config } from "./config/schema.ts";
import { ConfigError, SpoolError } from "./model/errors.ts";
import type { EndpointAnswer, EndpointQuestion, IngestStatus, ToChild } from "./model/ipc.ts";
import type { BatchSink, Clock } from "./model/ports.ts";
import { endpointLimits } from "./shared-endpoints.ts";
import { runChild } from "./start/child.ts";
import { SpoolWriter } from "./storage/spool-writer.ts";
import { BoundLog } from "./telemetry/bound-log.ts";
import { Durations } from "./telemetry/durations.ts";
import { createLogger, type Logger } from "./telemetry/logger.ts";
import { HealthMonitor } from "./telemetry/process-health.ts";
import { type PortTls, tlsOf } from "./tls/port.ts";

export async function startIngest(config: Config, index: number, clock: Clock, log: Logger): Promise<Ingest> {
  const spool = await SpoolWriter.open({ dir: join(resolve(config["data.dir"]), "spool"), part: `ingest-${index}` }, clock);
  return new Ingest(config, clock, log, spool);
}

/** New names of one moment are one question. */
const ASK_DELAY_MS = 5;
/** How long a hand-over waits for names: main is a few milliseconds away, or it is being replaced. */
const ANSWERS_WITHIN_MS = 100;

export class Ingest {
  /** Asks the node's register of endpoint names; whoever runs this process passes the answers to `learn`. */
  ask: ((questions: readonly EndpointQuestion[]) => void) | null = null;
  readonly counters = new ReceiverCounters();
  readonly pipeline: Pipeline;
  /** Null when none are kept. */
  readonly logs: AccessLogs | null;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #spool: SpoolWriter;
  readonly #proxies: Proxies;
  readonly #peers: Peers;
  readonly #streamBytes: StreamBytes;
  readonly #grpc: GrpcServer;
  readonly #timer: NodeJS.Timeout;
  readonly #logTimer: NodeJS.Timeout;
  readonly #health = new HealthMonitor();
  readonly #bounds: BoundLog;
  readonly #tls: PortTls | null;
  /** Entries of hand-overs that did not even reach the spool. */
  #lost = 0;
  #early = 0;
  readonly #flushes = new Durations();
  #askTimer: NodeJS.Timeout | null = null;
  #onAnswers: () => void = () => {};

  constructor(config: Config, clock: Clock, log: Logger, spool: SpoolWriter) {
    this.#clock = clock;
    this.#log = log;
    this.#spool = spool;
    this.#bounds = new BoundLog(log);
    this.#proxies = new Proxies(clock, config["proxies.max"]);
    this.#streamBytes = new StreamBytes(config["periodicStreams.max"]);
    this.pipeline = new Pipeline(
      {
        maxAgeMs: config["analysis.maxAge"],
        apdexThresholdMs: config["analysis.apdexThreshold"],
        servicesMax: config["services.max"],
        instancesMax: config["instances.max"],
        attributesMax: config["instances.attributes"],
        paths: { entriesMax: config["paths.max"], bytesMax: config["paths.maxBytes"] },
        slotsDue: config["flush.maxSlots"],
        latenciesDue: config["flush.maxLatencies"],
        pairsPerInstance: config["instanceRelations.perInstance"],
        endpoints: endpointLimits(config),
        failuresPerMinute: config["failures.perMinute"],
        detailsMax: config["failures.codeDetails"],
        accessLog: keptLogsOptions(config),
      },
      spool,
    );
    const naming = this.#naming(config);
    this.#peers = new Peers(naming, {
      max: config["peers.max"],
      maxBytes: config["peers.maxBytes"],
      peerMaxBytes: config["peers.peerMaxBytes"],
    });
    this.logs = this.pipeline.logs === null ? null : new AccessLogs(config, this.pipeline.logs, naming, this.#peers);
    const sink: BatchSink = {
      add: (batch) => {
        this.pipeline.add(batch);
        if (this.pipeline.endpointNames.hasQuestions) this.#askSoon();
        if (this.pipeline.handOverDue) this.#handOverEarly();
      },
    };
    const shared = { naming, proxies: this.#proxies, counters: this.counters, sink, clock };
    const logs = this.logs?.entryLogs ?? null;
    const als = new EnvoyAls({ ...shared, peers: this.#peers, streamBytes: this.#streamBytes, logs });
    this.#tls = tlsOf(config, "grpc", log);
    this.#grpc = new GrpcServer(
      {
        maxMessageBytes: config["grpc.maxMessageBytes"],
        streamMaxAgeMs: config["grpc.streamMaxAge"],
        memoryMaxBytes: config["memory.maxBytes"],
        streamsMax: config["grpc.streamsMax"],
        tls: this.#tls?.make,
        onRefused: (reason) => this.counters.refuse(`stream_${reason}`),
      },
      [als, new SkyWalkingMesh(shared)],
    );
    this.#timer = setInterval(() => void this.#flush(), config["flush.interval"]);
    this.#logTimer = setInterval(() => this.logs?.tick(clock.now()), LOG_TICK_MS);
  }

  accept(socket: Socket): void {
    this.#grpc.accept(socket);
  }

  listen(host: string, port: number): Promise<number> {
    return this.#grpc.listen(host, port);
  }

  closeAfter(ms: number): void {
    this.#spool.closeAfter(ms);
  }

  learn(answers: readonly EndpointAnswer[]): void {
    this.pipeline.endpointNames.learn(answers);
    if (this.pipeline.endpointNames.unanswered === 0) this.#onAnswers();
  }

  /** Hands over what changed since the last time. */
  async handOver(all: boolean): Promise<void> {
    const entries = this.pipeline.pending;
    const startedAt = performance.now();
    try {
      await this.pipeline.handOver(this.#clock.now(), all);
    } catch (error) {
      if (!(error instanceof SpoolError)) this.#lost += entries; // else the spool counted what was lost of it
      this.#log.error({ entries, error: (error as Error).message }, "a hand-over failed");
    } finally {
      this.#flushes.observe((performance.now() - startedAt) / 1_000);
    }
  }

  #handOverEarly(): void {
    this.#early++;
    void this.handOver(false);
  }

  /** Hands everything over and closes the batch, so that it can be inserted at once. */
  async closeBatch(): Promise<void> {
    this.logs?.recall(this.#clock.now());
    await this.handOver(true);
    await this.#spool.close();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#logTimer);
    await this.#grpc.stop();
    this.#tls?.stop();
    await this.#answers();
    await this.closeBatch();
    this.#health.stop();
  }

  status(): IngestStatus {
    return {
      proxies: this.#proxies.snapshot(),
      health: this.#health.sample(),
      counters: this.#allCounters(),
      spool: this.#spool.status,
      flushes: this.#flushes.snapshot(),
    };
  }

  #allCounters(): Record<string, number> {
    const { refused, ...counters } = this.counters;
    const { names, endpointNames } = this.pipeline;
    return {
      ...counters,
      ...Object.fromEntries(Object.entries(refused).map(([reason, count]) => [`refused_${reason}`, count])),
      entriesDurable: this.#spool.stats.entriesDurable,
      entriesLost: this.#lost + this.#spool.stats.entriesLost,
      entriesPending: this.pipeline.pending + this.#spool.stats.entriesAppending,
      slots: this.pipeline.slots,
      strings: names.strings,
      batchesClosed: this.#spool.stats.batchesClosed,
      spoolBytes: this.#spool.stats.bytes,
      spoolFailures: this.#spool.stats.failures,
      batchesRecovered: this.#spool.stats.batchesRecovered,
      peersUndecodable: this.#peers.undecodable,
      peersEvicted: this.#peers.evictions,
      peersTooLarge: this.#peers.tooLarge,
      streamsEvicted: this.#streamBytes.evictions,
      proxiesEvicted: this.#proxies.evictions,
      workloadsOverflowed: names.overflowed,
      workloadsForgotten: names.epoch,
      attributesOverflowed: names.attributesOverflowed,
      endpointsOverflowed: endpointNames.overflowed,
      positionsOverflowed: endpointNames.positionsOverflowed,
      pairsFolded: this.pipeline.pairsFolded,
      pathsOverflowed: names.pathsOverflowed,
      memoryPauses: this.#grpc.pauses,
      handOversEarly: this.#early,
      failuresFolded: this.pipeline.failureCap.folded,
      detailsOverflowed: names.detailsOverflowed,
      ...this.logs?.counters(),
      ...this.#tls?.counters(),
    };
  }

  #askSoon(): void {
    this.#askTimer ??= setTimeout(() => this.#askNow(), ASK_DELAY_MS);
  }

  #askNow(): void {
    if (this.#askTimer !== null) clearTimeout(this.#askTimer);
    this.#askTimer = null;
    const questions = this.pipeline.endpointNames.takeQuestions();
    if (questions.length > 0) this.ask?.(questions);
  }

  /** Resolves when every question is answered, or after a while. */
  async #answers(): Promise<void> {
    this.#askNow();
    if (this.ask === null || this.pipeline.endpointNames.unanswered === 0) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ANSWERS_WITHIN_MS);
      this.#onAnswers = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  async #flush(): Promise<void> {
    await this.#answers();
    await this.handOver(false);
    this.#bounds.check(this.#allCounters(), this.#clock.now());
    await this.#spool.tick().catch((error: Error) => this.#log.error({ error: error.message }, "a batch could not be closed"));
  }

  #naming(config: Config): WorkloadNaming {
    try {
      return new WorkloadNaming(this.pipeline.names, {
        service: config["names.service"],
        instance: config["names.instance"],
        serviceMaxBytes: config["names.serviceMaxBytes"],
        instanceMaxBytes: config["names.instanceMaxBytes"],
      });
    } catch (cause) {
      throw new ConfigError("names.service", `names.service or names.instance: ${(cause as Error).message}`, cause);
    }
  }
}

const STATUS_INTERVAL_MS = 1_000;

if (import.meta.main) {
  runChild<Config>(async (config, index, tell) => {
    const ingest = await startIngest(
      config,
      index,
      { now: () => Date.now() },
      createLogger(`ingest-${index}`, config["log.level"]),
    );
    const tellStatus = (): void => tell({ type: "status", status: ingest.status() });
    const timer = setInterval(tellStatus, STATUS_INTERVAL_MS);
    ingest.ask = (questions) => tell({ type: "questions", questions });
    if (ingest.logs !== null) {
      ingest.logs.onDemand = (demand) => tell({ type: "logDemand", demand });
      ingest.logs.onKept = (kept) => tell({ type: "keptRequests", kept });
    }
    tell({ type: "accepting" });
    tellStatus(); // at once: a node is not ready before its processes have told of themselves
    return {
      accept: (socket) => ingest.accept(socket),
      received: (message: ToChild<Config>) => {
        if (message.type === "closeAfter") ingest.closeAfter(message.ms);
        else if (message.type === "answers") ingest.learn(message.answers);
        else if (message.type === "logRates") ingest.logs?.take(message.rates);
        else if (message.type === "keptRequests") ingest.logs?.keep(message.kept);
      },
      stop: async () => {
        clearInterval(timer);
        await ingest.stop();
        tellStatus();
      },
    };
  });
}
