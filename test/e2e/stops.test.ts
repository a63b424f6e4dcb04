import { afterEach, expect, test } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { addTallies, sendDemo, sorted, untilTotals } from "../harness/demo-load.ts";
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
