/** Bytes to slots in a fresh process, without transport: decode, resolve, six scopes, histogram. Arguments: services, instances and
 *  endpoints of each. Prints one line of JSON. */
import { AlsStream, StreamDecoder } from "../../receivers/envoy-als/stream.ts";
import { BenchLine } from "./line.ts";
import { benchLoad, MESH } from "./load.ts";
import { WARM_UP_SHARE } from "./measure.ts";

const [services = MESH.services, instances = MESH.instances, endpoints = MESH.endpoints] = process.argv.slice(2).map(Number);
const ENTRIES = 3_000_000;
/** Half a second's worth at full speed. */
const HAND_OVER_ENTRIES = 200_000;

const line = new BenchLine();
const { pipeline } = line;
const decoder = new StreamDecoder(line.context);
const load = benchLoad({ services, instances, endpoints }, Date.now());
const streams = load.proxies.map(({ identifier }) => {
  const stream = new AlsStream(line.context.proxies);
  decoder.message(identifier, stream);
  return stream;
});
const ROUNDS = Math.ceil(ENTRIES / load.entries);

const memory = Buffer.allocUnsafeSlow(1 << 16);

/** As a transport hands a message over: in memory that it uses again. The 64 MB of all messages are in no cache. */
function received(message: Buffer): Buffer {
  message.copy(memory);
  return memory.subarray(0, message.length);
}

async function rounds(count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    load.proxies.forEach(({ messages }, i) => {
      for (const message of messages) decoder.message(received(message), streams[i] as AlsStream);
    });
    if (pipeline.pending >= HAND_OVER_ENTRIES) await pipeline.handOver(Date.now(), false);
  }
  await pipeline.handOver(Date.now(), true);
}

await rounds(Math.ceil(ROUNDS * WARM_UP_SHARE));
line.stored = 0;
const before = process.cpuUsage();
await rounds(ROUNDS);
const { user, system } = process.cpuUsage(before);
const entries = ROUNDS * load.entries;
if (line.stored !== entries) throw new Error(`${line.stored} calls came out of ${entries} entries`);
const perCpuSecond = Math.round(entries / ((user + system) / 1e6));
const rssMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
process.stdout.write(`${JSON.stringify({ perCpuSecond, entryBytes: load.entryBytes, rssMiB })}\n`);
