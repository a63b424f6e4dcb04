/** What the product takes to start, to stand by and to keep: time, memory, bytes on disk, CPU under little traffic. */
import { atMost, figures } from "./figures.ts";
import { idleStreamBytes } from "./grpc-to-slot.ts";
import { type Cost, demoCost, idleCost } from "./idle.ts";
import { logSize } from "./log-size.ts";
import { inFreshProcess, median } from "./measure.ts";
import type { Part, Section } from "./part.ts";
import { rowSize } from "./row-size.ts";
import { startUpMs } from "./start-up.ts";

const STARTS = 5;
/** A process that sleeps most of the time wakes with cold caches: what a wake-up costs depends on what else the machine does. */
const IDLE_RUNS = 5;
const MIB = 2 ** 20;

const section: Section = {
  title: "Footprint",
  head: ["what", "figure", "bound"],
  setting: "One run each, where nothing else is said. CPU of the product and its memory are of all its processes over a minute.",
};

export const FOOTPRINT_PARTS: readonly Part[] = [
  {
    name: "start-up",
    section,
    what: "start of `node` until gRPC answers a health check",
    rows: async (runs, what) => {
      const starts = await runs.times(STARTS, startUpMs, (ms) => `${Math.round(ms)} ms`);
      return [[what, figures(starts, "ms"), atMost(median(starts), 2_000, 1_000)]];
    },
  },
  {
    name: "memory",
    section,
    what: "memory of slots and of names, CPU of a row's encoding",
    rows: async (runs) => {
      const { slotsMiB, nameBytes, encodeUs } = await runs.once(
        "one run",
        () => inFreshProcess<{ slotsMiB: number; nameBytes: number; encodeUs: number }>("./memory.ts"),
        (run) => `${run.slotsMiB.toFixed(0)} MiB`,
      );
      const slotMb = (slotsMiB * MIB) / 1e6;
      return [
        ["memory of a million slots, each with one latency", `${slotMb.toFixed(0)} MB`, atMost(slotMb, 400)],
        ["memory of an interned path of 26 bytes", `${nameBytes.toFixed(0)} B`, atMost(nameBytes, 200)],
        ["encoding a row of a hand-over, CPU", `${encodeUs.toFixed(2)} µs`, "none given"],
      ];
    },
  },
  {
    name: "streams",
    section,
    what: "memory of an idle stream, 2,000 on 500 connections",
    rows: async (runs, what) => {
      const kb = (bytes: number): string => `${(bytes / 1e3).toFixed(1)} KB`;
      const bytes = await runs.once("one run", () => idleStreamBytes(2_000, 500), kb);
      return [[what, kb(bytes), atMost(bytes / 1e3, 40)]];
    },
  },
  {
    name: "sizes",
    section,
    what: "bytes on disk per row, half an hour of the demo",
    rows: async (runs) => {
      const perRow = ({ bytes, rows }: { bytes: number; rows: number }): string => (bytes / rows).toFixed(1);
      const traffic = await runs.once("traffic_minute", rowSize, perRow);
      const log = await runs.once("access_log", logSize, perRow);
      return [
        [
          `bytes on disk per row of traffic_minute, half an hour of the demo (${traffic.rows} rows, merged)`,
          perRow(traffic),
          "see decision 0008",
        ],
        [
          `bytes on disk per row of access_log, half an hour of the demo (${log.rows} rows, all kept, merged)`,
          perRow(log),
          atMost(log.bytes / log.rows, 60),
        ],
      ];
    },
  },
  {
    name: "idle",
    section,
    what: "CPU and memory without traffic",
    rows: async (runs) => {
      const one = await runs.times(IDLE_RUNS, () => idleCost(1), costText);
      const two = await runs.once("two ingest processes", () => idleCost(2), costText);
      const shares = one.map(({ cpuShare }) => cpuShare * 100);
      const bytes = median(one.map(({ residentBytes }) => residentBytes));
      const further = two.residentBytes - bytes;
      return [
        ["CPU without traffic, one ingest process", figures(shares, "% of a core", 1), atMost(median(shares), 2)],
        ["memory without traffic: of each process its own, each file once", mb(bytes), atMost(bytes / 1e6, 520)],
        ["memory of a further ingest process", mb(further), atMost(further / 1e6, 75)],
      ];
    },
  },
  {
    name: "demo",
    section,
    what: "CPU under the demo's live traffic",
    rows: async (runs, what) => {
      const demo = await runs.once("one run", () => demoCost(), costText);
      return [[what, percent(demo), atMost(demo.cpuShare * 100, 25)]];
    },
  },
]; // prettier-ignore

const percent = ({ cpuShare }: Cost): string => `${(cpuShare * 100).toFixed(1)} % of a core`;
const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const costText = (cost: Cost): string => `${percent(cost)}, ${mb(cost.residentBytes)}`;
