/** Counts scavenges while messages of 16 entries with known names become slots, in a process with a young generation of one MiB.
 *  Argument: objects to allocate per entry besides, to show that they would be seen. Prints the count. */
import { type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { setImmediate as breathe } from "node:timers/promises";
import { AlsStream, StreamDecoder } from "../../receivers/envoy-als/stream.ts";
import { BenchLine } from "../bench/line.ts";
import { benchLoad } from "../bench/load.ts";

const OBJECTS = Number(process.argv[2] ?? 0);
const ENTRIES = 100_000;
const ENTRIES_PER_MESSAGE = 16;
const MINOR = 1;

const line = new BenchLine();
const decoder = new StreamDecoder(line.context);
const load = benchLoad({ services: 4, instances: 1, endpoints: 50 }, Date.now());
const proxies = load.proxies.map(({ identifier, messages }) => {
  const stream = new AlsStream(line.context.proxies);
  decoder.message(identifier, stream);
  return { stream, messages };
});

let scavenges = 0;
const observer = new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries() as (PerformanceEntry & { detail: unknown })[])
    if ((detail as { kind: number }).kind === MINOR) scavenges++;
});
observer.observe({ entryTypes: ["gc"] });

let kept: object = {};
function send(entries: number): void {
  for (let sent = 0; sent < entries; ) {
    for (const { stream, messages } of proxies) {
      for (const message of messages) {
        decoder.message(message, stream);
        for (let i = 0; i < OBJECTS * ENTRIES_PER_MESSAGE; i++) kept = { kept: i, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 };
        sent += ENTRIES_PER_MESSAGE;
      }
    }
  }
}

send(4 * ENTRIES); // names are known and everything is compiled
await line.pipeline.handOver(Date.now(), false);
send(ENTRIES);
for (let i = 0; i < 5; i++) await breathe(); // what was collected before is told
scavenges = 0;
send(ENTRIES);
for (let i = 0; i < 5; i++) await breathe();
process.stdout.write(JSON.stringify({ scavenges, pending: line.pipeline.pending, kept: typeof kept }));
