/** gRPC on loopback to rows in ClickHouse, through the product as its users start it: CPU time of all its processes. A run in which what
 *  is stored is not what was sent is no result. */
import { childrenOf } from "../harness/children.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";
import { benchLoad, MESH } from "./load.ts";
import { peakRssBytes, WARM_UP_SHARE } from "./measure.ts";
import { processTree } from "./process-tree.ts";
import { sendRounds } from "./send.ts";
import { askClickHouse, checkStored } from "./stored-keys.ts";

const ROUNDS = 30;
const WARM_UP_ROUNDS = Math.ceil(ROUNDS * WARM_UP_SHARE);
/** What the ingest process may take at its peak. */
export const RSS_MAX = 768 << 20;

const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

export interface WholeRun {
  readonly perCpuSecond: number;
  /** µs of CPU per entry, by process. */
  readonly shares: Readonly<Record<string, number>>;
  readonly sentPerSecond: number;
  readonly peakRssBytes: number;
  readonly entryBytes: number;
}

/** Entries per CPU-second of all processes, the database's included, while one ingest process takes all that comes. */
export async function wholeProduct({ isPlain = false, allAtOnce = false } = {}): Promise<WholeRun> {
  const oap = startProcess({ settings: { OAP_INGEST_PROCESSES: "1" } });
  try {
    const { grpc } = await oap.ready();
    const load = benchLoad({ ...MESH, isPlain }, Date.now());
    const root = oap.child.pid as number;
    await sendRounds(grpc, load, WARM_UP_ROUNDS, { allAtOnce });
    await untilStored(oap, load.entries * WARM_UP_ROUNDS);
    const before = new Map(processTree(root).map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
    const startedAt = performance.now();
    await sendRounds(grpc, load, ROUNDS, { allAtOnce });
    const sentS = (performance.now() - startedAt) / 1_000;
    await untilStored(oap, load.entries * (WARM_UP_ROUNDS + ROUNDS));
    const after = processTree(root);
    await checkStored(oap, load, WARM_UP_ROUNDS + ROUNDS);
    const entries = load.entries * ROUNDS;
    const used = after.map(({ name, pid, cpuSeconds }) => [name, cpuSeconds - (before.get(pid) ?? 0)] as const);
    const peak = peakRssBytes(childrenOf(root, "ingest.ts")[0] as number);
    if (peak > RSS_MAX) throw new Error(`the ingest process took ${mib(peak)} at its peak, more than ${mib(RSS_MAX)}`);
    return {
      perCpuSecond: Math.round(entries / used.reduce((sum, [, seconds]) => sum + seconds, 0)),
      shares: Object.fromEntries(used.map(([name, seconds]) => [name, Math.round((seconds * 1e8) / entries) / 100])),
      sentPerSecond: Math.round(entries / sentS),
      peakRssBytes: peak,
      entryBytes: load.entryBytes,
    };
  } finally {
    await oap.end();
  }
}

/** Waits until the services' calls are in the table. */
async function untilStored(oap: RunningProcess, calls: number): Promise<void> {
  await until(
    () => askClickHouse(oap, "SELECT sum(calls) FROM sidelight.traffic_minute WHERE scope = 'service' FORMAT TSV"),
    ([[sum] = [] as string[]]) => Number(sum) >= calls,
  ); // prettier-ignore
}
