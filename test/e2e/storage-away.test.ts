import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { ask, type RunningProcess, startProcess, until } from "../harness/process.ts";
import { SteadyLoad } from "../harness/steady-load.ts";
import { ownMetric, settledCalls, storedCalls } from "../harness/stored.ts";

const RATE = 20_000;
const AWAY_MS = 20_000;

let oap: RunningProcess;

afterEach(() => oap.end());

test("ClickHouse away for 20 s at 20,000 entries a second: the spool takes them, and all are there once", async () => {
  oap = startProcess({ settings: { OAP_INGEST_PROCESSES: "1" } });
  const { grpc, http } = await oap.ready();
  const main = childrenOf(oap.child.pid as number, "main.ts")[0] as number;
  const clickhouse = childrenOf(main, "embedded-process")[0] as number;
  const load = new SteadyLoad(grpc, RATE);
  await sleep(1_000);
  process.kill(clickhouse, "SIGSTOP"); // it neither answers nor closes its connections
  await sleep(AWAY_MS);
  await load.end();
  process.kill(clickhouse, "SIGCONT");
  const backAt = performance.now();
  await until(
    () => storedCalls(http),
    (calls) => calls >= load.sent,
  );
  const drainedMs = performance.now() - backAt;
  expect(await settledCalls(http)).toBe(load.sent);
  expect(AWAY_MS / drainedMs).toBeGreaterThan(5);
  expect(await ownMetric(http, "sidelight_audit_difference")).toBe(0);
  expect((await ask<{ meshSetup: { problems: string[] } }>(http, "{ meshSetup { problems } }")).meshSetup.problems).toEqual([]);
});
