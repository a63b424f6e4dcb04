import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../../oap/config/load.ts";
import { settingsPage } from "../../../../oap/config/reference.ts";
import { type Key, SCHEMA, variableOf } from "../../../../oap/config/schema.ts";
import { ConfigError } from "../../../../oap/model/errors.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-config-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function file(content: string): { OAP_CONFIG: string } {
  const path = join(dir, "settings.yaml");
  writeFileSync(path, content);
  return { OAP_CONFIG: path };
}

test("defaults stand where nothing is set, and the whole is frozen", () => {
  const config = loadConfig({});
  expect([config["grpc.port"], config["http.port"], config["data.dir"], config["storage.url"]]).toEqual([
    11_800,
    12_800,
    "./data",
    null,
  ]);
  expect(Object.isFrozen(config)).toBe(true);
});

test("variables are named by one rule", () => {
  const named: [Key, string][] = [
    ["grpc.host", "OAP_GRPC_HOST"],
    ["flush.interval", "OAP_FLUSH_INTERVAL_MS"],
    ["data.dir", "OAP_DATA_DIR"],
    ["ingest.processes", "OAP_INGEST_PROCESSES"],
    ["endpoints.perService", "OAP_ENDPOINTS_PER_SERVICE"],
    ["grpc.streamMaxAge", "OAP_GRPC_STREAM_MAX_AGE_MS"],
    ["spool.maxBytes", "OAP_SPOOL_MAX_BYTES"],
  ]; // prettier-ignore
  for (const [key, variable] of named) expect(variableOf(key)).toBe(variable);
});

test("the file may nest or dot its keys, and the environment wins", () => {
  const environment = file("grpc:\n  port: 1\nhttp.port: 2\nflush: { interval: 500 }\n");
  const config = loadConfig({ ...environment, OAP_HTTP_PORT: "3" });
  expect([config["grpc.port"], config["http.port"], config["flush.interval"]]).toEqual([1, 3, 500]);
});

test.for([
  ["grpc:\n  prot: 1\n", "grpc.prot"],
  ["grpc.port: many\n", "grpc.port"],
  ["grpc.port: 1.5\n", "grpc.port"],
  ["flush.interval: 1\n", "flush.interval"],
  ["storage.ttl: maybe\n", "storage.ttl"],
  ["- a list\n", "settings.yaml"],
  ["grpc: [1\n", "settings.yaml"],
] as const)("a bad file names its key: %s", ([content, key]) => {
  const load = () => loadConfig(file(content));
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(key);
});

test("a bad or unknown variable is named, with the one that may have been meant", () => {
  expect(() => loadConfig({ OAP_GRPC_PORT: "x" })).toThrow("OAP_GRPC_PORT");
  expect(() => loadConfig({ OAP_FLUSH_INTERVAL: "5" })).toThrow("did you mean OAP_FLUSH_INTERVAL_MS");
  expect(() => loadConfig({ OAP_CONFIG: join(dir, "missing.yaml") })).toThrow("missing.yaml");
});

test("a password is not repeated in an error", () => {
  expect(() => loadConfig(file("storage.password: [secret]\n"))).toThrow(/^(?!.*secret\]).*\(hidden\)/s);
});

test("the settings page is the one the schema makes", () => {
  expect(readFileSync(new URL("../../../../oap/docs/settings.md", import.meta.url), "utf8")).toBe(settingsPage());
  expect(Object.values(SCHEMA).every(({ help }) => help.endsWith("."))).toBe(true);
});
