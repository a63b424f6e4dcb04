import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";
import { SteadyLoad } from "../harness/steady-load.ts";
import { auditedDifference, settledCalls, storedCalls } from "../harness/stored.ts";

const MEMORY_MAX = 512 << 20;
const PAGE = 4_096;
const OTHERS = ["api", "pay", "stock"];
const OTHERS_RATE = 500;

let oap: RunningProcess;

afterEach(() => oap.end());

vi.setConfig({ testTimeout: 120_000 });

test.for([1, 2])(
  "one service sends more than can be taken by %d ingest processes: it is held back, memory stays bounded, the others' calls are counted meanwhile",
  async (processes) => {
    const settings = { OAP_INGEST_PROCESSES: String(processes), OAP_MEMORY_MAX_BYTES: String(MEMORY_MAX) };
    oap = startProcess({ settings: { ...settings, OAP_AUDIT_INTERVAL_MS: "500" } });
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
  },
);
