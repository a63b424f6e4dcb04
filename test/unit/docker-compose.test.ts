import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../oap/config/load.ts";
import { findEnvoy } from "../harness/envoy.ts";

interface Compose {
  readonly services: Readonly<Record<string, { readonly environment?: Record<string, string>; readonly volumes?: string[] }>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const compose = parse(readFileSync(new URL("../../docker-compose.yml", import.meta.url), "utf8")) as Compose;
const envoy = findEnvoy();

test("docker-compose.yml gives the product settings that it takes", () => {
  const config = loadConfig({ ...compose.services["oap"]?.environment });
  expect(config["storage.url"]).toBe("http://clickhouse:8123");
  const named = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((one) => one.split(":")[0] as string));
  expect(named.filter((name) => name !== ".").sort()).toEqual(Object.keys(compose.volumes).sort());
});

test.skipIf(envoy === null).for(Object.keys(compose.configs))("a real Envoy takes the configuration of %s", (name) => {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-compose-"));
  try {
    const path = join(dir, "envoy.yaml");
    writeFileSync(path, compose.configs[name]?.content ?? "");
    const said = execFileSync(envoy as string, ["--mode", "validate", "-c", path], { encoding: "utf8", stdio: "pipe" });
    expect(said).toContain("OK");
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
