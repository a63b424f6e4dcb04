/** Bytes to slots in a fresh process, without transport: decode, resolve, five scopes, histogram. Prints one line of JSON. */
import { Pipeline } from "../../oap/analysis/pipeline.ts";
import { SCHEMA } from "../../oap/config/schema.ts";
import type { Delta } from "../../oap/model/batch.ts";
import { Peers } from "../../receivers/envoy-als/peer.ts";
import { AlsStream, StreamDecoder } from "../../receivers/envoy-als/stream.ts";
import { StreamBytes } from "../../receivers/envoy-als/stream-bytes.ts";
import { WorkloadNaming } from "../../receivers/envoy-als/workload.ts";
import { Proxies } from "../../receivers/proxies.ts";
import { ReceiverCounters } from "../../receivers/receiver.ts";
import { benchLoad, ENTRIES_PER_ROUND } from "./load.ts";

const PROXIES = 40;
const ROUNDS = 60;
const WARM_UP = 10;
const HAND_OVER_EVERY = 5;

const clock = { now: () => Date.now() };
let stored = 0;
const sink = {
  append: async (delta: Delta) => {
    const block = delta.blocks.find(({ table }) => table === "traffic_minute");
    const scopes = block?.columns.find(({ name }) => name === "scope") as { values: readonly string[] } | undefined;
    const calls = block?.columns.find(({ name }) => name === "calls") as { values: ArrayLike<number> } | undefined;
    for (let row = 0; row < (block?.rows ?? 0); row++) if (scopes?.values[row] === "service") stored += calls?.values[row] ?? 0;
  },
};
const options = {
  maxAgeMs: 7 * 86_400_000,
  apdexThresholdMs: 500,
  servicesMax: 10_000,
  instancesMax: 100_000,
  pairsPerInstance: 64,
  endpoints: { perService: 1_000, nameMaxBytes: 512, children: 20, rules: [] },
};
const pipeline = new Pipeline(options, sink);
const naming = new WorkloadNaming(pipeline.names, {
  service: SCHEMA["names.service"].default,
  instance: SCHEMA["names.instance"].default,
  serviceMaxBytes: 255,
  instanceMaxBytes: 255,
}); // prettier-ignore
const proxies = new Proxies(clock);
const decoder = new StreamDecoder({
  naming,
  peers: new Peers(naming),
  streamBytes: new StreamBytes(),
  proxies,
  counters: new ReceiverCounters(),
  sink: pipeline,
  clock,
}); // prettier-ignore
const load = benchLoad(PROXIES, Date.now());
const streams = load.map(({ identifier }) => {
  const stream = new AlsStream(proxies);
  decoder.message(identifier, stream);
  return stream;
});

async function rounds(count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    load.forEach(({ messages }, i) => {
      for (const message of messages) decoder.message(message, streams[i] as AlsStream);
    });
    if (round % HAND_OVER_EVERY === 0) await pipeline.handOver(Date.now(), false);
  }
  await pipeline.handOver(Date.now(), true);
}

await rounds(WARM_UP);
stored = 0;
const before = process.cpuUsage();
await rounds(ROUNDS);
const { user, system } = process.cpuUsage(before);
const entries = ROUNDS * PROXIES * ENTRIES_PER_ROUND;
if (stored !== entries) throw new Error(`${stored} calls came out of ${entries} entries`);
const bytes = load[0]?.messages.reduce((sum, { length }) => sum + length, 0) ?? 0;
const rssMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
process.stdout.write(
  `${JSON.stringify({ perCpuSecond: Math.round(entries / ((user + system) / 1e6)), entryBytes: Math.round(bytes / ENTRIES_PER_ROUND), rssMiB })}\n`,
);
