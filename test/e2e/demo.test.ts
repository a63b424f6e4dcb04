import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sumMinutes, type Tally } from "../../oap/demo/tally.ts";
import { ask, type RunningProcess, startProcess, until } from "../harness/process.ts";

const MINUTE_MS = 60_000;

let dir: string;
let demo: RunningProcess;

/** As its users start it: no data directory is set. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-demo-test-"));
  mkdirSync(join(dir, "tmp"));
  const command = ["env", "-u", "OAP_DATA_DIR", process.execPath, "oap/demo/main.ts", "--tally", join(dir, "tally.json")];
  demo = startProcess({ command, settings: { TMPDIR: join(dir, "tmp") } });
});

afterEach(async () => {
  await demo.end();
  rmSync(dir, { recursive: true, force: true });
});

interface Traffic {
  readonly calls: number;
  readonly failed: number;
  readonly tcpConnections: number;
}

test("what was sent arrives; Ctrl-C stops everything and leaves nothing behind", async () => {
  const { http } = await demo.ready();
  await demo.line("demo: ");
  const to = (Math.floor(Date.now() / MINUTE_MS) - 1) * MINUTE_MS; // all of it was history
  const window = { from: to - 25 * MINUTE_MS, to };
  const tally = JSON.parse(readFileSync(join(dir, "tally.json"), "utf8")) as Tally;
  const sent = sumMinutes(tally.minutes, window.from, window.to);
  const query =
    "query ($window: Window!) { meshServices(window: $window) { services { name traffic { calls failed tcpConnections } } } }";
  const stored = await until(
    async () =>
      (await ask<{ meshServices: { services: { name: string; traffic: Traffic | null }[] } }>(http, query, { window }))
        .meshServices.services,
    (services) =>
      Object.entries(sent.services).every(
        ([name, { calls }]) => services.find((one) => one.name === name)?.traffic?.calls === calls,
      ),
  );
  for (const [name, counts] of Object.entries(sent.services))
    expect([name, stored.find((one) => one.name === name)?.traffic]).toEqual([name, { ...counts, tcpConnections: 0 }]);
  const connections = sent.connections["ratings.bookinfo -> mongodb.bookinfo"];
  expect(stored.find(({ name }) => name === "mongodb.bookinfo")?.traffic?.tcpConnections).toBe(connections);
  const setup = await ask<{ meshSetup: { proxies: { resolved: boolean }[] } }>(http, "{ meshSetup { proxies { resolved } } }");
  expect(setup.meshSetup.proxies.map(({ resolved }) => resolved)).toEqual(Array.from({ length: 14 }, () => true));
  demo.signal("SIGINT", true);
  expect(await demo.exited).toBe(0);
  expect(readdirSync(join(dir, "tmp")).filter((name) => name.startsWith("sidelight"))).toEqual([]);
  await expect(fetch(http)).rejects.toThrow();
});

test("killed, it takes the server with it", async () => {
  const { http } = await demo.ready();
  demo.signal("SIGKILL");
  await until(
    async () =>
      await fetch(http).then(
        () => "there",
        () => "gone",
      ),
    (server) => server === "gone",
  );
});
