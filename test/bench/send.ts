import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientWritableStream, credentials } from "@grpc/grpc-js";
import { ALS_PATHS } from "../harness/als-client.ts";
import type { Load, ProxyLoad } from "./load.ts";

const CONNECTIONS = 8;
/** How far ahead of its time what is sent at a rate may be. */
const TICK_MS = 10;
const identity = (bytes: Buffer): Buffer => bytes;

export interface Sending {
  readonly connections?: number;
  /** Each proxy has a stream, open from beginning to end, and they take turns; else each connection has one stream, on which one proxy
   *  follows the other: as many streams as connections. */
  readonly allAtOnce?: boolean;
  /** Gives a message request ids that no other has. */
  readonly renew?: (message: Buffer) => Buffer;
}

interface Stream {
  readonly call: ClientWritableStream<Buffer>;
  readonly answered: Promise<void>;
  /** Of the server's refusal, or of its end. */
  readonly failed: AbortSignal;
}

/** Sends every message of the load `rounds` times; resolves when every stream was answered. */
export async function sendRounds(grpc: string, load: Load, rounds: number, sending: Sending = {}): Promise<void> {
  const { connections = CONNECTIONS, allAtOnce = false } = sending;
  const lanes = Array.from({ length: connections }, (_, lane) => load.proxies.filter((_one, i) => i % connections === lane));
  await Promise.all(
    lanes.map(async (proxies) => {
      const client = new Client(grpc, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
      try {
        await (allAtOnce ? sendTogether(client, proxies, rounds, sending) : sendInTurn(client, proxies, rounds, sending));
      } finally {
        client.close();
      }
    }),
  );
}

/** The same on one connection, so many entries a second and no more; behind its time when the server holds it back. */
export async function sendAtRate(grpc: string, load: Load, rounds: number, perSecond: number): Promise<void> {
  const client = new Client(grpc, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  const [first] = load.proxies;
  if (first === undefined) return;
  const stream = open(client, first.identifier);
  const proxyMs = (1_000 * load.entries) / load.proxies.length / perSecond;
  const startedAt = performance.now();
  try {
    for (let round = 0, sent = 0; round < rounds; round++) {
      for (const { identifier, messages } of load.proxies) {
        await sendMessages(stream, [identifier, ...messages]);
        const earlyMs = startedAt + ++sent * proxyMs - performance.now();
        if (earlyMs > TICK_MS) await sleep(earlyMs);
      }
    }
    await end(stream);
  } finally {
    client.close();
  }
}

/** A stream for each proxy. */
async function sendTogether(client: Client, proxies: readonly ProxyLoad[], rounds: number, { renew }: Sending): Promise<void> {
  const streams = proxies.map(({ identifier, messages }) => ({ stream: open(client, identifier), messages }));
  for (let round = 0; round < rounds; round++)
    for (const { stream, messages } of streams) await sendMessages(stream, messages, renew);
  await Promise.all(streams.map(({ stream }) => end(stream)));
}

/** One stream for all of them, an identifier before the messages of each. */
async function sendInTurn(client: Client, proxies: readonly ProxyLoad[], rounds: number, { renew }: Sending): Promise<void> {
  const [first, ...others] = proxies;
  if (first === undefined) return;
  const stream = open(client, first.identifier);
  for (const { identifier, messages } of [first, ...others]) {
    if (identifier !== first.identifier) await sendMessages(stream, [identifier]);
    for (let round = 0; round < rounds; round++) await sendMessages(stream, messages, renew);
  }
  await end(stream);
}

async function sendMessages({ call, answered, failed }: Stream, messages: readonly Buffer[], renew?: Sending["renew"]) {
  for (const message of messages) {
    const isFull = !call.write(renew === undefined ? message : renew(message));
    if (isFull) await once(call, "drain", { signal: failed }).catch(() => answered);
  }
}

async function end({ call, answered }: Stream): Promise<void> {
  call.end();
  await answered;
}

function open(client: Client, identifier: Buffer): Stream {
  let answer: (error: Error | null) => void = () => {};
  const answered = new Promise<void>((resolve, reject) => {
    answer = (error) => (error === null ? resolve() : reject(error));
  });
  answered.catch(() => {}); // whoever waits for it gets it, later perhaps
  const failed = new AbortController();
  const call = client.makeClientStreamRequest(ALS_PATHS.v3, identity, identity, (error) => {
    answer(error);
    if (error !== null) failed.abort(error);
  });
  call.write(identifier);
  return { call, answered, failed: failed.signal };
}
