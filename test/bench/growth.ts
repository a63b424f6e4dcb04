/** What one round of a load's calls takes in a fresh process: memory of its slots, memory that its names keep, CPU of a row's encoding.
 *  Arguments: services, instances and endpoints of each. Prints one line of JSON. */
import type { DeltaBlock } from "../../oap/model/batch.ts";
import { encodeNative } from "../../oap/storage/native.ts";
import { AlsStream, StreamDecoder } from "../../receivers/envoy-als/stream.ts";
import { BenchLine } from "./line.ts";
import { benchLoad, MESH } from "./load.ts";
import { heldBytes } from "./measure.ts";

export interface Growth {
  /** Entities in their minutes, pairs of instances among them, and the bytes that each takes with its latencies. */
  readonly slots: number;
  readonly slotBytes: number;
  /** What is known of each service, instance and endpoint after the hand-over: names, peer objects, when it was seen. */
  readonly keptBytes: number;
  readonly rows: number;
  readonly encodeUs: number;
}

const [services = MESH.services, instances = MESH.instances, endpoints = MESH.endpoints] = process.argv.slice(2).map(Number);
const ENCODED_ROWS = 400_000;

const load = benchLoad({ services, instances, endpoints }, Date.now());
const { rows, us: encodeUs } = await encoding(); // first: it also compiles what is measured below
const line = new BenchLine();
const started = heldBytes();
await handedOver(taking(line));
await handedOver(line); // nothing was touched: the slots give their memory back
const kept = heldBytes();
taking(line);
const full = heldBytes();
const { slots } = line.pipeline;
await handedOver(line);
const calls = 2 * load.entries;
if (line.stored !== calls) throw new Error(`${line.stored} calls came out of ${calls} entries`);

const growth: Growth = {
  slots,
  slotBytes: (full - kept) / slots,
  keptBytes: (kept - started) / (services * (1 + instances + endpoints)),
  rows,
  encodeUs,
};
process.stdout.write(`${JSON.stringify(growth)}\n`);

function taking(into: BenchLine): BenchLine {
  const decoder = new StreamDecoder(into.context);
  for (const { identifier, messages } of load.proxies) {
    const stream = new AlsStream(into.context.proxies);
    decoder.message(identifier, stream);
    for (const message of messages) decoder.message(message, stream);
  }
  return into;
}

function handedOver({ pipeline }: BenchLine): Promise<void> {
  return pipeline.handOver(Date.now(), true);
}

async function encoding(): Promise<{ rows: number; us: number }> {
  const blocks: DeltaBlock[] = [];
  await handedOver(taking(new BenchLine(null, (block) => blocks.push(block))));
  const [block] = blocks;
  if (block === undefined) throw new Error("nothing was handed over");
  const { rows } = block;
  const times = Math.ceil(ENCODED_ROWS / rows);
  for (let i = 0; i < times / 4; i++) encodeNative(block);
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) encodeNative(block);
  const { user, system } = process.cpuUsage(before);
  return { rows, us: (user + system) / (rows * times) };
}
