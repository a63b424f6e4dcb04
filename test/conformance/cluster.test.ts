import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { IngestStatus } from "../../oap/model/ipc.ts";
import { Audit } from "../../oap/storage/audit.ts";
import { cityHash64 } from "../../oap/storage/city-hash.ts";
import { Cluster, type ClusterOptions } from "../../oap/storage/cluster.ts";
import { ClusterReader } from "../../oap/storage/cluster-reader.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { migrate } from "../../oap/storage/migrate.ts";
import { ShardWriters } from "../../oap/storage/shard-writers.ts";
import { SpoolReader } from "../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../oap/storage/spool-writer.ts";
import { Durations } from "../../oap/telemetry/durations.ts";
import { delta, MINUTE, text } from "../builders/delta.ts";
import { KEEP_ALL, systemClock } from "../harness/clickhouse.ts";
import { CLUSTER, type ClickHouseServer, startServers } from "../harness/clickhouse-server.ts";

const TABLES = ["traffic_minute", "traffic_hour", "traffic_day"];
/** Of the second shard, the first one, the first one. */
const SERVICES = ["cart", "web", "orders"];
const DATABASE = "sidelight";

let servers: [ClickHouseServer, ClickHouseServer];
let cluster: Cluster;
let dir: string;

function options(change: Partial<ClusterOptions> = {}): ClusterOptions {
  return {
    connection: servers[0].connection,
    database: DATABASE,
    cluster: CLUSTER,
    shardUrls: servers.map(({ url }) => url),
    onCluster: false,
    replicated: false,
    retention: KEEP_ALL,
    onProblem: () => {},
    ...change,
  };
}

const open = (change?: Partial<ClusterOptions>): Promise<Cluster> => Cluster.open(options(change), systemClock);

beforeAll(async () => {
  servers = (await startServers(2)) as typeof servers;
  cluster = await open();
});
afterAll(async () => {
  await cluster.close();
  await Promise.all(servers.map((server) => server.close()));
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
  for (const { engine } of cluster.shards) {
    for (const table of TABLES) await engine.command("TRUNCATE TABLE {table:Identifier}", { table: engine.local(table) });
  }
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const sums = "SELECT service, sum(calls) AS calls FROM {table:Identifier} GROUP BY service ORDER BY service";

async function stored(table = "traffic_minute", from: Cluster = cluster): Promise<Record<string, number>> {
  const rows = await from.reader.query<{ service: string; calls: number }>(sums, { table });
  return Object.fromEntries(rows.map(({ service, calls }) => [service, calls]));
}

async function storedOn(shard: number): Promise<string[]> {
  const { engine } = cluster.shards[shard] as (typeof cluster.shards)[number];
  return (await engine.query<{ service: string }>(sums, { table: engine.local("traffic_minute") })).map(({ service }) => service);
}

/** Closed batches of one hand-over each: batch i has i calls of every service. */
async function spooled(batches: number, node = "node"): Promise<void> {
  const writer = await SpoolWriter.open({ dir: join(dir, node), part: "ingest-0" }, systemClock);
  for (let i = 1; i <= batches; i++) {
    await writer.append(delta(SERVICES, i));
    await writer.close();
  }
}

function writerOf(engines: readonly Engine[], { node = "node", keepMs = 60_000, maxBytes = 1 << 30 } = {}): ShardWriters {
  const writer = new ShardWriters(
    engines,
    new SpoolReader(join(dir, node), 50),
    { node, keepMs, maxBytes, onProblem: () => {} },
    systemClock,
  );
  for (const shard of engines.keys()) writer.admit(shard);
  return writer;
}

const enginesOf = (of: Cluster): Engine[] => of.shards.map(({ engine }) => engine);
const everywhere = (calls: number): Record<string, number> => Object.fromEntries(SERVICES.map((service) => [service, calls]));

/** Says that answers are partial for as long as they are. */
function forgetfulReader(): ClusterReader {
  return new ClusterReader(
    new Engine({ connection: servers[0].connection, database: DATABASE, readSettings: "skip_unavailable_shards = 1" }),
    {
      cluster: CLUSTER,
      shards: [1, 2],
      hosts: () => 1,
      rememberMs: 0.001,
    },
  );
}

async function drained(writer: ShardWriters): Promise<void> {
  for (let tries = 0; !(await writer.drain()); tries++) {
    if (tries === 200) throw new Error("something stays in the spool");
    await sleep(50);
  }
}

test("a service's hash is ClickHouse's own, whatever its length", async () => {
  const names = Array.from({ length: 150 }, (_, length) => "größer-ist-€-anders".repeat(10).slice(0, length));
  const rows = await cluster.reader.query<{ hash: string }>(
    "SELECT toString(cityHash64(arrayJoin({names:Array(String)}))) AS hash",
    {
      names,
    },
  );
  expect(rows.map(({ hash }) => hash)).toEqual(names.map((name) => String(cityHash64(Buffer.from(name)))));
});

test("each service's rows are on one shard, and readers see them all", async () => {
  await spooled(2);
  await drained(writerOf(enginesOf(cluster)));
  expect([await storedOn(0), await storedOn(1)]).toEqual([["orders", "web"], ["cart"]]);
  for (const table of TABLES) expect([table, await stored(table)]).toEqual([table, everywhere(3)]);
});

test("two OAPs that feed one cluster give the sums of one that saw it all", async () => {
  await Promise.all([spooled(3, "a"), spooled(4, "b")]);
  const writers = ["a", "b"].map((node) => writerOf(enginesOf(cluster), { node }));
  await Promise.all(writers.map(drained));
  for (const table of TABLES) expect([table, await stored(table)]).toEqual([table, everywhere(16)]);
});

test("a shard killed while inserts are on their way, and started again: each row is there once", async () => {
  const batches = 12;
  await spooled(batches);
  const writer = writerOf(enginesOf(cluster));
  writer.start();
  while (writer.stats.batchesInserted < 5) await sleep(5);
  await servers[1].kill();
  await servers[1].start();
  await drained(writer);
  await writer.stop(5_000);
  expect(writer.stats.retries).toBeGreaterThan(0);
  for (const table of TABLES) expect([table, await stored(table)]).toEqual([table, everywhere((batches * (batches + 1)) / 2)]);
});

test("one shard away: its rows wait, the other's go on; answers say that they are partial, until it is back", async () => {
  await spooled(3);
  const reader = forgetfulReader();
  const writer = writerOf(enginesOf(cluster));
  await servers[1].kill();
  expect(await writer.drain()).toBe(false);
  expect(await stored()).toEqual({ web: 6, orders: 6 });
  expect(cluster.reader.partial).toBe(
    "Shard 2 of 2 of the ClickHouse cluster did not answer: what is stored there is missing here.",
  );
  expect([writer.stats.batchesWaiting, writer.stats.entriesInserted]).toEqual([3, 12]);
  await servers[1].start();
  await drained(writer);
  expect(await stored()).toEqual(everywhere(6));
  await reader.query(sums, { table: "traffic_minute" });
  expect([reader.partial, writer.stats.entriesInserted, writer.stats.batchesWaiting]).toEqual([null, 18, 0]);
});

/** A closed batch per hand-over, with access logs of every service. @returns what its process tells */
async function spooledWithLogs(batches: number, rowsEach: number, nowMs: number): Promise<IngestStatus> {
  const spool = await SpoolWriter.open({ dir: join(dir, "node"), part: "ingest-0" }, { now: () => nowMs });
  // Of cart three times as many as of the others: they are spread over the shards otherwise than the sums.
  const services = [...SERVICES, "cart", "cart"].flatMap((service) => Array.from({ length: rowsEach }, () => service));
  const logs = {
    table: "access_log",
    rows: services.length,
    columns: [
      { name: "time", type: "DateTime64(6, 'UTC')" as const, values: services.map(() => MINUTE * 1e6) },
      { name: "kept", type: "Int8" as const, values: services.map(() => 3) },
      text("service", services),
      text(
        "user_agent",
        services.map(() => "x".repeat(2_000)),
      ),
    ],
  };
  for (let i = 1; i <= batches; i++) {
    const { blocks, ...of } = delta(SERVICES, i);
    await spool.append({ ...of, blocks: [...blocks, logs] });
    await spool.close();
  }
  const { entriesDurable } = spool.stats;
  const counters = { reports: entriesDurable, entriesDurable, entriesLost: 0, entriesPending: 0 };
  const health = { eventLoopDelaySeconds: 0, residentMemoryBytes: 0, cpuSeconds: 0 };
  return { proxies: [], health, counters, spool: spool.status, flushes: new Durations().snapshot() };
}

test("one shard away until the spool is full: rows of access logs go, each sum is there once when it is back, and the audit agrees", async () => {
  for (const { engine } of cluster.shards) {
    for (const table of ["node_progress", "access_log"]) {
      await engine.command("TRUNCATE TABLE {table:Identifier}", { table: engine.local(table) });
    }
  }
  const nowMs = MINUTE * 1_000 + 30_000;
  const [batches, rowsEach] = [6, 4];
  const ingest = await spooledWithLogs(batches, rowsEach, nowMs);
  await servers[1].kill();
  expect(await writerOf(enginesOf(cluster)).drain()).toBe(false); // the first shard has its part whole
  const writer = writerOf(enginesOf(cluster), { maxBytes: 70_000 }); // of about 260,000
  expect(await writer.drain()).toBe(false);
  const { logRowsDropped, batchesDropped } = writer.stats;
  expect([logRowsDropped > 0, logRowsDropped < batches * rowsEach * 5, batchesDropped]).toEqual([true, true, 0]);
  await servers[1].start();
  await drained(writer);
  const { batchesRefused, segmentsDamaged } = writer.stats;
  expect([batchesRefused, segmentsDamaged]).toEqual([0, 0]);
  for (const table of TABLES) expect([table, await stored(table)]).toEqual([table, everywhere(21)]);
  const rows = "SELECT service, toUInt32(count()) AS calls FROM access_log GROUP BY service ORDER BY service";
  const cart = batches * rowsEach * 3 - (logRowsDropped / 5) * 3; // the others were in
  expect(await cluster.reader.query(rows, {})).toEqual([
    { service: "cart", calls: cart },
    { service: "orders", calls: batches * rowsEach },
    { service: "web", calls: batches * rowsEach },
  ]);
  const reader = forgetfulReader();
  const { givenUp } = new SpoolReader(join(dir, "node"), 50);
  const options = { node: "node", givenUp, settle: () => writer.drain(), partial: () => reader.partial };
  const audit = new Audit(reader, options, { now: () => nowMs });
  for (let reading = 0; reading < 2; reading++) await audit.check([ingest]);
  expect([audit.difference, audit.comparedAtMs]).toEqual([0, nowMs]);
});

test("the shard that is asked goes away: the other one answers, and says what it lacks", async () => {
  await spooled(1);
  await drained(writerOf(enginesOf(cluster)));
  const other = await open();
  await servers[0].kill();
  expect(await stored("traffic_minute", other)).toEqual({ cart: 1 });
  expect(other.reader.partial).toContain("Shard 1 of 2");
  await other.close();
  const started = await open(); // storage.url's host is away, those of storage.shardUrls are asked
  expect([started.readyShards, await stored("traffic_minute", started)]).toEqual([[1], { cart: 1 }]);
  await started.close();
  await servers[0].start();
});

test("a host that is away at the start gets its tables when it comes, and nothing is inserted there before", async () => {
  const database = "late";
  await servers[1].kill();
  const said: string[] = [];
  const late = await open({ database, onProblem: (problem) => said.push(problem), retryMs: 100 });
  await spooled(2);
  const engines = enginesOf(late);
  const writer = new ShardWriters(
    engines,
    new SpoolReader(join(dir, "node"), 50),
    { node: "late", keepMs: 0, maxBytes: 1 << 30, onProblem: () => {} },
    systemClock,
  );
  late.onShardReady = (shard) => writer.admit(shard);
  for (const shard of late.readyShards) writer.admit(shard);
  expect([late.readyShards, await writer.drain()]).toEqual([[0], false]);
  expect(await stored("traffic_day", late)).toEqual({ orders: 3, web: 3 });
  await servers[1].start();
  for (let tries = 0; late.readyShards.length < 2 && tries < 400; tries++) await sleep(50);
  await drained(writer);
  for (const table of TABLES) expect([table, await stored(table, late)]).toEqual([table, everywhere(3)]);
  expect(said.length).toBe(1);
  await drained(writer); // the second time deletes what was inserted
  expect(readdirSync(join(dir, "node", "ingest-0"))).toEqual([]);
  await late.close();
});

test("a replay after the cluster grew counts nothing twice: a batch keeps the split it had", async () => {
  const [first, second] = enginesOf(cluster) as [Engine, Engine];
  await spooled(2);
  await drained(writerOf([first, second]));
  await drained(writerOf([first, second, first]));
  expect(await stored()).toEqual(everywhere(3));
  await spooled(1); // its own epoch: a batch that is split in three
  await drained(writerOf([first, second, first]));
  for (const table of TABLES) expect([table, await stored(table)]).toEqual([table, everywhere(4)]);
});

test("what a shard had not got when it was taken out of the cluster goes to another one", async () => {
  const [first] = enginesOf(cluster) as [Engine, Engine];
  const away = new Engine({ connection: { ...servers[1].connection, url: "http://127.0.0.1:1" }, database: DATABASE });
  await spooled(2);
  expect(await writerOf([first, away], { keepMs: 0 }).drain()).toBe(false);
  expect(await stored()).toEqual({ orders: 3, web: 3 });
  await drained(writerOf([first]));
  expect(await stored()).toEqual(everywhere(3));
  await away.close();
});

test("a start says which setting is wrong", async () => {
  await expect(open({ cluster: "three" })).rejects.toThrow(/storage\.cluster: .* no cluster three .*it knows two_shards/);
  await expect(open({ shardUrls: [servers[0].url] })).rejects.toThrow(
    "storage.shardUrls names 1 shards, the cluster two_shards has 2",
  );
  const wrong = { ...servers[0].connection, password: "wrong" };
  await expect(open({ connection: wrong })).rejects.toThrow(
    /does not let user sidelight-test in: check storage.username and storage.password/,
  );
  const nowhere = { ...servers[0].connection, url: "http://127.0.0.1:1" };
  await expect(open({ connection: nowhere, shardUrls: [] })).rejects.toThrow(
    /http:\/\/127\.0\.0\.1:1 does not answer .*check storage\.url/,
  );
});

test("a single server's database is not taken for a cluster's, nor the other way round", async () => {
  const { connection } = servers[0];
  await migrate({ connection, database: "single" }, KEEP_ALL, systemClock);
  await expect(open({ database: "single" })).rejects.toThrow("storage.cluster needs another storage.database");
  await expect(migrate({ connection, database: DATABASE }, KEEP_ALL, systemClock)).rejects.toThrow(
    "needs another storage.database",
  );
});
