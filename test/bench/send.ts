import { once } from "node:events";
import { Client, type ClientWritableStream, credentials } from "@grpc/grpc-js";
import { ALS_PATHS } from "../harness/als-client.ts";
import type { Load } from "./load.ts";

const CONNECTIONS = 8;
const identity = (bytes: Buffer): Buffer => bytes;

/** All proxies' streams at once, their messages in turns, `rounds` times; resolves when every stream was answered. */
export async function sendRounds(
  grpc: string,
  load: Load,
  rounds: number,
  { connections = CONNECTIONS, renew }: { readonly connections?: number; readonly renew?: (message: Buffer) => Buffer } = {},
): Promise<void> {
  const lanes = Array.from({ length: connections }, (_, lane) => load.proxies.filter((_one, i) => i % connections === lane));
  await Promise.all(
    lanes.map(async (proxies) => {
      const client = new Client(grpc, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
      const streams = proxies.map((proxy) => ({ proxy, ...open(client) }));
      for (const { call, proxy } of streams) call.write(proxy.identifier);
      for (let round = 0; round < rounds; round++) {
        for (const { call, proxy } of streams) {
          for (const message of proxy.messages) {
            if (!call.write(renew === undefined ? message : renew(message))) await once(call, "drain");
          }
        }
      }
      for (const { call } of streams) call.end();
      await Promise.all(streams.map(({ answered }) => answered));
      client.close();
    }),
  );
}

function open(client: Client): { call: ClientWritableStream<Buffer>; answered: Promise<void> } {
  let answer: (error: Error | null) => void = () => {};
  const answered = new Promise<void>((resolve, reject) => {
    answer = (error) => (error === null ? resolve() : reject(error));
  });
  return { call: client.makeClientStreamRequest(ALS_PATHS.v3, identity, identity, (error) => answer(error)), answered };
}
