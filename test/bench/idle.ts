/** What the product costs when nothing happens, and under the demo's live traffic: `node test/bench/idle.ts`. */
import { setTimeout as sleep } from "node:timers/promises";
import { childrenOf } from "../harness/children.ts";
import { type RunningProcess, startProcess } from "../harness/process.ts";
import { processTree, residentBytes } from "./process-tree.ts";

/** After the start, so that what it did once is over. */
const SETTLE_MS = 20_000;
const WINDOW_MS = 60_000;

export interface Cost {
  /** Share of one core over the window, all processes. */
  readonly cpuShare: number;
  /** Memory at its end: of each process its own, and each file once. */
  readonly residentBytes: number;
  readonly byProcess: Readonly<Record<string, { readonly cpuShare: number; readonly ownMiB: number }>>;
}

/** The product with this many ingest processes and no traffic. */
export async function idleCost(ingestProcesses: number, windowMs = WINDOW_MS): Promise<Cost> {
  const oap = startProcess({ settings: { OAP_INGEST_PROCESSES: String(ingestProcesses) } });
  try {
    await oap.ready();
    return await costOf(oap, oap.child.pid as number, windowMs);
  } finally {
    await oap.end();
  }
}

/** The product, without the process that sends the demo's traffic, while that goes on. */
export async function demoCost(windowMs = WINDOW_MS): Promise<Cost> {
  const oap = startProcess({ command: [process.execPath, "oap/demo/main.ts"], settings: { OAP_INGEST_PROCESSES: "1" } });
  try {
    await oap.ready();
    await oap.line("demo: ");
    return await costOf(oap, childrenOf(oap.child.pid as number, "supervisor.ts")[0] as number, windowMs);
  } finally {
    oap.signal("SIGTERM"); // the demo ends its server, which is in a group of its own
    await oap.exited;
    await oap.end();
  }
}

async function costOf(oap: RunningProcess, root: number, windowMs: number): Promise<Cost> {
  await sleep(SETTLE_MS);
  const startedAt = performance.now();
  const before = new Map(processTree(root).map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
  await sleep(windowMs);
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = processTree(root);
  if (oap.output.err.includes("died")) throw new Error(`a process died:\n${oap.output.err}`);
  const shares = after.map((one) => ({ ...one, cpuShare: (one.cpuSeconds - (before.get(one.pid) ?? 0)) / seconds }));
  return {
    cpuShare: shares.reduce((sum, { cpuShare }) => sum + cpuShare, 0),
    residentBytes: residentBytes(after),
    byProcess: Object.fromEntries(
      shares.map(({ name, pid, cpuShare, anonymousBytes }) => [
        `${name} ${pid}`,
        { cpuShare: Math.round(cpuShare * 10_000) / 10_000, ownMiB: Math.round(anonymousBytes / 2 ** 20) },
      ]),
    ),
  };
}

if (import.meta.main) {
  for (const processes of [1, 2]) console.log("idle", processes, JSON.stringify(await idleCost(processes), null, 1));
  console.log("demo", JSON.stringify(await demoCost(), null, 1));
}
