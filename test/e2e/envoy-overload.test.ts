import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { findEnvoy, freePort, startEnvoy } from "../harness/envoy.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";
import { auditedDifference, ownMetric, settledCalls } from "../harness/stored.ts";

const envoy = findEnvoy();
const WRITTEN = "access_logs.grpc_access_log.logs_written";
const DROPPED = "access_logs.grpc_access_log.logs_dropped";
/** Makes entries of about 3 KB, so that what lies between Envoy and us is full soon. */
const USER_AGENT = "x".repeat(3_000);
const CONNECTIONS = 16;

let oap: RunningProcess;
let proxy: Awaited<ReturnType<typeof startEnvoy>>;

afterEach(async () => {
  await proxy?.stop();
  await oap?.end();
});

/** Requests that end at a port nobody listens on: failed calls of the service `front`. */
async function requests(count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(`${proxy.url}/dead`, { agent, headers: { "user-agent": USER_AGENT } }, (answer) => {
        answer.resume().once("end", () => resolve());
      });
      sent.once("error", reject).end();
    });
  let left = count;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await one();
    }),
  );
  agent.destroy();
}

test.skipIf(envoy === null)(
  "an ingest process that stands still: Envoy drops on its side and counts it; when it goes on, what Envoy wrote is stored, all of it",
  async () => {
    const settings = { OAP_INGEST_PROCESSES: "1", OAP_AUDIT_INTERVAL_MS: "500", OAP_PROCESS_SILENT_MAX_MS: "600000" };
    oap = startProcess({ settings });
    const { grpc, http } = await oap.ready();
    const ingest = childrenOf(oap.child.pid as number, "ingest.ts")[0] as number;
    proxy = await startEnvoy(envoy as string, {
      id: "front-1",
      cluster: "front",
      port: await freePort(),
      routes: [["/dead", "dead"]],
      clusters: { dead: await freePort() },
      collector: grpc,
      collectorBufferBytes: 256 * 1024,
    });
    await requests(200);
    await until(
      async () => (await ownMetric(http, "sidelight_entries_total")) === (await proxy.counter(WRITTEN)),
      (isAllThere) => isAllThere,
    );
    const droppedBefore = await proxy.counter(DROPPED);
    process.kill(ingest, "SIGSTOP");
    let sent = 0;
    for (; sent < 20_000 && (await proxy.counter(DROPPED)) < droppedBefore + 300; sent += 500) await requests(500);
    expect(await proxy.counter(DROPPED)).toBeGreaterThanOrEqual(droppedBefore + 300);
    process.kill(ingest, "SIGCONT");
    const takesAgain = async (): Promise<boolean> => {
      const before = await proxy.counter(DROPPED);
      await requests(20);
      sent += 20;
      return (await proxy.counter(DROPPED)) === before;
    };
    await until(takesAgain, (takes) => takes);
    await sleep(500); // more than the interval of its flush
    const [written, droppedInAll] = [await proxy.counter(WRITTEN), await proxy.counter(DROPPED)];
    expect(written + droppedInAll).toBeGreaterThanOrEqual(200 + sent);
    expect(await settledCalls(http, "front")).toBe(written);
    expect(await auditedDifference(http)).toBe(0);
  },
  120_000,
);
