import { expect, test } from "vitest";
import { parseQuery, type QueryCommand } from "../../../../oap/cli/query-arguments.ts";
import { UsageError } from "../../../../oap/model/errors.ts";

const parse = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  parseQuery(args, environment) as QueryCommand;

test("an entity has the fields that were named, and is normal unless told otherwise", () => {
  expect(parse(["service_cpm"]).entity).toEqual({});
  expect(parse(["x", "--service", "cart", "-i", "pod-1", "-e", "GET:/"]).entity).toEqual({
    serviceName: "cart",
    normal: true,
    serviceInstanceName: "pod-1",
    endpointName: "GET:/",
  });
  const called = ["--dest-service", "db", "--dest-instance", "db-0", "--no-dest-normal"];
  expect(parse(["x", "-s", "cart", "--no-normal", ...called]).entity).toEqual({
    serviceName: "cart",
    normal: false,
    destServiceName: "db",
    destNormal: false,
    destServiceInstanceName: "db-0",
  });
});

test("where the server is and who asks comes from options, else from the environment", () => {
  const environment = { SIDELIGHT_URL: "https://mesh.example", SIDELIGHT_TOKEN: "t0k", SIDELIGHT_USER: "" };
  expect(parse(["x"]).server).toEqual({ url: "http://127.0.0.1:12800", authorization: null });
  expect(parse(["x"], environment).server).toEqual({ url: "https://mesh.example", authorization: "Bearer t0k" });
  expect(parse(["x", "--user", "ann:p:w", "--url", "http://a"], environment).server).toEqual({
    url: "http://a",
    authorization: `Basic ${Buffer.from("ann:p:w").toString("base64")}`,
  });
  expect(parse(["x"], { SIDELIGHT_USER: "bob:ü" }).server.authorization).toBe(`Basic ${Buffer.from("bob:ü").toString("base64")}`);
});

test.each([
  [[], "expression is missing"],
  [["a", "b"], "in quotes"],
  [["x", "--nope"], "--nope"],
  [["x", "--last"], "--last"],
  [["x", "--last", "soon"], "--last"],
  [["x", "--until", "noon"], "--until"],
  [["x", "--step", "week"], "--step: one of minute, hour, day"],
  [["x", "--output", "xml"], "--output: one of table, json, sparkline"],
  [["x", "--url", "mesh:12800"], "--url"],
  [["x", "--user", "ann"], "name:password"],
  [["x", "--user", "ann:p", "--token", "t"], "not both"],
] as const)("%j is told to be wrong: %s", (args, what) => {
  expect(() => parse(args)).toThrow(UsageError);
  expect(() => parse(args)).toThrow(what);
});

test("help is asked for before anything is checked", () => {
  expect(parseQuery(["--help", "--last", "soon"], {})).toBe("help");
});
