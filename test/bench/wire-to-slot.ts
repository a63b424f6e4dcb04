/** Bytes to slots in a fresh process, without transport: decode, resolve, six scopes, histogram. Arguments: services and endpoints of
 *  each. Prints one line of JSON. */
import { AlsStream, StreamDecoder } from "../../receivers/envoy-als/stream.ts";
import { BenchLine } from "./line.ts";
import { benchLoad } from "./load.ts";

const [PROXIES = 40, ENDPOINTS = 50] = process.argv.slice(2).map(Number);
const ENTRIES = 300_000;
/** Less than a second's worth at full speed. */
const HAND_OVER_ENTRIES = 100_000;

const line = new BenchLine();
const { pipeline } = line;
const decoder = new StreamDecoder(line.context);
const load = benchLoad(PROXIES, Date.now(), { endpoints: ENDPOINTS });
const streams = load.map(({ identifier }) => {
  const stream = new AlsStream(line.context.proxies);
  decoder.message(identifier, stream);
  return stream;
});

const perRound = PROXIES * Math.max(128, Math.ceil(ENDPOINTS / 16) * 16);
const ROUNDS = Math.ceil(ENTRIES / perRound);

async function rounds(count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    load.forEach(({ messages }, i) => {
      for (const message of messages) decoder.message(message, streams[i] as AlsStream);
    });
    if (pipeline.pending >= HAND_OVER_ENTRIES) await pipeline.handOver(Date.now(), false);
  }
  await pipeline.handOver(Date.now(), true);
}

await rounds(Math.ceil(ROUNDS / 6));
line.stored = 0;
const before = process.cpuUsage();
await rounds(ROUNDS);
const { user, system } = process.cpuUsage(before);
const entries = ROUNDS * perRound;
if (line.stored !== entries) throw new Error(`${line.stored} calls came out of ${entries} entries`);
const messages = load[0]?.messages ?? [];
const entryBytes = Math.round(messages.reduce((sum, { length }) => sum + length, 0) / (perRound / PROXIES));
const rssMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
process.stdout.write(`${JSON.stringify({ perCpuSecond: Math.round(entries / ((user + system) / 1e6)), entryBytes, rssMiB })}\n`);
