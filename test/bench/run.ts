/** `npm run bench`: measures, checks that what was stored is what was sent, and writes results.md. Figures are CPU time per unit of work or medians
 *  of several runs: wall-clock times of one run mean little on a busy machine. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { accessLogCost } from "./access-log-cost.ts";
import { grpcToSlot, idleStreamBytes } from "./grpc-to-slot.ts";
import { demoCost, idleCost } from "./idle.ts";
import { type LoadShape, MESH, WORST } from "./load.ts";
import { logSize } from "./log-size.ts";
import { inFreshProcess, median, times } from "./measure.ts";
import { benchReaders, readersSection } from "./readers.ts";
import { atLeast, atMost, figures, type Row, table } from "./results.ts";
import { rowSize } from "./row-size.ts";
import { startUpMs } from "./start-up.ts";
import { RSS_MAX, type WholeRun, wholeProduct } from "./whole-product.ts";

const RESULTS = new URL("./results.md", import.meta.url);
/** What was written below by hand: figures of the long tests. */
const LONG_TESTS = "\n## Long tests";
const RUNS = 5;
const MIB = 2 ** 20;

interface WireRun {
  readonly perCpuSecond: number;
  readonly entryBytes: number;
  readonly rssMiB: number;
}

const wireToSlot = ({ services, instances, endpoints }: LoadShape): WireRun =>
  inFreshProcess("./wire-to-slot.ts", String(services), String(instances), String(endpoints));
const perCpuSecond = (runs: readonly { perCpuSecond: number }[]): number => median(runs.map((run) => run.perCpuSecond));

async function ingest(): Promise<string> {
  const starts = await times(RUNS, startUpMs);
  const wire = await times(RUNS, () => wireToSlot(MESH));
  const grpc = await times(RUNS, () => grpcToSlot());
  const grpcPlain = await times(RUNS, () => grpcToSlot({ ...MESH, isPlain: true }));
  const whole = await times(RUNS, () => wholeProduct());
  const wholeAtOnce = await times(RUNS, () => wholeProduct({ allAtOnce: true }));
  const wholePlain = await times(RUNS, () => wholeProduct({ isPlain: true }));
  const logCost = await accessLogCost();
  const memory = inFreshProcess<{ slotsMiB: number; nameBytes: number; encodeUs: number }>("./memory.ts");
  const streamBytes = await idleStreamBytes();
  const size = await rowSize();
  const logRow = await logSize();
  const loopMs = median(grpc.map((run) => run.loopDelayP99Ms));
  const [bytes, plainBytes] = [wire[0]?.entryBytes, grpcPlain[0]?.entryBytes];
  const slotMb = (memory.slotsMiB * MIB) / 1e6;
  const rows: Row[] = [
    ["start of `node` until gRPC answers a health check", figures(starts, "ms"), atMost(median(starts), 2_000, 1_000)],
    [`bytes to slots, no transport, entries of ${bytes} bytes`, ...rate(wire), atLeast(perCpuSecond(wire), 300_000, 500_000)],
    ["gRPC on loopback to slots, CPU of the server's process", ...rate(grpc), atLeast(perCpuSecond(grpc), 100_000, 150_000)],
    [`the same with entries of ${plainBytes} bytes, no TLS, no peers`, ...rate(grpcPlain), "none given"],
    [
      "gRPC on loopback to rows in ClickHouse, CPU of all processes",
      ...rate(whole),
      atLeast(perCpuSecond(whole), 70_000, 110_000),
    ],
    ["the same, 2,000 streams at once", ...rate(wholeAtOnce), "none given"],
    [`the same with entries of ${plainBytes} bytes`, ...rate(wholePlain), atLeast(perCpuSecond(wholePlain), 150_000, 250_000)],
    ["entries per second that the bench sent meanwhile", sent(whole), "at least 80,000"],
    [
      `the access log: gRPC to slots with it ÷ without, ${logCost.rowsPerMille.toFixed(0)} rows of 1,000 entries`,
      `${logCost.ratio.toFixed(3)} (with: ${logCost.on.join("; ")}; without: ${logCost.off.join("; ")})`,
      atLeast(logCost.ratio, 0.9, 0.9),
    ],
    ["µs of CPU per entry, by process", shares(whole), "none given"],
    ["event loop delay of the server under gRPC load, p99", `${loopMs.toFixed(1)} ms`, atMost(loopMs, 50)],
    ["memory of a million slots, each with one latency", `${slotMb.toFixed(0)} MB`, atMost(slotMb, 400)],
    ["memory of an interned path of 26 bytes", `${memory.nameBytes.toFixed(0)} B`, atMost(memory.nameBytes, 200)],
    ["memory of an idle stream, 2,000 on 500 connections", `${(streamBytes / 1e3).toFixed(1)} KB`, atMost(streamBytes / 1e3, 40)],
    ["encoding a row of a hand-over, CPU", `${memory.encodeUs.toFixed(2)} µs`, "none given"],
    [
      "peak resident memory of the ingest process in those runs",
      peak([...whole, ...wholePlain]),
      `${RSS_MAX / MIB} MiB, or the run fails`,
    ],
    [
      `bytes on disk per row of traffic_minute, half an hour of the demo (${size.rows} rows, merged)`,
      (size.bytes / size.rows).toFixed(1),
      "see decision 0008",
    ],
    [
      `bytes on disk per row of access_log, half an hour of the demo (${logRow.rows} rows, all kept, merged)`,
      (logRow.bytes / logRow.rows).toFixed(1),
      atMost(logRow.bytes / logRow.rows, 60),
    ],
  ]; // prettier-ignore
  return table(["what", "figure", "bound"], rows);
}

const rate = (runs: readonly { perCpuSecond: number }[]): [string] => [
  figures(
    runs.map((run) => run.perCpuSecond),
    "entries per CPU-second",
  ),
];
const sent = (runs: readonly WholeRun[]): string =>
  figures(
    runs.map((run) => run.sentPerSecond),
    "",
  );
const peak = (runs: readonly WholeRun[]): string => `${Math.round(Math.max(...runs.map((run) => run.peakRssBytes)) / MIB)} MiB`;
const shares = (runs: readonly WholeRun[]): string =>
  Object.keys(runs[0]?.shares ?? {})
    .map((role) => `${role} ${median(runs.map((run) => run.shares[role] ?? 0))}`)
    .join(", ");

/** What the product costs without traffic and under the demo's: CPU over a minute, all processes. */
async function idle(): Promise<string> {
  const [one, two, demo] = [await idleCost(1), await idleCost(2), await demoCost()];
  const percent = (share: number): string => `${(share * 100).toFixed(1)} % of a core`;
  const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  const further = two.residentBytes - one.residentBytes;
  return table(
    ["cost of the whole product, one run", "figure", "bound"],
    [
      ["CPU without traffic, one ingest process", percent(one.cpuShare), atMost(one.cpuShare * 100, 2)],
      ["CPU under the demo's live traffic", percent(demo.cpuShare), atMost(demo.cpuShare * 100, 25)],
      [
        "memory without traffic: of each process its own, each file once",
        mb(one.residentBytes),
        atMost(one.residentBytes / 1e6, 520),
      ],
      ["memory of a further ingest process", mb(further), atMost(further / 1e6, 75)],
    ],
  ); // prettier-ignore
}

/** How figures grow with services, endpoints, edges and streams; one run each. */
async function growth(): Promise<string> {
  const shapes: [string, LoadShape][] = [
    ["20 services, 20 instances, 1,000 endpoints, 200 edges", { services: 20, instances: 1, endpoints: 50 }],
    ["200 services, 200 instances, 10,000 endpoints, 2,000 edges", { services: 200, instances: 1, endpoints: 50 }],
    ["200 services, 2,000 instances, 10,000 endpoints, 5,000 edges", MESH],
    ["200 services, 2,000 instances, 100,000 endpoints, 5,000 edges", WORST],
  ];
  const wire: Row[] = shapes.map(([name, shape]) => {
    const { perCpuSecond: figure, rssMiB } = wireToSlot(shape);
    return [`bytes to slots: ${name}`, figure.toLocaleString("en-US"), `${rssMiB} MiB`];
  });
  const streams: Row[] = [];
  for (const [name, shape, connections] of [
    ["2,000 streams at once on 8 connections", MESH, 8],
    ["2,000 streams at once on 500 connections", MESH, 500],
  ] as const) {
    const run = await grpcToSlot(shape, { connections, allAtOnce: true });
    streams.push([
      `gRPC to slots: ${name}`,
      run.perCpuSecond.toLocaleString("en-US"),
      `loop p99 ${run.loopDelayP99Ms.toFixed(1)} ms`,
    ]);
  }
  return table(
    ["growth, one run each", "entries per CPU-second", "memory of the process, the load's messages included"],
    [...wire, ...streams],
  ); // prettier-ignore
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
const before = readFileSync(RESULTS, "utf8");
const longTests = before.includes(LONG_TESTS) ? before.slice(before.indexOf(LONG_TESTS)) : "";
const sections = [await ingest(), await growth(), await idle(), readersSection(await benchReaders(console.log))];
writeFileSync(
  RESULTS,
  `# Results of \`npm run bench\`

Machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}. Commit ${commit} and what stood uncommitted, ${new Date().toISOString().slice(0, 10)}.
Medians of ${RUNS} runs, each in fresh processes; in brackets all of them.

Load: 200 services with 2,000 instances, 10,000 endpoints, 5,000 edges, 20,000 pairs of instances; entries with mTLS fields and both peer Structs in messages of 16; a stream for each instance, 8 at a time on as many
connections, or all at once where that is said. In every run of the whole product the calls and the histogram of each service, instance, endpoint and edge add up to what was sent; a run where they do not is no result.

${sections.join("\n\n")}
${longTests}`,
);
