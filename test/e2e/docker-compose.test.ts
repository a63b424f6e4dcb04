import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadConfig } from "../../oap/config/load.ts";
import { serverOf } from "../../oap/storage/connection.ts";
import { accessOf } from "../../query/access/access.ts";
import { PASSWORD } from "../harness/clickhouse-server.ts";
import { composeConfig, DOCKERFILE, FILES, PASSWORD_VARIABLE, readCompose, validated } from "../harness/compose.ts";
import { findEnvoy } from "../harness/envoy.ts";

const ROOT = new URL("../../", import.meta.url);
const compose = readCompose(PASSWORD);
const envoy = findEnvoy();
const settingsOf = (name: string): Record<string, string> => ({ ...compose.services[name]?.environment });

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
    [...DOCKERFILE.matchAll(/ (OAP_\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value] as const),
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
  expect(DOCKERFILE.match(/^FROM \S+/gm)).toEqual(["FROM node:24-bookworm-slim", "FROM node:24-bookworm-slim"]);
  expect(DOCKERFILE.lastIndexOf("USER node")).toBeGreaterThan(DOCKERFILE.lastIndexOf("FROM"));
  const last = DOCKERFILE.slice(DOCKERFILE.lastIndexOf("FROM"));
  const copied = [...last.matchAll(/^COPY (?:--from=\S+ )?(\S+)/gm)].map(([, from]) => String(from).replace("/app/", ""));
  expect(copied).toEqual(
    expect.arrayContaining(["oap", "query", "receivers", "proto", "ui/dist", "node_modules", "package.json"]),
  );
  for (const path of [...DOCKERFILE.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, from = ""]) => from.split(" "))) {
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
