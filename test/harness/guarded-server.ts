/** The gRPC listener and the access-log receiver in a process of their own, whose memory and CPU can be measured from outside: started
 *  by startGuardedServer, which forks this file. Entries are decoded and thrown away. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WorkloadNames } from "../../oap/analysis/names.ts";
import { SCHEMA } from "../../oap/config/schema.ts";
import { Peers } from "../../receivers/envoy-als/peer.ts";
import { EnvoyAls } from "../../receivers/envoy-als/service.ts";
import { StreamBytes } from "../../receivers/envoy-als/stream-bytes.ts";
import { WorkloadNaming } from "../../receivers/envoy-als/workload.ts";
import { GrpcServer, type GrpcServerOptions } from "../../receivers/grpc-server.ts";
import { Proxies } from "../../receivers/proxies.ts";
import { ReceiverCounters } from "../../receivers/receiver.ts";
import { NAMES_LIMITS, PEER_LIMITS, PROXIES_MAX, STREAMS_MAX } from "../builders/limits.ts";

export interface ServerReport {
  readonly rssBytes: number;
  /** The most it was since the last report, sampled every 20 ms. */
  readonly rssPeakBytes: number;
  readonly cpuMs: number;
  readonly entries: number;
  readonly streamsOpened: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** Longer than the server takes to notice. */
export const NOTICED_MS = 350;

export async function startGuardedServer(options: Partial<GrpcServerOptions> = {}) {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], { execArgv: [] });
  const ask = async <T>(question: string): Promise<T> => {
    child.send(question);
    return (await once(child, "message"))[0] as T;
  };
  const port = (await once(child, "message"))[0] as number;
  return {
    address: `127.0.0.1:${port}`,
    port,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    /** Has it think that memory is short, until `resume`. */
    pause: async () => {
      await ask("pause");
      await sleep(NOTICED_MS);
    },
    resume: () => ask("resume"),
    report: () => ask<ServerReport>("report"),
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function serve(options: Partial<GrpcServerOptions>): Promise<void> {
  const names = new WorkloadNames({ ...NAMES_LIMITS, servicesMax: 1_000, instancesMax: 1_000 });
  const naming = new WorkloadNaming(names, {
    service: SCHEMA["names.service"].default,
    instance: SCHEMA["names.instance"].default,
    serviceMaxBytes: 255,
    instanceMaxBytes: 255,
  });
  const clock = { now: () => Date.now() };
  const counters = new ReceiverCounters();
  const als = new EnvoyAls({
    naming,
    peers: new Peers(naming, PEER_LIMITS),
    streamBytes: new StreamBytes(STREAMS_MAX),
    proxies: new Proxies(clock, PROXIES_MAX),
    counters,
    sink: { add: () => {} },
    clock,
  });
  let isShort = false;
  const server = new GrpcServer(
    {
      memoryBytes: () => (isShort ? Number.POSITIVE_INFINITY : process.memoryUsage.rss()),
      maxMessageBytes: 50 << 20,
      streamMaxAgeMs: 1_800_000,
      memoryMaxBytes: 2 ** 30,
      streamsMax: 8_000,
      onRefused: (reason) => counters.refuse(reason),
      ...options,
    },
    [als],
  );
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  setInterval(sample, 20);
  process.on("message", (question: string) => {
    if (question === "pause") isShort = true;
    if (question === "resume") isShort = false;
    sample();
    const { user, system } = process.cpuUsage();
    const { entries, streamsOpened, refused } = counters;
    const rssBytes = process.memoryUsage.rss();
    process.send?.({ rssBytes, rssPeakBytes: peak, cpuMs: (user + system) / 1_000, entries, streamsOpened, refused });
    peak = 0;
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.(await server.listen("127.0.0.1", 0));
}

if (import.meta.main) void serve(JSON.parse(process.argv[2] ?? "{}") as Partial<GrpcServerOptions>);
