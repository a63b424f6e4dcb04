import { expect, test } from "vitest";
import { loadConfig } from "../../../../oap/config/load.ts";
import { serverOf } from "../../../../oap/storage/connection.ts";

const of = (variables: Record<string, string>) => serverOf(loadConfig(variables));
const URL_ = { OAP_STORAGE_URL: "http://ch:8123" };
const CLUSTER = { ...URL_, OAP_STORAGE_CLUSTER: "c" };

test("without storage.url there is no server", () => {
  expect(of({})).toBe(null);
});

test("settings of a server that do not go together are named", () => {
  expect(() => of({ OAP_STORAGE_CLUSTER: "c" })).toThrow("storage.cluster needs storage.url");
  expect(() => of({ ...URL_, OAP_STORAGE_REPLICATED: "true" })).toThrow("storage.replicated needs storage.cluster");
  expect(() => of({ ...URL_, OAP_STORAGE_ON_CLUSTER: "true" })).toThrow("storage.onCluster needs storage.cluster");
  expect(() => of({ ...URL_, OAP_STORAGE_SHARD_URLS: "http://a:1" })).toThrow("storage.shardUrls needs storage.cluster");
  expect(() => of({ ...URL_, OAP_STORAGE_TLS_CERT_FILE: "package.json" })).toThrow(
    "storage.tls.certFile needs storage.tls.keyFile",
  );
  expect(() => of({ ...URL_, OAP_STORAGE_TLS_CA_FILE: "/no/such/file" })).toThrow(
    /storage\.tls\.caFile: cannot read \/no\/such\/file/,
  );
});

test("an address that is none, or holds a password, is refused without telling the password", () => {
  expect(() => of({ OAP_STORAGE_URL: "ch:8123" })).toThrow('storage.url: "ch:8123" is no HTTP address');
  expect(() => of({ OAP_STORAGE_URL: "http://me:hidden@ch:8123" })).toThrow(
    /^storage\.url holds a user or password: .*storage\.password$/,
  );
  expect(() => of({ ...CLUSTER, OAP_STORAGE_SHARD_URLS: "http://me:hidden@ch:8123" })).toThrow(
    /^storage\.shardUrls holds a user/,
  );
  expect(() => of({ ...CLUSTER, OAP_STORAGE_SHARD_URLS: "a:8123" })).toThrow(
    /an HTTP address, of several replicas separated by \|/,
  );
});

test("a cluster's settings are taken from the environment", () => {
  const config = loadConfig({
    ...CLUSTER,
    OAP_STORAGE_SHARD_URLS: "http://a:1|http://b:1, http://c:1",
    OAP_STORAGE_REPLICATED: "true",
  });
  expect(config["storage.shardUrls"]).toEqual(["http://a:1|http://b:1", "http://c:1"]);
  expect([config["storage.replicated"], config["storage.onCluster"]]).toEqual([true, false]);
  expect(serverOf(config)?.url).toBe("http://ch:8123");
});
