/** One service sends more than can be taken, and others what they always do. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { childrenOf } from "./children.ts";
import { startProcess, until } from "./process.ts";
import { SteadyLoad } from "./steady-load.ts";
import { auditedDifference, settledCalls, storedCalls } from "./stored.ts";

const MEMORY_MAX = 512 << 20;
const PAGE = 4_096;
const OTHERS = ["api", "pay", "stock"];
const OTHERS_RATE = 500;

/** It is held back, memory stays bounded, the others' calls are counted meanwhile, and all of it is stored once. */
export async function expectFairOverload(processes: number): Promise<void> {
  const settings = { OAP_INGEST_PROCESSES: String(processes), OAP_MEMORY_MAX_BYTES: String(MEMORY_MAX) };
  const oap = startProcess({ settings: { ...settings, OAP_AUDIT_INTERVAL_MS: "500" } });
  try {
    const { grpc, http } = await oap.ready();
    const ingests = childrenOf(oap.child.pid as number, "ingest.ts");
    expect(ingests).toHaveLength(processes);
    let memoryMax = 0;
    const watch = setInterval(() => {
      const pages = ingests.map((pid) => Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]));
      memoryMax = Math.max(memoryMax, ...pages.map((count) => count * PAGE));
    }, 50);
    const flood = new SteadyLoad(grpc, 1_000_000);
    const others = OTHERS.map((app) => new SteadyLoad(grpc, OTHERS_RATE, app));
    await sleep(6_000);
    await Promise.all(others.map((load) => load.end()));
    const othersDone = OTHERS.map((app, i) =>
      until(
        () => storedCalls(http, `${app}.shop`),
        (calls) => calls === others[i]?.sent,
      ),
    );
    await Promise.all(othersDone); // while the flood goes on
    await flood.end();
    clearInterval(watch);
    expect(flood.heldBack).toBeGreaterThan(0);
    expect(flood.sent).toBeGreaterThan(100 * Math.max(...others.map(({ sent }) => sent)));
    expect(memoryMax).toBeGreaterThan(0);
    expect(memoryMax).toBeLessThan(MEMORY_MAX);
    expect(await settledCalls(http)).toBe(flood.sent);
    expect(await auditedDifference(http)).toBe(0);
  } finally {
    await oap.end();
  }
}
