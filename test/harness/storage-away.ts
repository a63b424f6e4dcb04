import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { childrenOf } from "./children.ts";
import { ask, startProcess, until } from "./process.ts";
import { SteadyLoad } from "./steady-load.ts";
import { ownMetric, settledCalls, storedCalls } from "./stored.ts";

const RATE = 20_000;

/** ClickHouse neither answers nor closes its connections for a while under a steady load; then everything is there once, and the
 *  spool was drained faster than it filled. */
export async function storageAway(awayMs: number): Promise<{ sent: number; drainedMs: number }> {
  const oap = startProcess({ settings: { OAP_INGEST_PROCESSES: "1" } });
  try {
    const { grpc, http } = await oap.ready();
    const main = childrenOf(oap.child.pid as number, "main.ts")[0] as number;
    const clickhouse = childrenOf(main, "embedded-process")[0] as number;
    const load = new SteadyLoad(grpc, RATE);
    await sleep(1_000);
    await until(
      () => readiness(http),
      (told) => told === "200 ready",
    );
    process.kill(clickhouse, "SIGSTOP");
    await sleep(awayMs);
    expect(await readiness(http)).toMatch(/^503 ClickHouse has not answered for \d+ s$/);
    expect(await readiness(http, "?part=ingest")).toBe("200 ready"); // entries are taken all the while
    await load.end();
    process.kill(clickhouse, "SIGCONT");
    const backAt = performance.now();
    await until(
      () => storedCalls(http),
      (calls) => calls >= load.sent,
    );
    const drainedMs = performance.now() - backAt;
    expect(await readiness(http)).toBe("200 ready");
    expect(await settledCalls(http)).toBe(load.sent);
    expect(awayMs / drainedMs).toBeGreaterThan(5);
    expect(await ownMetric(http, "sidelight_audit_difference")).toBe(0);
    expect((await ask<{ meshSetup: { problems: string[] } }>(http, "{ meshSetup { problems } }")).meshSetup.problems).toEqual([]);
    return { sent: load.sent, drainedMs };
  } finally {
    await oap.end();
  }
}

async function readiness(http: string, part = ""): Promise<string> {
  const answer = await fetch(`${http}/healthz/ready${part}`);
  return `${answer.status} ${(await answer.text()).trim()}`;
}
