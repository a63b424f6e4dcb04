/** Bytes to slots in a fresh process, without transport: decode, resolve, five scopes, histogram. Prints one line of JSON. */
import { AlsStream, StreamDecoder } from "../../receivers/envoy-als/stream.ts";
import { BenchLine } from "./line.ts";
import { benchLoad, ENTRIES_PER_ROUND } from "./load.ts";

const PROXIES = 40;
const ROUNDS = 60;
const WARM_UP = 10;
const HAND_OVER_EVERY = 5;

const line = new BenchLine();
const { pipeline } = line;
const decoder = new StreamDecoder(line.context);
const load = benchLoad(PROXIES, Date.now());
const streams = load.map(({ identifier }) => {
  const stream = new AlsStream(line.context.proxies);
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
line.stored = 0;
const before = process.cpuUsage();
await rounds(ROUNDS);
const { user, system } = process.cpuUsage(before);
const entries = ROUNDS * PROXIES * ENTRIES_PER_ROUND;
if (line.stored !== entries) throw new Error(`${line.stored} calls came out of ${entries} entries`);
const bytes = load[0]?.messages.reduce((sum, { length }) => sum + length, 0) ?? 0;
const rssMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
process.stdout.write(
  `${JSON.stringify({ perCpuSecond: Math.round(entries / ((user + system) / 1e6)), entryBytes: Math.round(bytes / ENTRIES_PER_ROUND), rssMiB })}\n`,
);
