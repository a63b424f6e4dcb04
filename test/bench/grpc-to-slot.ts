/** gRPC on loopback to slots, CPU of the server's process alone; and what an idle stream costs it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, credentials } from "@grpc/grpc-js";
import { ALS_PATHS } from "../harness/als-client.ts";
import type { GrpcReport } from "./grpc-server.ts";
import { benchLoad, type LoadShape, MESH, type ProxyLoad } from "./load.ts";
import { WARM_UP_SHARE } from "./measure.ts";
import { type Sending, sendRounds } from "./send.ts";

const ENTRIES = 2_000_000;
/** Before a pause, in which the server takes them. */
const STREAMS_AT_A_TIME = 80;

async function startServer(accessLog = false) {
  const env = accessLog ? { ...process.env, BENCH_ACCESS_LOG: "1" } : process.env;
  const child = fork(new URL("./grpc-server.ts", import.meta.url), [], { env });
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the server's process ended: ${signal ?? code}`);
  });
  ended.catch(() => {}); // also when we end it
  const told = async <T>(what?: string): Promise<T> => {
    const answer = once(child, "message");
    if (what !== undefined) child.send(what, () => {}); // one that ended is told by `ended`
    return (await Promise.race([answer, ended]))[0] as T;
  };
  const address = `127.0.0.1:${await told<number>()}`;
  return { address, told, end: () => child.kill("SIGKILL") };
}

export interface Transport extends Sending {
  /** With the access log, at its default budgets. */
  readonly accessLog?: boolean;
}

export interface SlotRun {
  /** Entries per CPU-second of the server. */
  readonly perCpuSecond: number;
  /** 99th percentile of its event loop's delay. */
  readonly loopDelayP99Ms: number;
  readonly entryBytes: number;
  readonly entries: number;
  /** Rows of the access log. */
  readonly logRows: number;
}

/** A stream for each instance of the shape. */
export async function grpcToSlot(shape: LoadShape = MESH, { accessLog, ...transport }: Transport = {}): Promise<SlotRun> {
  const server = await startServer(accessLog);
  try {
    const load = benchLoad(shape, Date.now());
    const rounds = Math.ceil(ENTRIES / load.entries);
    await sendRounds(server.address, load, Math.ceil(rounds * WARM_UP_SHARE), transport);
    await server.told("begin");
    await sendRounds(server.address, load, rounds, transport);
    const { cpuSeconds, stored, loopDelayP99Ms, logRows } = await server.told<GrpcReport>("report");
    const entries = rounds * load.entries;
    if (stored !== entries) throw new Error(`${stored} calls came out of ${entries} entries`);
    return { perCpuSecond: Math.round(entries / cpuSeconds), loopDelayP99Ms, entryBytes: load.entryBytes, entries, logRows };
  } finally {
    server.end();
  }
}

/** Bytes of resident memory that a stream costs, each told who it is. */
export async function idleStreamBytes(streams: number, connections: number): Promise<number> {
  const identity = (bytes: Buffer): Buffer => bytes;
  const server = await startServer();
  const clients: Client[] = [];
  try {
    const { identifier } = benchLoad({ services: 1, instances: 1, endpoints: 1 }, Date.now()).proxies[0] as ProxyLoad;
    const { rssBytes: before } = await server.told<GrpcReport>("report");
    for (let i = 0; i < connections; i++)
      clients.push(new Client(server.address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 }));
    for (let i = 0; i < streams; i++) {
      const client = clients[i % connections] as Client;
      client.makeClientStreamRequest(ALS_PATHS.v3, identity, identity, () => {}).write(identifier);
      if (i % STREAMS_AT_A_TIME === STREAMS_AT_A_TIME - 1) await sleep(50);
    }
    await sleep(2_000);
    const { rssBytes } = await server.told<GrpcReport>("report");
    return (rssBytes - before) / streams;
  } finally {
    for (const client of clients) client.close();
    server.end();
  }
}
