import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { LOST_PER_KILL_MAX_S } from "../harness/kill-rounds.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";
import { SteadyLoad } from "../harness/steady-load.ts";
import { ownMetric, settledCalls } from "../harness/stored.ts";

const RATE = 2_000;
const PRELOAD = fileURLToPath(new URL("../harness/crash-at.mjs", import.meta.url));

vi.setConfig({ testTimeout: 120_000 });

let dir: string;
let oap: RunningProcess;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-crash-"));
});

afterEach(async () => {
  await oap.end();
  rmSync(dir, { recursive: true, force: true });
});

const MAIN_POINTS = ["datasync before", "datasync after", "insert before", "insert after", "rm before", "rm after"];
const INGEST_POINTS = ["mkdir", "appendFile", "datasync", "rename"].flatMap((operation) => [
  `${operation} before`,
  `${operation} after`,
]);

test.for([
  ["main", MAIN_POINTS],
  ["ingest", INGEST_POINTS],
] as const)("%s killed before and after each thing it does: nothing handed over is lost or doubled", async ([role, points]) => {
  const plan = join(dir, "plan");
  oap = startProcess({
    settings: {
      NODE_OPTIONS: `--import ${PRELOAD}`,
      SIDELIGHT_CRASH_PLAN: plan,
      OAP_INGEST_PROCESSES: "1",
      OAP_SPOOL_KEEP_MS: "500",
    },
  });
  const { grpc, http } = await oap.ready();
  const load = new SteadyLoad(grpc, RATE);
  let durable = 0;
  for (const point of points) {
    const before = childrenOf(oap.child.pid as number, `${role}.ts`)[0];
    await sleep(600);
    if (role === "ingest") durable += await ownMetric(http, "sidelight_entries_durable_total").catch(() => 0);
    writeFileSync(plan, `${role} ${point}`);
    await until(
      async () => [existsSync(plan), childrenOf(oap.child.pid as number, `${role}.ts`)[0]] as const,
      ([isPlanned, pid]) => !isPlanned && pid !== undefined && pid !== before,
    );
  }
  await load.end();
  const stored = await settledCalls(http);
  if (role === "main") expect(stored).toBe(load.sent);
  else {
    durable += await ownMetric(http, "sidelight_entries_durable_total");
    expect(stored).toBeLessThanOrEqual(load.sent);
    expect(stored).toBeGreaterThanOrEqual(durable);
    expect(load.sent - stored).toBeLessThanOrEqual(points.length * RATE * LOST_PER_KILL_MAX_S);
  }
});
