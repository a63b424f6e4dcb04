import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { addTallies, sendDemo, untilTotals } from "../harness/demo-load.ts";
import { families } from "../harness/exposition.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";

let oap: RunningProcess | null = null;
afterEach(() => oap?.end());

test("connections that come while their process is away are held up to grpc.heldConnections, then closed, counted and said", async () => {
  oap = startProcess({ settings: { OAP_GRPC_HELD_CONNECTIONS: "1", OAP_INGEST_PROCESSES: "1" } });
  const port = Number((await oap.line("gRPC listening on ")).split(":")[1]); // printed before the ingest process is up
  const sockets = [0, 1, 2].map(() => connect(port, "127.0.0.1"));
  let gone = 0;
  for (const socket of sockets) socket.on("error", () => {}).on("close", () => gone++);
  const { http } = await oap.ready();
  const hits = await until(
    async () => families(await (await fetch(`${http}/metrics`)).text()).get("sidelight_bound_hits_total")?.samples,
    (samples) => (samples ?? []).some(({ labels }) => labels["process"] === "supervisor"),
  );
  expect(hits?.find(({ labels }) => labels["bound"] === "held_connections")?.value).toBe(2);
  expect(gone).toBe(2);
  const line = oap.output.out.split("\n").find((one) => one.includes('"bound":"held_connections"'));
  expect(JSON.parse(line ?? "{}")).toMatchObject({ hits: 2, setting: "grpc.heldConnections", name: "supervisor" });
  for (const socket of sockets) socket.destroy();
});

test("a process that lives and takes no connections holds no more than grpc.heldConnections either, and is replaced when it stays silent", async () => {
  const settings = { OAP_GRPC_HELD_CONNECTIONS: "16", OAP_INGEST_PROCESSES: "1", OAP_PROCESS_SILENT_MAX_MS: "5000" };
  oap = startProcess({ settings });
  const { grpc, http } = await oap.ready();
  const ingest = childrenOf(oap.child.pid as number, "ingest.ts")[0] as number;
  process.kill(ingest, "SIGSTOP");
  const sockets = Array.from({ length: 18 }, () => connect(Number(grpc.split(":")[1]), "127.0.0.1"));
  let gone = 0;
  for (const socket of sockets) socket.on("error", () => {}).on("close", () => gone++);
  await until(
    async () => gone,
    (count) => count === 2,
  );
  const replaced = await until(
    async () => childrenOf(oap?.child.pid as number, "ingest.ts"),
    (pids) => pids.some((pid) => pid !== ingest),
  );
  expect(replaced).not.toContain(ingest);
  expect(oap.output.out).toContain("a process says nothing and is killed");
  for (const socket of sockets) socket.destroy();
  // It tells of itself once it takes connections; what is sent before that may come in half.
  await until(
    async () => families(await (await fetch(`${http}/metrics`)).text()).get("sidelight_process_resident_memory_bytes")?.samples,
    (samples) => (samples ?? []).some(({ labels }) => labels["process"]?.startsWith("ingest")),
  );
  await untilTotals(http, addTallies(await sendDemo(grpc, 3)));
});
