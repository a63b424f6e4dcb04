import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { addTallies, sendDemo, sorted, totals, untilTotals } from "../harness/demo-load.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";

let running: RunningProcess[] = [];

afterEach(async () => {
  for (const one of running) await one.end();
  running = [];
});

function start(options: Parameters<typeof startProcess>[0] = {}): RunningProcess {
  const started = startProcess(options);
  running.push(started);
  return started;
}

/** A second is what is promised, and printed; a machine that does other things too takes longer. */
const AT_ONCE_MS = 5_000;

const child = (oap: RunningProcess, text: string): number => childrenOf(oap.child.pid as number, text)[0] as number;

test.for([["ingest.ts"], ["main.ts"]] as const)(
  "kill -9 of %s: it is replaced, what was handed over is there once, and new entries count",
  async ([file]) => {
    const oap = start();
    const { grpc, http } = await oap.ready();
    const before = await sendDemo(grpc, 3, 1);
    await untilTotals(http, addTallies(before));
    const killed = child(oap, file);
    process.kill(killed, "SIGKILL");
    // A connection on its way to the killed one is closed, and what was sent on it is not counted: its sender knows.
    await until(
      async () => childrenOf(oap.child.pid as number, file),
      (pids) => pids.some((pid) => pid !== killed),
    );
    const after = await until(
      () => sendDemo(grpc, 3, 2),
      () => true,
    ); // prettier-ignore
    const expected = addTallies(before, after);
    expect(sorted(await untilTotals(http, expected))).toEqual(sorted(expected));
  },
);

test("kill -9 of ClickHouse: another is started at once while entries are taken, and nothing is lost or doubled", async () => {
  const oap = start();
  const { grpc, http } = await oap.ready();
  const before = await sendDemo(grpc, 3, 1);
  await untilTotals(http, addTallies(before));
  const killed = childrenOf(child(oap, "main.ts"), "embedded-process")[0] as number;
  process.kill(killed, "SIGKILL");
  const killedAt = performance.now();
  const startedAnew = until(
    async () => childrenOf(child(oap, "main.ts"), "embedded-process"),
    (pids) => pids.some((pid) => pid !== killed),
  ).then(() => performance.now() - killedAt);
  const answersAgain = until(
    () => totals(http),
    () => true,
  ).then(() => performance.now() - killedAt);
  const after = await sendDemo(grpc, 3, 2);
  const [startedMs, answersMs] = [await startedAnew, await answersAgain];
  console.log(`ClickHouse: started anew after ${startedMs.toFixed(0)} ms, answered after ${answersMs.toFixed(0)} ms`);
  expect(startedMs).toBeLessThan(AT_ONCE_MS);
  expect(answersMs).toBeLessThan(10_000);
  const expected = addTallies(before, after);
  expect(sorted(await untilTotals(http, expected))).toEqual(sorted(expected));
});

test("kill -9 of the supervisor ends all processes at once, ClickHouse too, and the next start is clean", async () => {
  const oap = start();
  const { grpc, http } = await oap.ready();
  const tally = await sendDemo(grpc, 3);
  await untilTotals(http, addTallies(tally));
  const main = child(oap, "main.ts");
  const others = [main, child(oap, "ingest.ts"), childrenOf(main, "embedded-process")[0] as number];
  oap.signal("SIGKILL");
  const killedAt = performance.now();
  const isGone = (pid: number): boolean => {
    try {
      return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return true;
    }
  };
  while (!others.every(isGone) && performance.now() - killedAt < 10_000) await sleep(20);
  const goneMs = performance.now() - killedAt;
  console.log(`all processes were gone ${goneMs.toFixed(0)} ms after their supervisor`);
  expect(others.every(isGone)).toBe(true);
  expect(goneMs).toBeLessThan(AT_ONCE_MS);
  const again = start({ dataDir: oap.dir });
  const ports = await again.ready();
  expect(sorted(await untilTotals(ports.http, addTallies(tally)))).toEqual(sorted(addTallies(tally)));
  expect(again.output.err).toBe("");
});
