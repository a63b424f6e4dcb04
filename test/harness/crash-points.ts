/** A process killed before and after each thing it does, under a steady load. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { childrenOf } from "./children.ts";
import { startProcess, until } from "./process.ts";
import { SteadyLoad } from "./steady-load.ts";
import { ownMetric, settledCalls } from "./stored.ts";

/** Entries a second. */
const RATE = 2_000;
const PRELOAD = fileURLToPath(new URL("./crash-at.mjs", import.meta.url));

export interface CrashOutcome {
  readonly sent: number;
  /** As told before each kill of an ingest process, and at the end. */
  readonly durable: number;
  readonly stored: number;
  readonly rate: number;
}

/** `operations`: of crash-at.mjs. */
export async function crashPoints(role: "main" | "ingest", operations: readonly string[]): Promise<CrashOutcome> {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-crash-"));
  const plan = join(dir, "plan");
  const oap = startProcess({
    settings: {
      NODE_OPTIONS: `--import ${PRELOAD}`,
      SIDELIGHT_CRASH_PLAN: plan,
      OAP_INGEST_PROCESSES: "1",
      OAP_SPOOL_KEEP_MS: "500",
    },
  });
  try {
    const { grpc, http } = await oap.ready();
    const load = new SteadyLoad(grpc, RATE);
    const told = (): Promise<number> => ownMetric(http, "sidelight_entries_durable_total");
    const process = (): number | undefined => childrenOf(oap.child.pid as number, `${role}.ts`)[0];
    let durable = 0;
    for (const point of operations.flatMap((operation) => [`${operation} before`, `${operation} after`])) {
      const before = process();
      await sleep(600);
      if (role === "ingest") durable += await told().catch(() => 0);
      writeFileSync(plan, `${role} ${point}`);
      await until(
        async () => [existsSync(plan), process()] as const,
        ([isPlanned, pid]) => !isPlanned && pid !== undefined && pid !== before,
      );
    }
    await load.end();
    const stored = await settledCalls(http);
    return { sent: load.sent, durable: durable + (await told()), stored, rate: RATE };
  } finally {
    await oap.end();
    rmSync(dir, { recursive: true, force: true });
  }
}
