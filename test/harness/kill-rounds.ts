/** Kills main and ingest processes at random moments under a steady load, and compares what is stored with what was sent. */
import { setTimeout as sleep } from "node:timers/promises";
import { childrenOf } from "./children.ts";
import { startProcess, until } from "./process.ts";
import { mulberry32 } from "./random.ts";
import { SteadyLoad } from "./steady-load.ts";
import { ownMetric, settledCalls } from "./stored.ts";

export interface KillRounds {
  readonly kills: { readonly main: number; readonly ingest: number };
  readonly sent: number;
  /** Entries that ingest processes had said were fsynced when they were killed, and at the end. */
  readonly durable: number;
  readonly stored: number;
  /** The product's own audit at the end. */
  readonly auditDifference: number;
  /** ms until a killed process was replaced, the slowest. */
  readonly replacedMs: number;
}

/** What a killed ingest process may take along, in seconds of load: what came since its last hand-over, and what sat in sockets. */
export const LOST_PER_KILL_MAX_S = 2;
const PAUSE_MAX_MS = 2_000;

export async function killRounds(options: { rounds: number; seed: number; perSecond: number }): Promise<KillRounds> {
  const random = mulberry32(options.seed);
  const oap = startProcess({ settings: { OAP_INGEST_PROCESSES: "1" } });
  const kills = { main: 0, ingest: 0 };
  let durable = 0;
  let replacedMs = 0;
  try {
    const { grpc, http } = await oap.ready();
    const load = new SteadyLoad(grpc, options.perSecond);
    for (let round = 0; round < options.rounds; round++) {
      await sleep(200 + random() * PAUSE_MAX_MS);
      const role = random() < 0.5 ? "main" : "ingest";
      const pid = childrenOf(oap.child.pid as number, `${role}.ts`)[0] as number;
      if (role === "ingest") durable += await ownMetric(http, "sidelight_entries_durable_total").catch(() => 0);
      process.kill(pid, "SIGKILL");
      kills[role]++;
      const killedAt = performance.now();
      await until(
        async () => childrenOf(oap.child.pid as number, `${role}.ts`),
        (pids) => pids.some((one) => one !== pid),
      );
      replacedMs = Math.max(replacedMs, performance.now() - killedAt);
    }
    await load.end();
    const stored = await settledCalls(http);
    durable += await ownMetric(http, "sidelight_entries_durable_total");
    const auditDifference = await ownMetric(http, "sidelight_audit_difference");
    return { kills, sent: load.sent, durable, stored, auditDifference, replacedMs };
  } finally {
    await oap.end();
  }
}
