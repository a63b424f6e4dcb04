import { afterAll, expect, test } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { CLUSTER, type ClickHouseServer, PASSWORD, startServers, USERNAME } from "../harness/clickhouse-server.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";
import { SteadyLoad } from "../harness/steady-load.ts";
import { ownMetric, storedCalls } from "../harness/stored.ts";

const PER_SECOND = 200;
/** On the second shard and on the first. */
const [CART, PAY] = ["cart.shop", "pay.shop"];

const servers: ClickHouseServer[] = [];
const running: RunningProcess[] = [];

afterAll(async () => {
  await Promise.all(running.map((oap) => oap.end()));
  await Promise.all(servers.map((server) => server.close()));
});

async function startOap(): Promise<{ oap: RunningProcess; grpc: string; http: string }> {
  const oap = startProcess({
    settings: {
      OAP_INGEST_PROCESSES: "1",
      OAP_STORAGE_URL: servers[0]?.url as string,
      OAP_STORAGE_USERNAME: USERNAME,
      OAP_STORAGE_PASSWORD: PASSWORD,
      OAP_STORAGE_CLUSTER: CLUSTER,
      OAP_STORAGE_SHARD_URLS: servers.map(({ url }) => url).join(","),
    },
  });
  running.push(oap);
  return { oap, ...(await oap.ready()) };
}

/** What an answer says of itself. */
async function partial(http: string): Promise<string | undefined> {
  const headers = { "Content-Type": "application/json" };
  const window = { from: Date.now() - 3_600_000, to: Date.now() };
  const query = "query ($window: Window!) { meshServices(window: $window) { services { name } } }";
  const answer = await fetch(`${http}/graphql`, {
    method: "POST",
    headers,
    body: JSON.stringify({ query, variables: { window } }),
  });
  return ((await answer.json()) as { extensions?: { partial?: string } }).extensions?.partial;
}

test("two OAPs on one cluster, a shard and a process killed on the way: every call is there once, and what lacks is said", async () => {
  servers.push(...(await startServers(2)));
  const [a, b] = await Promise.all([startOap(), startOap()]);
  const cart = new SteadyLoad(a.grpc, PER_SECOND, "cart");
  const pay = new SteadyLoad(b.grpc, PER_SECOND, "pay");
  for (const [http, service] of [
    [b.http, CART],
    [a.http, PAY],
  ] as const) {
    await until(
      () => storedCalls(http, service),
      (calls) => calls > 0,
    ); // prettier-ignore
  }
  expect(await partial(a.http)).toBeUndefined();

  await servers[1]?.kill();
  const told = await until(
    () => partial(a.http),
    (text) => text !== undefined,
  ); // prettier-ignore
  expect(told).toBe("Shard 2 of 2 of the ClickHouse cluster did not answer: what is stored there is missing here.");
  process.kill(childrenOf(a.oap.child.pid as number, "main.ts")[0] as number, "SIGKILL");
  const before = await storedCalls(b.http, PAY);
  await until(
    () => storedCalls(b.http, PAY),
    (calls) => calls > before,
  ); // prettier-ignore
  expect(await storedCalls(b.http, CART)).toBe(0);

  await servers[1]?.start();
  await Promise.all([cart.end(), pay.end()]);
  for (const { http } of [a, b]) {
    await until(
      () => storedCalls(http, CART),
      (calls) => calls >= cart.sent,
    ); // prettier-ignore
    await until(
      () => storedCalls(http, PAY),
      (calls) => calls >= pay.sent,
    ); // prettier-ignore
    expect([await storedCalls(http, CART), await storedCalls(http, PAY)]).toEqual([cart.sent, pay.sent]);
    await until(
      () => ownMetric(http, "sidelight_shard_oldest_seconds"),
      (seconds) => seconds === 0,
    ); // prettier-ignore
    expect(await ownMetric(http, "sidelight_dropped_total")).toBe(0);
    await until(
      async () => String(await partial(http)),
      (text) => text === "undefined",
    ); // prettier-ignore
  }
}, 120_000);

test("a cluster that the server does not know stops the start, and the setting is named", async () => {
  const oap = startProcess({
    settings: {
      OAP_STORAGE_URL: servers[0]?.url as string,
      OAP_STORAGE_USERNAME: USERNAME,
      OAP_STORAGE_PASSWORD: PASSWORD,
      OAP_STORAGE_CLUSTER: "three",
    },
  });
  running.push(oap);
  expect(await oap.exited).toBe(78);
  expect(oap.output.err).toContain(`bad setting: storage.cluster: ClickHouse at ${servers[0]?.url} has no cluster three`);
});
