/** What it takes to get entries in: from bytes, over gRPC, into rows. */
import { accessLogRun } from "./access-log-cost.ts";
import { atLeast, atMost, figures } from "./figures.ts";
import { grpcToSlot } from "./grpc-to-slot.ts";
import { type LoadShape, MESH } from "./load.ts";
import { inFreshProcess, median } from "./measure.ts";
import type { Part, Row, Section } from "./part.ts";
import type { Runs } from "./runs.ts";
import { RSS_MAX, type WholeRun, wholeProduct } from "./whole-product.ts";

/** Of the throughputs that have a floor. */
const RUNS = 5;
/** Of what costs minutes. */
const FEW_RUNS = 3;
const MIB = 2 ** 20;
const RATE = "entries per CPU-second";

export interface WireRun {
  readonly perCpuSecond: number;
  readonly entryBytes: number;
  readonly rssMiB: number;
}

const section: Section = { title: "Ingest", head: ["what", "figure", "bound"], setting: "" };

export const INGEST_PARTS: readonly Part[] = [
  {
    name: "bytes-to-slots",
    section,
    what: "bytes to slots, no transport",
    rows: async (runs, what) => {
      const all = await runs.times(RUNS, () => wireToSlot(MESH), rateOf);
      return [[`${what}, entries of ${all[0]?.entryBytes} bytes`, rates(all), atLeast(middle(all), 300_000, 500_000)]];
    },
  },
  {
    name: "grpc-to-slots",
    section,
    what: "gRPC on loopback to slots, CPU of the server's process",
    rows: async (runs, what) => {
      const all = await runs.times(RUNS, () => grpcToSlot(), rateOf);
      const loopMs = median(all.map((run) => run.loopDelayP99Ms));
      return [
        [what, rates(all), atLeast(middle(all), 100_000, 150_000)],
        ["event loop delay of the server in those runs, p99", `${loopMs.toFixed(1)} ms`, atMost(loopMs, 50)],
      ];
    },
  },
  {
    name: "plain-to-slots",
    section,
    what: "gRPC to slots, plain entries: no TLS, no peers",
    rows: async (runs, what) => {
      const all = await runs.times(RUNS, () => grpcToSlot({ ...MESH, isPlain: true }), rateOf);
      return [[`${what}, ${all[0]?.entryBytes} bytes each`, rates(all), "none given"]];
    },
  },
  {
    name: "grpc-to-rows",
    section,
    what: "gRPC on loopback to rows in ClickHouse, CPU of all processes",
    rows: async (runs, what) => {
      const all = await runs.times(RUNS, () => wholeProduct(), wholeOf);
      return [[what, rates(all), atLeast(middle(all), 70_000, 110_000)], ...wholeRows("gRPC to rows", all, "at least 80,000")];
    },
  },
  {
    name: "plain-to-rows",
    section,
    what: "gRPC to rows, plain entries",
    rows: async (runs, what) => {
      const all = await runs.times(RUNS, () => wholeProduct({ isPlain: true }), wholeOf);
      return [
        [`${what} of ${all[0]?.entryBytes} bytes`, rates(all), atLeast(middle(all), 150_000, 250_000)],
        ...wholeRows("plain entries to rows", all),
      ];
    },
  },
  {
    name: "all-streams-at-once",
    section,
    what: "gRPC to rows, 2,000 streams at once",
    rows: async (runs, what) => {
      const all = await runs.times(FEW_RUNS, () => wholeProduct({ allAtOnce: true }), wholeOf);
      return [[what, rates(all), "none given"], ...wholeRows("2,000 streams at once", all)];
    },
  },
  {
    name: "access-log-cost",
    section,
    what: "the access log: gRPC to slots with it ÷ without",
    rows: accessLogCost,
  },
]; // prettier-ignore

export const wireToSlot = ({ services, instances, endpoints }: LoadShape): Promise<WireRun> =>
  inFreshProcess("./wire-to-slot.ts", String(services), String(instances), String(endpoints));

interface Rated {
  readonly perCpuSecond: number;
}

export const rateOf = ({ perCpuSecond }: Rated): string => `${perCpuSecond.toLocaleString("en-US")} ${RATE}`;
const wholeOf = (run: WholeRun): string => `${rateOf(run)}, at most ${Math.round(run.peakRssBytes / MIB)} MiB`;
const perCpuSecondOf = (runs: readonly Rated[]): number[] => runs.map(({ perCpuSecond }) => perCpuSecond);
const middle = (runs: readonly Rated[]): number => median(perCpuSecondOf(runs));
const rates = (runs: readonly Rated[]): string => figures(perCpuSecondOf(runs), RATE);

/** What else is seen of runs of the whole product. */
function wholeRows(of: string, runs: readonly WholeRun[], sentBound = "none given"): Row[] {
  const sent = runs.map((run) => run.sentPerSecond);
  const peak = Math.max(...runs.map((run) => run.peakRssBytes));
  const shares = Object.keys(runs[0]?.shares ?? {}).map((role) => `${role} ${median(runs.map((run) => run.shares[role] ?? 0))}`);
  return [
    [`${of}: entries per second that the bench sent meanwhile`, figures(sent, ""), sentBound],
    [`${of}: µs of CPU per entry, by process`, shares.join(", "), "none given"],
    [`${of}: peak resident memory of the ingest process`, `${Math.round(peak / MIB)} MiB`, `${RSS_MAX / MIB} MiB, or it fails`],
  ];
}

/** With and without in turns: the machine's speed changes within minutes. */
async function accessLogCost(runs: Runs): Promise<Row[]> {
  const [on, off]: [number[], number[]] = [[], []];
  let rowsPerMille = 0;
  for (let run = 1; run <= FEW_RUNS; run++) {
    off.push((await runs.once(`run ${run} of ${FEW_RUNS} without`, () => accessLogRun(false), rateOf)).perCpuSecond);
    const kept = await runs.once(`run ${run} of ${FEW_RUNS} with`, () => accessLogRun(true), rateOf);
    on.push(kept.perCpuSecond);
    rowsPerMille += (1_000 * kept.logRows) / kept.entries / FEW_RUNS;
  }
  const ratio = median(on) / median(off);
  return [
    [
      `the access log: gRPC to slots with it ÷ without, ${rowsPerMille.toFixed(0)} rows of 1,000 entries`,
      `${ratio.toFixed(3)} (with: ${on.join("; ")}; without: ${off.join("; ")})`,
      atLeast(ratio, 0.9, 0.9),
    ],
  ];
}
