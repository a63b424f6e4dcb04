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
import { parseRule } from "./analysis/path-template.ts";
import { Pipeline } from "./analysis/pipeline.ts";
import type { Config } from "./config/schema.ts";
import { ConfigError } from "./model/errors.ts";
import type { IngestStatus, ToChild } from "./model/ipc.ts";
import type { BatchSink, Clock } from "./model/ports.ts";
import { runChild } from "./start/child.ts";
import { SpoolWriter } from "./storage/spool-writer.ts";
import { createLogger, type Logger } from "./telemetry/logger.ts";
import { HealthMonitor } from "./telemetry/process-health.ts";

export async function startIngest(config: Config, index: number, clock: Clock, log: Logger): Promise<Ingest> {
  const spool = await SpoolWriter.open({ dir: join(resolve(config["data.dir"]), "spool"), part: `ingest-${index}` }, clock);
  return new Ingest(config, clock, log, spool);
}

export class Ingest {
  readonly counters = new ReceiverCounters();
  readonly pipeline: Pipeline;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #spool: SpoolWriter;
  readonly #proxies: Proxies;
  readonly #peers: Peers;
  readonly #streamBytes = new StreamBytes();
  readonly #grpc: GrpcServer;
  readonly #timer: NodeJS.Timeout;
  readonly #health = new HealthMonitor();
  /** Entries of hand-overs that the spool could not take, and of those that are on their way to it. */
  #lost = 0;
  #handingOver = 0;
  #flushes = 0;
  #flushMs = 0;

  constructor(config: Config, clock: Clock, log: Logger, spool: SpoolWriter) {
    this.#clock = clock;
    this.#log = log;
    this.#spool = spool;
    this.#proxies = new Proxies(clock);
    this.pipeline = new Pipeline(
      {
        maxAgeMs: config["analysis.maxAge"],
        apdexThresholdMs: config["analysis.apdexThreshold"],
        servicesMax: config["services.max"],
        instancesMax: config["instances.max"],
        pairsPerInstance: config["instanceRelations.perInstance"],
        endpoints: {
          perService: config["endpoints.perService"],
          children: config["endpoints.children"],
          rules: config["endpoints.rules"].map(parseRule),
          nameMaxBytes: config["names.endpointMaxBytes"],
        },
      },
      spool,
    );
    const naming = this.#naming(config);
    this.#peers = new Peers(naming);
    const sink: BatchSink = {
      add: (batch) => {
        this.pipeline.add(batch);
        if (this.pipeline.handOverDue) void this.handOver(false);
      },
    };
    const shared = { naming, proxies: this.#proxies, counters: this.counters, sink, clock };
    const als = new EnvoyAls({ ...shared, peers: this.#peers, streamBytes: this.#streamBytes });
    this.#grpc = new GrpcServer(
      {
        maxMessageBytes: config["grpc.maxMessageBytes"],
        streamMaxAgeMs: config["grpc.streamMaxAge"],
        memoryMaxBytes: config["memory.maxBytes"],
      },
      [als, new SkyWalkingMesh(shared)],
    );
    this.#timer = setInterval(() => void this.#flush(), config["flush.interval"]);
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

  /** Hands over what changed since the last time. */
  async handOver(all: boolean): Promise<void> {
    const entries = this.pipeline.pending;
    const startedAt = performance.now();
    this.#handingOver += entries;
    try {
      await this.pipeline.handOver(this.#clock.now(), all);
    } catch (error) {
      this.#lost += entries;
      this.#log.error({ entries, error: (error as Error).message }, "a hand-over was lost");
    } finally {
      this.#handingOver -= entries;
      this.#flushes++;
      this.#flushMs += performance.now() - startedAt;
    }
  }

  /** Hands everything over and closes the batch, so that it can be inserted at once. */
  async closeBatch(): Promise<void> {
    await this.handOver(true);
    await this.#spool.close();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#grpc.stop();
    await this.closeBatch();
    this.#health.stop();
  }

  status(): IngestStatus {
    const { refused, ...counters } = this.counters;
    const { names, endpointNames } = this.pipeline;
    return {
      proxies: this.#proxies.snapshot(),
      health: this.#health.sample(),
      counters: {
        ...counters,
        ...Object.fromEntries(Object.entries(refused).map(([reason, count]) => [`refused_${reason}`, count])),
        entriesDurable: this.#spool.stats.entriesDurable,
        entriesLost: this.#lost,
        entriesPending: this.pipeline.pending + this.#handingOver,
        slots: this.pipeline.slots,
        strings: names.strings,
        flushes: this.#flushes,
        flushSeconds: this.#flushMs / 1_000,
        batchesClosed: this.#spool.stats.batchesClosed,
        spoolBytes: this.#spool.stats.bytes,
        peersUndecodable: this.#peers.undecodable,
        peersEvicted: this.#peers.evictions,
        streamsEvicted: this.#streamBytes.evictions,
        proxiesEvicted: this.#proxies.evictions,
        workloadsOverflowed: names.overflowed,
        endpointsOverflowed: endpointNames.overflowed,
        positionsOverflowed: endpointNames.positionsOverflowed,
        pairsFolded: this.pipeline.pairsFolded,
        pathsOverflowed: names.pathsOverflowed,
        memoryPauses: this.#grpc.pauses,
      },
    };
  }

  async #flush(): Promise<void> {
    await this.handOver(false);
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
    const timer = setInterval(() => tell({ type: "status", status: ingest.status() }), STATUS_INTERVAL_MS);
    tell({ type: "accepting" });
    return {
      accept: (socket) => ingest.accept(socket),
      received: (message: ToChild<Config>) => {
        if (message.type === "closeAfter") ingest.closeAfter(message.ms);
      },
      stop: async () => {
        clearInterval(timer);
        await ingest.stop();
        tell({ type: "status", status: ingest.status() });
      },
    };
  });
}
