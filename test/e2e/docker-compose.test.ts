import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { loadConfig } from "../../oap/config/load.ts";
import { serverOf } from "../../oap/storage/connection.ts";
import { accessOf } from "../../query/access/access.ts";
import { CLUSTER, type ClickHouseServer, PASSWORD, startServers, USERNAME } from "../harness/clickhouse-server.ts";
import { composeConfig, FILES, PASSWORD_VARIABLE, readCompose, runEnvoy, validated } from "../harness/compose.ts";
import { addTallies, sendDemo, untilTotals } from "../harness/demo-load.ts";
import { findEnvoy, freePort } from "../harness/envoy.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";

const ROOT = new URL("../../", import.meta.url);
const compose = readCompose(PASSWORD);
const dockerfile = readFileSync(new URL("oap/start/Dockerfile", ROOT), "utf8");
const envoy = findEnvoy();
const settingsOf = (name: string): Record<string, string> => ({ ...compose.services[name]?.environment });
const inProfile = (profile: string): string[] =>
  Object.entries(compose.services).flatMap(([name, { profiles }]) => (profiles.includes(profile) ? [name] : []));

const running: { end: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.end();
});

test("docker-compose reads the file with a password, and not without one", ({ skip }) => {
  const read = composeConfig({ [PASSWORD_VARIABLE]: "secret" });
  if (read === null) {
    console.warn(
      "\n!!! There is no docker-compose: whether it can read docker-compose.yml is not tested. .ci/run installs it.\n",
    );
    skip();
    return;
  }
  expect(read).toMatchObject({ status: 0, error: "" });
  for (const name of Object.keys(compose.services)) expect(read.out).toContain(`\n  ${name}:\n`);
  expect(composeConfig({})?.error).toContain("set it to a password of your own");
});

test("every service has a profile, nothing has a password of its own, and what is mounted is there", () => {
  const profiles = Object.values(compose.services).flatMap((service) => service.profiles);
  expect([...new Set(profiles)].sort()).toEqual(["clickhouse", "cluster", "mesh", "single"]);
  const text = readFileSync(new URL("docker-compose.yml", ROOT), "utf8");
  const secrets = text.split("\n").filter((line) => /^\s*\w*(PASSWORD|SECRET)\w*:/.test(line));
  expect(secrets.length).toBe(2);
  for (const line of secrets) expect(line).toContain("${SIDELIGHT_CLICKHOUSE_PASSWORD:?");
  const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) =>
    volumes.map((one) => one.split(":")[0] as string),
  );
  for (const path of mounted.filter((one) => one.startsWith(".")))
    expect([path, existsSync(new URL(path, ROOT))]).toEqual([path, true]);
  expect(mounted.filter((one) => !one.startsWith(".")).sort()).toEqual(Object.keys(compose.volumes).sort());
});

test("every OAP is built from this repository and gets settings that it takes", () => {
  const oaps = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);
  expect(oaps.map(([name]) => name)).toEqual(["oap", "oap-clickhouse", "oap-1", "oap-2"]);
  for (const [name, { build }] of oaps) {
    expect(existsSync(new URL(build?.dockerfile as string, ROOT))).toBe(true);
    expect(() => serverOf(loadConfig(settingsOf(name)))).not.toThrow();
  }
  expect(loadConfig(settingsOf("oap-1"))).toMatchObject({ "storage.cluster": "sidelight", "storage.replicated": true });
});

test("the image starts only when somebody says who may ask; here everybody may read, on ports of loopback", () => {
  const image = Object.fromEntries(
    [...dockerfile.matchAll(/ (OAP_\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value] as const),
  );
  expect(() => accessOf(loadConfig(image))).toThrow(/http\.users .*http\.tokens .*http\.allowAnonymous/);
  for (const [name, { build, ports = [] }] of Object.entries(compose.services)) {
    expect(ports.filter((one) => !one.startsWith("127.0.0.1:"))).toEqual([]);
    if (build === undefined) continue;
    expect(accessOf(loadConfig({ ...image, ...settingsOf(name) }))).toMatchObject({ anonymous: "read", checksHost: true });
  }
});

test("the shards that the OAPs are told are the hosts of the cluster's file, with the macros that tables need", () => {
  const xml = readFileSync(new URL("clickhouse-cluster.xml", FILES), "utf8");
  const shards = [...xml.matchAll(/<shard>\s*<internal_replication>[\s\S]*?<\/shard>/g)].map(([shard]) =>
    [...shard.matchAll(/<host>([^<]+)<\/host>/g)].map(([, host]) => `http://${host}:8123`).join("|"),
  );
  expect(loadConfig(settingsOf("oap-1"))["storage.shardUrls"]).toEqual(shards);
  for (const [i, shard] of shards.entries()) {
    for (const [j, url] of shard.split("|").entries()) {
      const { hostname } = new URL(url);
      expect(settingsOf(hostname)).toMatchObject({
        SHARD: String(i + 1),
        REPLICA: String(j + 1),
        CLICKHOUSE_USER: settingsOf("oap-1")["OAP_STORAGE_USERNAME"],
      });
    }
  }
  for (const variable of xml.matchAll(/from_env="(\w+)"/g))
    expect(Object.keys(settingsOf("clickhouse-1-1"))).toContain(variable[1]);
});

test("the image runs as nobody in particular, on Node 24, and has every folder that the product reads", () => {
  expect(dockerfile.match(/^FROM \S+/gm)).toEqual(["FROM node:24-bookworm-slim", "FROM node:24-bookworm-slim"]);
  expect(dockerfile.lastIndexOf("USER node")).toBeGreaterThan(dockerfile.lastIndexOf("FROM"));
  const last = dockerfile.slice(dockerfile.lastIndexOf("FROM"));
  const copied = [...last.matchAll(/^COPY (?:--from=\S+ )?(\S+)/gm)].map(([, from]) => String(from).replace("/app/", ""));
  expect(copied).toEqual(
    expect.arrayContaining(["oap", "query", "receivers", "proto", "ui/dist", "node_modules", "package.json"]),
  );
  for (const path of [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, from = ""]) => from.split(" "))) {
    expect([path, existsSync(new URL(path, ROOT))]).toEqual([path, true]);
  }
});

const configurations = readdirSync(FILES)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.replace(".yaml", "")); // prettier-ignore
test.skipIf(envoy === null).for(configurations)("a real Envoy takes the configuration of %s", (name) => {
  expect(Object.keys(compose.services)).toContain(name);
  expect(validated(envoy as string, name)).toContain("OK");
});

/** The variables of the image, but for those that name places in a container. */
const IMAGE = Object.fromEntries(
  [
    .../^ENV (.+)$/m
      .exec(dockerfile)![1]!
      .split(" ")
      .map((one) => one.split("=")),
  ].filter(([name]) => !/_HOST|_DIR/.test(String(name))),
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
  const [, program = ""] = /HEALTHCHECK[\s\S]*?CMD \["node", "-e", "(.+)"\]/.exec(dockerfile) ?? [];
  const here = program.replace("http://127.0.0.1:12800", http);
  expect(here).not.toBe(program);
  return await promisify(execFile)(process.execPath, ["-e", here]).then(
    () => true,
    () => false,
  );
}

test("single: the OAP starts with its environment, and says that it is healthy", async () => {
  expect(inProfile("single")).toEqual(["oap"]);
  const { grpc, http } = await startService("oap");
  expect(await isHealthy(http)).toBe(true);
  const expected = addTallies(await sendDemo(grpc, 2));
  await untilTotals(http, expected);
  expect(await isHealthy("http://127.0.0.1:1")).toBe(false);
});

test("clickhouse: the OAP starts with its environment on a ClickHouse with its user and password", async () => {
  expect(inProfile("clickhouse")).toEqual(["clickhouse", "oap-clickhouse"]);
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
