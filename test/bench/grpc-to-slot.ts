/** gRPC on loopback to slots, CPU of the server's process alone; and what an idle stream costs it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientWritableStream, credentials } from "@grpc/grpc-js";
import { ALS_PATHS } from "../harness/als-client.ts";
import type { GrpcReport } from "./grpc-server.ts";
import { benchLoad, ENTRIES_PER_ROUND, type ProxyLoad } from "./load.ts";

const ENTRIES = 300_000;
const IDLE_CONNECTIONS = 500;
const STREAMS_EACH = 4;

const identity = (bytes: Buffer): Buffer => bytes;

async function startServer(accessLog = false) {
  const env = accessLog ? { ...process.env, BENCH_ACCESS_LOG: "1" } : process.env;
  const child = fork(new URL("./grpc-server.ts", import.meta.url), [], { env });
  const told = async <T>(what?: string): Promise<T> => {
    const answer = once(child, "message");
    if (what !== undefined) child.send(what);
    return (await answer)[0] as T;
  };
  const address = `127.0.0.1:${await told<number>()}`;
  return { address, told, end: () => child.kill("SIGKILL") };
}

const connect = (address: string): Client =>
  new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });

class Stream {
  readonly answered: Promise<void>;
  readonly #call: ClientWritableStream<Buffer>;
  readonly #load: ProxyLoad;

  constructor(client: Client, load: ProxyLoad) {
    this.#load = load;
    let done: (error: Error | null) => void;
    this.answered = new Promise((resolve, reject) => {
      done = (error) => (error === null ? resolve() : reject(error));
    });
    this.#call = client.makeClientStreamRequest(ALS_PATHS.v3, identity, identity, (error) => done(error));
    this.#call.write(load.identifier);
  }

  async send(rounds: number, renew: ((message: Buffer) => Buffer) | null): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const message of this.#load.messages)
        if (!this.#call.write(renew === null ? message : renew(message))) await once(this.#call, "drain");
    }
  }

  end(): Promise<void> {
    this.#call.end();
    return this.answered;
  }
}

export interface Transport {
  readonly connections: number;
  readonly streams: number;
  /** With the access log, at its default budgets. */
  readonly accessLog?: boolean;
  /** Gives a message request ids that no other has. */
  readonly renew?: (message: Buffer) => Buffer;
}

/** @returns entries per CPU-second of the server, and the 99th percentile of its event loop's delay under that load, in ms. */
export async function grpcToSlot(
  isPlain: boolean,
  { connections, streams: count, accessLog, renew }: Transport = { connections: 8, streams: 40 },
): Promise<{ perCpuSecond: number; loopDelayP99Ms: number; entryBytes: number; entries: number; logRows: number }> {
  const rounds = Math.ceil(ENTRIES / (count * ENTRIES_PER_ROUND));
  const server = await startServer(accessLog);
  const clients = Array.from({ length: connections }, () => connect(server.address));
  try {
    const load = benchLoad(count, Date.now(), { isPlain });
    const run = async (times: number): Promise<void> => {
      const streams = load.map((one, i) => new Stream(clients[i % connections] as Client, one));
      await Promise.all(streams.map((stream) => stream.send(times, renew ?? null)));
      await Promise.all(streams.map((stream) => stream.end()));
    };
    await run(Math.ceil(rounds / 6));
    await server.told("begin");
    await run(rounds);
    const { cpuSeconds, stored, loopDelayP99Ms, logRows } = await server.told<GrpcReport>("report");
    const entries = rounds * count * ENTRIES_PER_ROUND;
    if (stored !== entries) throw new Error(`${stored} calls came out of ${entries} entries`);
    const bytes = load[0]?.messages.reduce((sum, { length }) => sum + length, 0) ?? 0;
    return {
      perCpuSecond: Math.round(entries / cpuSeconds),
      loopDelayP99Ms,
      logRows,
      entries,
      entryBytes: Math.round(bytes / ENTRIES_PER_ROUND),
    };
  } finally {
    for (const client of clients) client.close();
    server.end();
  }
}

/** Bytes of resident memory that a stream costs: 2,000 on 500 connections, each told who it is. */
export async function idleStreamBytes(): Promise<number> {
  const server = await startServer();
  const clients: Client[] = [];
  try {
    const [load] = benchLoad(1, Date.now(), { isPlain: true });
    const { rssBytes: before } = await server.told<GrpcReport>("report");
    for (let i = 0; i < IDLE_CONNECTIONS; i++) {
      const client = connect(server.address);
      clients.push(client);
      const streams = Array.from({ length: STREAMS_EACH }, () => new Stream(client, load as ProxyLoad));
      for (const { answered } of streams) answered.catch(() => {});
      if (i % 20 === 19) await sleep(50);
    }
    await sleep(2_000);
    const { rssBytes } = await server.told<GrpcReport>("report");
    return (rssBytes - before) / (IDLE_CONNECTIONS * STREAMS_EACH);
  } finally {
    for (const client of clients) client.close();
    server.end();
  }
}
