import { once } from "node:events";
import { Client, type ClientWritableStream, credentials } from "@grpc/grpc-js";
import { ALS_PATHS } from "../harness/als-client.ts";
import type { Load, ProxyLoad } from "./load.ts";

const CONNECTIONS = 8;
const identity = (bytes: Buffer): Buffer => bytes;

export interface Sending {
  readonly connections?: number;
  /** All proxies' streams are open from beginning to end, their messages in turns; else each connection has one stream at a time, a
   *  proxy's after the other's. */
  readonly allAtOnce?: boolean;
  /** Gives a message request ids that no other has. */
  readonly renew?: (message: Buffer) => Buffer;
}

interface Stream {
  readonly proxy: ProxyLoad;
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
        if (allAtOnce) await sendTogether(client, proxies, rounds, sending);
        else for (const proxy of proxies) await sendTogether(client, [proxy], rounds, sending);
      } finally {
        client.close();
      }
    }),
  );
}

async function sendTogether(client: Client, proxies: readonly ProxyLoad[], rounds: number, { renew }: Sending): Promise<void> {
  const streams = proxies.map((proxy) => open(client, proxy));
  for (let round = 0; round < rounds; round++) {
    for (const { call, proxy, answered, failed } of streams) {
      for (const message of proxy.messages) {
        const isFull = !call.write(renew === undefined ? message : renew(message));
        if (isFull) await once(call, "drain", { signal: failed }).catch(() => answered);
      }
    }
  }
  for (const { call } of streams) call.end();
  await Promise.all(streams.map(({ answered }) => answered));
}

function open(client: Client, proxy: ProxyLoad): Stream {
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
  call.write(proxy.identifier);
  return { proxy, call, answered, failed: failed.signal };
}
