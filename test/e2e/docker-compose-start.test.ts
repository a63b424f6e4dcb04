/** The services of docker-compose.yml that can run without an engine for containers, with their own variables. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { CLUSTER, type ClickHouseServer, PASSWORD, startServers, USERNAME } from "../harness/clickhouse-server.ts";
import { DOCKERFILE, inProfile, readCompose, runEnvoy } from "../harness/compose.ts";
import { addTallies, sendDemo, untilTotals } from "../harness/demo-load.ts";
import { findEnvoy, freePort } from "../harness/envoy.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";

const compose = readCompose(PASSWORD);
const envoy = findEnvoy();
const settingsOf = (name: string): Record<string, string> => ({ ...compose.services[name]?.environment });

const running: { end: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.end();
});

/** The variables of the image, but for those that name places in a container. */
const IMAGE = Object.fromEntries(
  [
    .../^ENV (.+)$/m
      .exec(DOCKERFILE)![1]!
      .split(" ")
      .map((one) => one.split("=")),
  ].filter(([name]) => !/_HOST|_DIR|_CACHE/.test(String(name))),
);

async function startService(
  name: string,
  change: Record<string, string> = {},
): Promise<{ grpc: string; http: string; oap: RunningProcess }> {
  const oap = startProcess({ settings: { ...IMAGE, ...settingsOf(name), OAP_INGEST_PROCESSES: "1", ...change } });
  running.push(oap);
  return { oap, ...(await oap.ready()) };
}

async function startedServers(count: number): Promise<ClickHouseServer[]> {
  const servers = await startServers(count);
  running.push(...servers.map((server) => ({ end: () => server.close() })));
  return servers;
}

/** The image's own health check, at the port that stands for its own. */
async function isHealthy(http: string): Promise<boolean> {
  const [, program = ""] = /HEALTHCHECK[\s\S]*?CMD \["node", "-e", "(.+)"\]/.exec(DOCKERFILE) ?? [];
  const here = program.replace("http://127.0.0.1:12800", http);
  expect(here).not.toBe(program);
  return await promisify(execFile)(process.execPath, ["-e", here]).then(
    () => true,
    () => false,
  );
}

test("single: the OAP starts with its environment, and says that it is healthy", async () => {
  expect(inProfile(compose, "single")).toEqual(["oap"]);
  const { grpc, http } = await startService("oap");
  expect(await isHealthy(http)).toBe(true);
  const expected = addTallies(await sendDemo(grpc, 2));
  await untilTotals(http, expected);
  expect(await isHealthy("http://127.0.0.1:1")).toBe(false);
});

test("clickhouse: the OAP starts with its environment on a ClickHouse with its user and password", async () => {
  expect(inProfile(compose, "clickhouse")).toEqual(["clickhouse", "oap-clickhouse"]);
  const [server] = (await startedServers(1)) as [ClickHouseServer];
  expect([settingsOf("clickhouse")["CLICKHOUSE_PASSWORD"], settingsOf("oap-clickhouse")["OAP_STORAGE_PASSWORD"]]).toEqual([
    PASSWORD,
    PASSWORD,
  ]);
  const { grpc, http } = await startService("oap-clickhouse", { OAP_STORAGE_URL: server.url, OAP_STORAGE_USERNAME: USERNAME });
  const expected = addTallies(await sendDemo(grpc, 2));
  await untilTotals(http, expected);
});

test.skipIf(envoy === null)(
  "cluster: two OAPs behind the balancer take and answer as one, and as the one that is left",
  async () => {
    const servers = await startedServers(2);
    // No Keeper here: one replica of each shard, not replicated.
    const here = {
      OAP_STORAGE_URL: servers[0]?.url as string,
      OAP_STORAGE_SHARD_URLS: servers.map(({ url }) => url).join(","),
      OAP_STORAGE_USERNAME: USERNAME,
      OAP_STORAGE_CLUSTER: CLUSTER,
      OAP_STORAGE_REPLICATED: "false",
    };
    const oaps = await Promise.all([startService("oap-1", here), startService("oap-2", here)]);
    const ports = { grpc: await freePort(), http: await freePort() };
    const places: Record<string, number> = { "0.0.0.0:11800": ports.grpc, "0.0.0.0:12800": ports.http };
    for (const [i, { grpc, http }] of oaps.entries()) {
      places[`oap-${i + 1}:11800`] = Number(grpc.split(":")[1]);
      places[`oap-${i + 1}:12800`] = Number(new URL(http).port);
    }
    const balancer = runEnvoy(envoy as string, "balancer", places);
    running.push({ end: balancer.stop });
    const [grpc, http] = [`127.0.0.1:${ports.grpc}`, `http://127.0.0.1:${ports.http}`];
    await until(
      async () => (await fetch(`${http}/healthz/ready`)).status,
      (status) => status === 200,
    ); // prettier-ignore
    const tallies = [await sendDemo(grpc, 2, 1), await sendDemo(grpc, 2, 2)];
    await untilTotals(http, addTallies(...tallies));
    await oaps[0]?.oap.end();
    await until(
      async () => (await fetch(`${http}/healthz/ready`)).status,
      (status) => status === 200,
    ); // prettier-ignore
    await untilTotals(http, addTallies(...tallies));
  },
);
