import { expect, test } from "vitest";
import { effectiveSettings, MASK } from "../../../../oap/config/effective.ts";
import { loadConfig } from "../../../../oap/config/load.ts";
import { type Config, type Key, SCHEMA, type Setting } from "../../../../oap/config/schema.ts";

const KEYS = Object.keys(SCHEMA) as Key[];
const settingOf = (key: Key): Setting<unknown> => SCHEMA[key] as Setting<unknown>;
/** What a key is called that holds something to get in with. */
const SECRET_LIKE = /passw|secret|token|credential|apikey|users?$|hash/i;
/** And what is called so without being it. */
const HARMLESS: readonly Key[] = [
  "query.maxTokens", // words of a document
  "storage.username", // told in the log and in errors, too
];

test("every setting that sounds like a secret is one", () => {
  const open = KEYS.filter((key) => SECRET_LIKE.test(key) && settingOf(key).secret !== true);
  expect(open.filter((key) => !HARMLESS.includes(key))).toEqual([]);
  expect(KEYS.filter((key) => settingOf(key).secret === true)).toContain("storage.password");
});

test("settings are told by key with what is in force, and no secret, set or not, nor a part of one", () => {
  const config = loadConfig({ OAP_STORAGE_PASSWORD: "correct horse", OAP_GRPC_PORT: "7" });
  const told = effectiveSettings(config);
  expect(Object.keys(told)).toEqual(KEYS);
  expect([told["grpc.port"], told["storage.url"], told["accessLog.queryString"]]).toEqual([7, null, false]);
  expect(JSON.stringify(told)).not.toMatch(/correct|horse/);
  for (const key of KEYS) if (settingOf(key).secret === true) expect([key, told[key]]).toEqual([key, MASK]);
  expect(effectiveSettings(loadConfig({}))["storage.password"]).toBe(MASK);
});

test("a secret of any type is masked as a whole, and credentials in addresses are cut out", () => {
  const secrets = Object.fromEntries(
    KEYS.map((key) => [key, settingOf(key).secret === true ? ["a-b", "c-d"] : SCHEMA[key].default]),
  );
  const config = {
    ...secrets,
    "storage.url": "http://me:letmein@db:8123",
    "storage.shardUrls": ["http://u:letmein@a|http://u:letmein@b"],
  };
  const told = effectiveSettings(config as unknown as Config);
  expect(JSON.stringify(told)).not.toMatch(/letmein|a-b|c-d/);
  expect([told["storage.url"], told["storage.shardUrls"]]).toEqual([
    `http://${MASK}@db:8123`,
    [`http://${MASK}@a|http://${MASK}@b`],
  ]);
});
