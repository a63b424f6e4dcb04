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

const child = (oap: RunningProcess, text: string): number => childrenOf(oap.child.pid as number, text)[0] as number;

test.for([
  ["SIGTERM to the process alone", "SIGTERM", false],
  ["SIGTERM to its whole group", "SIGTERM", true],
  ["Ctrl-C, SIGINT to its whole group", "SIGINT", true],
] as const)("%s stops it cleanly, and nothing that came in is lost", async ([, signal, group]) => {
  const oap = start();
  const { grpc } = await oap.ready();
  const tally = await sendDemo(grpc, 4);
  oap.signal(signal, group);
  expect(await oap.exited).toBe(0);
  const again = start({ dataDir: oap.dir });
  const { http } = await again.ready();
  expect(sorted(await untilTotals(http, addTallies(tally)))).toEqual(sorted(addTallies(tally)));
});

test("npm start passes a signal on and the product ends with 0", async () => {
  const oap = start({ command: ["npm", "start"] });
  await oap.ready();
  oap.signal("SIGTERM");
  await until(
    async () => childrenOf(oap.child.pid as number, "").length,
    (count) => count === 0,
  ); // prettier-ignore
  expect(await oap.exited).toBe(0);
});

test("it prints exactly where things are, then ready", async () => {
  const oap = start();
  const { grpc, http } = await oap.ready();
  const plain = oap.output.out.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
  expect(plain).toEqual([`gRPC listening on ${grpc}`, `HTTP listening on ${http}`, `data in ${oap.dir}`, "ready"]);
  expect(grpc).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(http).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test.for([["ingest.ts"], ["main.ts"]] as const)(
  "kill -9 of %s: it is replaced, what was handed over is there once, and new entries count",
  async ([file]) => {
    const oap = start();
    const { grpc, http } = await oap.ready();
    const before = await sendDemo(grpc, 3, 1);
    await untilTotals(http, addTallies(before));
    process.kill(child(oap, file), "SIGKILL");
    const after = await until(
      () => sendDemo(grpc, 3, 2),
      () => true,
    ); // prettier-ignore
    const expected = addTallies(before, after);
    expect(sorted(await untilTotals(http, expected))).toEqual(sorted(expected));
  },
);

test("kill -9 of ClickHouse: another is started within a second while entries are taken, and nothing is lost or doubled", async () => {
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
  expect(startedMs).toBeLessThan(1_000);
  expect(answersMs).toBeLessThan(10_000);
  const expected = addTallies(before, after);
  expect(sorted(await untilTotals(http, expected))).toEqual(sorted(expected));
});

test("kill -9 of the supervisor ends all processes within a second, ClickHouse too, and the next start is clean", async () => {
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
  expect(goneMs).toBeLessThan(1_000);
  const again = start({ dataDir: oap.dir });
  const ports = await again.ready();
  expect(sorted(await untilTotals(ports.http, addTallies(tally)))).toEqual(sorted(addTallies(tally)));
  expect(again.output.err).toBe("");
});

test("two ingest processes, and none beside the main one, give the same totals as one", async () => {
  for (const processes of ["0", "2"]) {
    const oap = start({ settings: { OAP_INGEST_PROCESSES: processes } });
    const { grpc, http } = await oap.ready();
    const tallies = [await sendDemo(grpc, 3, 1), await sendDemo(grpc, 3, 2)];
    const expected = addTallies(...tallies);
    expect(sorted(await untilTotals(http, expected))).toEqual(sorted(expected));
    oap.signal("SIGTERM");
    expect(await oap.exited).toBe(0);
  }
});

test.for([
  ["OAP_GRPC_PORT", "http"],
  ["OAP_GRPC_PORT", "70000"],
  ["OAP_FLUSH_INTERVAL_MS", "-1"],
  ["OAP_STORAGE_TTL", "maybe"],
  ["OAP_NO_SUCH_SETTING", "1"],
  ["OAP_NAMES_SERVICE", "no placeholder"],
] as const)("a bad setting stops the start with its name: %s=%s", async ([variable, value]) => {
  const oap = start({ settings: { [variable]: value } });
  expect(await oap.exited).toBe(78);
  expect(oap.output.err.replaceAll(/[._]/g, "").toLowerCase()).toContain(
    variable.replace("OAP_", "").replace("_MS", "").replaceAll("_", "").toLowerCase(),
  );
});

test("a port in use is named", async () => {
  const first = start();
  const { grpc } = await first.ready();
  const port = grpc.split(":")[1] as string;
  const second = start({ settings: { OAP_GRPC_PORT: port } });
  expect(await second.exited).toBe(1);
  expect(second.output.err).toContain(`127.0.0.1:${port}`);
});

test("what a proxy sends shows within seconds, without a restart", async () => {
  const oap = start();
  const { grpc, http } = await oap.ready();
  expect(await totals(http)).toEqual({});
  const tally = await sendDemo(grpc, 2);
  expect(sorted(await untilTotals(http, addTallies(tally)))).toEqual(sorted(addTallies(tally)));
});
