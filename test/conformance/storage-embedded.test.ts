import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startEmbedded } from "../../oap/storage/embedded.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { processIdentity } from "../../oap/storage/process-identity.ts";
import { startClickHouse } from "../harness/clickhouse.ts";

const MEMORY = 1 << 30;

let ch: Awaited<ReturnType<typeof startClickHouse>>;
let dir: string;

beforeAll(async () => {
  ch = await startClickHouse();
});
afterAll(async () => {
  await ch.close();
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-embedded-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Asks as long as it takes ClickHouse to come back. */
async function answer(sql: string): Promise<unknown[]> {
  for (let tries = 0; ; tries++) {
    try {
      return await ch.engine.query(sql, {});
    } catch (error) {
      if (tries === 200) throw error;
      await sleep(50);
    }
  }
}

const dead = (pid: number): boolean => {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return true;
  }
};

test("a data directory has one holder, in this process too, and the first one goes on", async () => {
  await expect(startEmbedded({ dir: ch.dir, memoryBytes: MEMORY })).rejects.toThrow(`in use by process ${process.pid}`);
  expect(existsSync(join(ch.dir, "lock"))).toBe(true);
  expect(await ch.engine.query("SELECT 1 AS one", {})).toEqual([{ one: 1 }]);
});

test("the lock of a dead holder whose process id is in use again does not count", async () => {
  const [pid, start = ""] = processIdentity().split(" ");
  mkdirSync(join(dir, "data"));
  writeFileSync(join(dir, "lock"), `${pid} ${start}0`);
  const started = await startEmbedded({ dir, memoryBytes: MEMORY });
  await started.stop();
});

test("a data directory that cannot be written is named", async () => {
  writeFileSync(join(dir, "file"), "");
  const below = join(dir, "file", "data");
  await expect(startEmbedded({ dir: below, memoryBytes: MEMORY })).rejects.toThrow(`cannot write the data directory ${below}`);
  mkdirSync(join(dir, "busy", "lock"), { recursive: true });
  await expect(startEmbedded({ dir: join(dir, "busy"), memoryBytes: MEMORY })).rejects.toThrow("cannot write");
});

test("a start that fails says why, in ClickHouse's words", async () => {
  symlinkSync(join(ch.dir, "data"), join(dir, "data"));
  await expect(startEmbedded({ dir, memoryBytes: MEMORY })).rejects.toThrow(/did not start in .*already running/);
  expect(existsSync(join(dir, "lock"))).toBe(false);
});

test("nobody without the password reads anything, there are no system logs, and memory is bounded", async () => {
  const nobody = await fetch(ch.embedded.connection.url, {
    method: "POST",
    body: "SELECT count() FROM sidelight.traffic_minute",
  });
  expect([nobody.ok, await nobody.text()]).toEqual([false, expect.stringContaining("ACCESS_DENIED")]);
  expect(await ch.engine.query("SELECT name FROM system.tables WHERE database = 'system' AND name LIKE '%_log'", {})).toEqual([]);
  const settings = await ch.engine.query<{ name: string; value: string }>(
    "SELECT name, value FROM system.server_settings WHERE name IN ('max_server_memory_usage', 'merges_mutations_memory_usage_soft_limit', 'mark_cache_size', 'index_mark_cache_size', 'primary_index_cache_size', 'compiled_expression_cache_size', 'uncompressed_cache_size') OR name LIKE 'text_index_%_cache_size'",
    {},
  );
  const { max_server_memory_usage, merges_mutations_memory_usage_soft_limit, ...caches } = Object.fromEntries(
    settings.map(({ name, value }): [string, number] => [name, Number(value)]),
  );
  expect([max_server_memory_usage, merges_mutations_memory_usage_soft_limit]).toEqual([MEMORY, MEMORY / 2]);
  expect(Object.keys(caches).length).toBe(8);
  expect(Object.values(caches).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(MEMORY / 4);
});

test("a question that needs more memory than there is fails alone; the database goes on", async () => {
  const embedded = await startEmbedded({ dir, memoryBytes: 256 << 20 });
  const engine = new Engine({ connection: embedded.connection, database: "default" });
  const sql = "SELECT length(groupArray(randomString(1000))) AS n FROM numbers(2000000)";
  await expect(engine.query(sql, {})).rejects.toMatchObject({ retryable: true, clickhouseCode: 241 });
  expect(await engine.query("SELECT 1 AS one", {})).toEqual([{ one: 1 }]);
  expect(embedded.restarts).toBe(0);
  await engine.close();
  await embedded.stop();
});

test("where cores are short, what answers and merges waits for those who take entries", async () => {
  const ours = getPriority(process.pid);
  const nice = readdirSync(`/proc/${ch.embedded.pid}/task`).map((thread) => getPriority(Number(thread)));
  // ClickHouse puts a thread or two that watch its memory before everything else.
  expect(nice.filter((one) => one <= ours).length).toBeLessThanOrEqual(3);
  expect(nice.filter((one) => one > ours).length).toBeGreaterThan(10);
});

test("SIGTERM and SIGINT do not end it: its parent decides", async () => {
  const { pid } = ch.embedded;
  process.kill(pid as number, "SIGTERM");
  process.kill(pid as number, "SIGINT");
  expect(await answer("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  expect(ch.embedded.pid).toBe(pid);
});

test("killed while somebody takes its port, it comes back on another one, and the same engine finds it", async () => {
  const told: string[] = [];
  const thief = createServer((socket) => socket.destroy()); // one that took a question and kept silent would hold it for a minute
  let takenPort = 0;
  const embedded = await startEmbedded({
    dir,
    memoryBytes: MEMORY,
    onRestart: ({ exit }) => {
      told.push(exit);
      thief.listen(takenPort, "127.0.0.1");
    },
  });
  const engine = new Engine({ connection: embedded.connection, database: "default" });
  await engine.command("CREATE TABLE kept (n UInt8) ENGINE = MergeTree ORDER BY n");
  await engine.command("INSERT INTO kept SETTINGS async_insert = 0 VALUES (7)");
  takenPort = Number(new URL(embedded.connection.url).port);
  process.kill(embedded.pid as number, "SIGKILL");
  let rows: unknown[] = [];
  for (let tries = 0; tries < 200 && rows.length === 0; tries++) {
    await sleep(50);
    rows = await engine.query("SELECT n FROM kept", {}).catch(() => []);
  }
  expect(rows).toEqual([{ n: 7 }]);
  expect([told, Number(new URL(embedded.connection.url).port) === takenPort]).toEqual([["SIGKILL"], false]);
  await engine.close();
  await embedded.stop();
  thief.close();
});

test("it ends itself when its parent is killed, and the next start on the directory finds everything", async () => {
  const module = new URL("../../oap/storage/embedded.ts", import.meta.url).href;
  const code = `
    import { startEmbedded } from ${JSON.stringify(module)};
    const { pid } = await startEmbedded({ dir: ${JSON.stringify(dir)}, memoryBytes: ${MEMORY} });
    console.log(pid);
    setInterval(() => {}, 1_000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => parent.once("exit", resolve));
  const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (line) => resolve(Number(line))));
  parent.kill("SIGKILL");
  await exited;
  for (let tries = 0; tries < 200 && !dead(pid); tries++) await sleep(25);
  expect(dead(pid)).toBe(true);
  const next = await startEmbedded({ dir, memoryBytes: MEMORY });
  await next.stop();
});

test("a clean stop and a start on the same directory keep everything", async () => {
  const first = await startClickHouse("kept", dir);
  await first.engine.command(
    "INSERT INTO service_meta SETTINGS async_insert = 0 VALUES ('cart', 1, 'MESH', toDateTime(60, 'UTC'), toDateTime(120, 'UTC'))",
  );
  await first.stop();
  const second = await startClickHouse("kept", dir);
  expect(await second.engine.query("SELECT service, layer FROM service_meta", {})).toEqual([{ service: "cart", layer: "MESH" }]);
  await second.stop();
});

test("a data directory has one holder; the lock of a process that is gone does not count", async () => {
  const other = join(dir, "clickhouse");
  mkdirSync(other);
  writeFileSync(join(other, "lock"), "1");
  await expect(startEmbedded({ dir: other, memoryBytes: 1 << 30 })).rejects.toThrow("in use by process 1");
  writeFileSync(join(other, "lock"), "999999999");
  const started = await startEmbedded({ dir: other, memoryBytes: 1 << 30 });
  await started.stop();
  expect(existsSync(join(other, "lock"))).toBe(false);
});
