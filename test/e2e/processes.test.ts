import { afterEach, expect, test } from "vitest";
import { addTallies, sendDemo, sorted, totals, untilTotals } from "../harness/demo-load.ts";
import { type RunningProcess, startProcess } from "../harness/process.ts";
import { sidelight } from "../harness/sidelight.ts";

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

test("what a proxy sends shows within seconds, without a restart, in a terminal too; and the server tells how it is", async () => {
  const oap = start({ settings: { OAP_STORAGE_PASSWORD: "hunter2" } });
  const { grpc, http } = await oap.ready();
  expect(await totals(http)).toEqual({});
  const tally = await sendDemo(grpc, 2);
  expect(sorted(await untilTotals(http, addTallies(tally)))).toEqual(sorted(addTallies(tally)));
  const typed = await sidelight(["query", "sum(service_cpm)", "-s", "reviews.bookinfo", "--last", "5m", "--url", http]);
  expect([typed.code, typed.err]).toEqual([0, ""]);
  expect(Number(typed.out.trimEnd().split("\n").at(-1))).toBeGreaterThan(0);
  const read = async (path: string) => (await fetch(http + path, { headers: { accept: "application/json" } })).json();
  expect(await read("/healthz/ready")).toEqual({ ready: true, lacks: [] });
  const [host, port] = grpc.split(":");
  expect(await read("/status/cluster/nodes")).toEqual({ nodes: [{ host, port: Number(port), self: true, isSelf: true }] });
  const dump = (await read("/debugging/config/dump")) as Record<string, unknown>;
  expect(dump).toMatchObject({ "data.dir": oap.dir, "storage.password": "******", "grpc.port": "0" });
  expect(JSON.stringify(dump)).not.toContain("hunter2");
});
