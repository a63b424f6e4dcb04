/** The disk guards of OAPs that share ClickHouse servers: on two shards, each a real server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../oap/config/load.ts";
import { GuardedStorage } from "../../oap/guarded-storage.ts";
import { openStorage, type Storage } from "../../oap/open-storage.ts";
import { leastSpace, serverSpace } from "../../oap/storage/disk-space.ts";
import type { Engine } from "../../oap/storage/engine.ts";
import { createLogger } from "../../oap/telemetry/logger.ts";
import { systemClock } from "../harness/clickhouse.ts";
import { CLUSTER, type ClickHouseServer, PASSWORD, startServers, USERNAME } from "../harness/clickhouse-server.ts";

/** More than any disk has free. */
const SHORT = String(2 ** 50);
const ROWS = 100;
const log = createLogger("test", "error");

let servers: [ClickHouseServer, ClickHouseServer];
let dir: string;
const opened: Storage[] = [];

beforeAll(async () => {
  servers = (await startServers(2)) as typeof servers;
  dir = mkdtempSync(join(tmpdir(), "sidelight-guarded-"));
});
afterAll(async () => {
  for (const storage of opened) await storage.close();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const server of servers) if (!(await answers(server))) await server.start();
});

const answers = (server: ClickHouseServer): Promise<boolean> =>
  fetch(`${server.url}/ping`).then(
    ({ ok }) => ok,
    () => false,
  );

/** An OAP of its own node; `asked`: the server that storage.url names. */
async function oap(database: string, node: string, { minFreeBytes = SHORT, asked = 0 } = {}) {
  const config = loadConfig({
    OAP_DATA_DIR: join(dir, node),
    OAP_STORAGE_URL: servers[asked]?.url,
    OAP_STORAGE_USERNAME: USERNAME,
    OAP_STORAGE_PASSWORD: PASSWORD,
    OAP_STORAGE_DATABASE: database,
    OAP_STORAGE_CLUSTER: CLUSTER,
    OAP_STORAGE_SHARD_URLS: servers.map(({ url }) => url).join(","),
    OAP_STORAGE_MIN_FREE_BYTES: minFreeBytes,
  });
  const storage = await openStorage(config, systemClock, log);
  opened.push(storage);
  const guarded = new GuardedStorage(config, systemClock, log);
  /** One look of every guard. */
  const look = async (): Promise<void> => {
    guarded.start(storage);
    await guarded.stop();
  };
  return { storage, guarded, look, dropped: () => guarded.stats.dropped };
}

async function fill(storage: Storage, shard: number): Promise<void> {
  const engine = storage.engines[shard] as Engine;
  await engine.command(
    `INSERT INTO {table:Identifier} (time, kept, service) SETTINGS async_insert = 0
     SELECT now64(6) - 86400, 'rest', toString(number) FROM numbers({rows:UInt32})`,
    { table: engine.local("access_log"), rows: ROWS },
  );
}

test("of several OAPs on one cluster one guards it, on every shard", async () => {
  const [a, b] = [await oap("rivals", "a"), await oap("rivals", "b")];
  for (const shard of [0, 1]) await fill(a.storage, shard);
  await a.look();
  expect(a.dropped()).toMatchObject([{ table: "access_log", rows: 2 * ROWS, partitions: 2 }]);
  await fill(b.storage, 0);
  await b.look();
  expect(b.dropped()).toEqual([]);
});

test("a shard that is away at the start is not taken for another one: nothing of it is told, nothing is dropped for it", async () => {
  const whole = await oap("away", "c", { minFreeBytes: "0" });
  await fill(whole.storage, 0);
  await servers[1].kill();
  const { storage, guarded, look, dropped } = await oap("away", "d");
  await look();
  const logs = guarded.stats.tables.filter(({ table }) => table === "access_log");
  expect([logs.map(({ rows }) => rows), dropped().map(({ rows }) => rows)]).toEqual([[ROWS], [ROWS]]);
  const [, second] = guarded.shards();
  await expect(second?.space()).rejects.toThrow();
  await expect(second?.sql.query("SELECT 1", {})).rejects.toThrow("no host of shard 2 has answered yet");
  await expect(storage.engines[1]?.ping()).rejects.toThrow("no host of shard 2 has answered yet");
});

test("while the shard of the leases is away nobody begins to guard", async () => {
  const whole = await oap("leases", "e", { minFreeBytes: "0" });
  await fill(whole.storage, 1);
  await servers[0].kill();
  const { look, dropped } = await oap("leases", "f", { asked: 1 });
  await look();
  expect(dropped()).toEqual([]);
});

test("of replicas the one with the least room counts, as long as one answers", async () => {
  const { storage } = await oap("replicas", "g");
  const [one, other] = storage.engines as [Engine, Engine];
  const full: Pick<Engine, "query"> = { query: async <Row>() => [{ free: 5, total: 10 } as Row] };
  expect(await leastSpace([one, full, other])).toEqual({ freeBytes: 5, totalBytes: 10 });
  await servers[1].kill();
  expect((await leastSpace([other, one])).totalBytes).toBe((await serverSpace(one)).totalBytes);
  await expect(leastSpace([other])).rejects.toThrow();
});
