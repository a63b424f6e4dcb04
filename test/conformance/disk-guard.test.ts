/** What goes, and in which order, when the disk is full: on a real ClickHouse, once on a disk that is really small. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DroppedPartition } from "../../oap/model/ports.ts";
import { DiskGuard, type DiskGuardOptions } from "../../oap/storage/disk-guard.ts";
import { directorySpace, serverSpace } from "../../oap/storage/disk-space.ts";
import type { Engine } from "../../oap/storage/engine.ts";
import { exposition } from "../../oap/telemetry/self-metrics.ts";
import { StorageStats } from "../../oap/telemetry/storage-metrics.ts";
import { startClickHouse } from "../harness/clickhouse.ts";

const NOW = Date.parse("2026-03-20T10:30:00Z");
const clock = { now: () => NOW };
const MIN_FREE = 1_000_000;
const TABLES = ["traffic_minute", "traffic_hour", "traffic_day", "failure_minute", "failure_hour", "failure_day", "access_log"];

let ch: Awaited<ReturnType<typeof startClickHouse>>;
beforeAll(async () => {
  ch = await startClickHouse();
});
afterAll(() => ch.close());
beforeEach(async () => {
  for (const table of [...TABLES, "storage_event"]) await ch.engine.command("TRUNCATE TABLE {table:Identifier}", { table });
});

/** A guard of a disk that has so many bytes free at each check; what it dropped, as `table kind partition`. */
function guard(freeBytes: () => number, more: Partial<DiskGuardOptions> = {}, engine: Engine = ch.engine) {
  const dropped: DroppedPartition[] = [];
  const problems: string[] = [];
  const made = new DiskGuard(
    engine,
    {
      shard: "",
      minFreeBytes: MIN_FREE,
      space: async () => ({ freeBytes: freeBytes(), totalBytes: 10 * MIN_FREE }),
      isMine: async () => true,
      onLook: () => {},
      onDrop: (one) => dropped.push(one),
      onProblem: (problem) => problems.push(problem),
      ...more,
    },
    clock,
  );
  const names = (): string[] => dropped.splice(0).map(({ table, kind, partition }) => `${table} ${kind} ${partition}`);
  return { made, dropped, problems, names };
}

async function log(kept: string, day: string, rows = 100, engine = ch.engine, bytes = 20): Promise<void> {
  await engine.command(
    `INSERT INTO access_log (time, kept, service, path) SETTINGS async_insert = 0
     SELECT toDateTime({at:String}, 'UTC'), {kept:String}, 'cart', randomString({bytes:UInt32}) FROM numbers({rows:UInt32})`,
    { at: `${day} 10:00:00`, kept, rows, bytes },
  );
}

/** A call and a failure at ten o'clock of each day. */
async function metrics(days: readonly string[]): Promise<void> {
  const minutes = "arrayJoin(arrayMap(day -> toDateTime(day || ' 10:00:00', 'UTC'), {days:Array(String)}))";
  await ch.engine.command(
    `INSERT INTO traffic_minute (scope, service, minute, calls) SETTINGS async_insert = 0 SELECT 'service', 'cart', ${minutes}, 1`,
    { days },
  );
  await ch.engine.command(
    `INSERT INTO failure_minute (service, minute, calls) SETTINGS async_insert = 0 SELECT 'cart', ${minutes}, 1`,
    { days },
  );
}

test("while there is room nothing goes, and the size of each table is known", async () => {
  await log("rest", "2026-03-19");
  const stats = new StorageStats(MIN_FREE);
  const { made, names } = guard(() => MIN_FREE, { onLook: (space) => (stats.space = space) });
  await made.check();
  expect([names(), stats.space?.freeBytes, stats.problem()]).toEqual([[], MIN_FREE, null]);
});

test("access logs go first, ordinary before their context, slow and failed ones, the oldest first, and no more than is missing", async () => {
  for (const kept of ["failed", "slow", "context", "rest"]) for (const day of ["2026-03-18", "2026-03-20"]) await log(kept, day);
  await metrics(["2026-03-19", "2026-03-20"]);
  const { made, names } = guard(() => MIN_FREE - 1);
  const gone: string[] = [];
  for (let check = 0; check < 8; check++) {
    await made.check();
    gone.push(...names());
  }
  expect(gone).toEqual([
    "access_log rest 20260318-3",
    "access_log rest 20260320-3",
    "access_log context 20260318-4",
    "access_log context 20260320-4",
    "access_log slow 20260318-2",
    "access_log slow 20260320-2",
    "access_log failed 20260318-1",
    "access_log failed 20260320-1",
  ]);
});

test("a check drops as many access logs as are missing, but of metrics one partition", async () => {
  for (const day of ["2026-03-17", "2026-03-18", "2026-03-19"]) await log("rest", day);
  await metrics(["2026-03-17", "2026-03-18", "2026-03-20"]);
  const { made, names } = guard(() => MIN_FREE / 2);
  await made.check();
  expect(names()).toEqual([
    "access_log rest 20260317-3",
    "access_log rest 20260318-3",
    "access_log rest 20260319-3",
    "traffic_minute  20260317",
  ]);
});

test("minutes before their failures, hours before days; the present last, and of hours and days never", async () => {
  await metrics(["2026-01-10", "2026-03-05", "2026-03-20"]);
  const { made, names, problems } = guard(() => 0);
  const gone: string[] = [];
  for (let check = 0; check < 14; check++) {
    await made.check();
    gone.push(...names());
  }
  expect(gone).toEqual([
    "traffic_minute  20260110",
    "traffic_minute  20260305",
    "failure_minute  20260110",
    "failure_minute  20260305",
    "traffic_hour  20260105",
    "traffic_hour  20260302",
    "failure_hour  20260105",
    "failure_hour  20260302",
    "traffic_day  202601",
    "failure_day  202601",
    "traffic_minute  20260320",
    "failure_minute  20260320",
  ]);
  expect(problems).toEqual(["the disk of ClickHouse is short of space, and there is nothing left that may be dropped"]);
  const [row] = await ch.engine.query<{ calls: number }>("SELECT sum(calls) AS calls FROM traffic_day", {});
  expect(row?.calls).toBe(2); // March is still there
});

test("what lasts stays while there is some room: it takes a full disk, not one that fills", async () => {
  await metrics(["2026-01-10", "2026-03-20"]);
  const { made, names, problems } = guard(() => MIN_FREE / 4);
  for (let check = 0; check < 5; check++) await made.check();
  expect(names()).toEqual(["traffic_minute  20260110", "failure_minute  20260110"]);
  expect(problems.length).toBe(1);
});

test("0 as the least free space, and a lease that somebody else holds: nothing is dropped", async () => {
  await log("rest", "2026-03-19");
  const off = guard(() => 0, { minFreeBytes: 0 });
  await off.made.check();
  const theirs = guard(() => 0, { isMine: async () => false });
  await theirs.made.check();
  expect([off.names(), theirs.names()]).toEqual([[], []]);
});

const NOT_AUDITED = { difference: 0, comparedAtMs: null, differentSinceMs: null };

test("what was dropped is written down with its time, its size and the time of its rows, and counted on /metrics", async () => {
  await log("slow", "2026-03-18", 250);
  const stats = new StorageStats(MIN_FREE);
  const { made } = guard(() => 10, { onDrop: (one) => stats.add(one), onLook: (space) => (stats.space = space) });
  await made.check();
  const rows = await ch.engine.query<Record<string, unknown>>("SELECT * FROM storage_event", {});
  expect(rows).toMatchObject([
    {
      time: "2026-03-20 10:30:00",
      table: "access_log",
      kind: "slow",
      partition: "20260318-2",
      rows: 250,
      oldest: "2026-03-18 10:00:00",
      newest: "2026-03-18 10:00:00",
      free_bytes: 10,
    },
  ]);
  const text = await exposition({ ingest: [], writer: null, others: [], audit: NOT_AUDITED, storage: stats });
  expect(text).toContain(`sidelight_storage_dropped_bytes_total{table="access_log",kind="slow"} ${rows[0]?.["bytes"]}`);
  expect(text).toContain('sidelight_storage_dropped_rows_total{table="access_log",kind="slow"} 250');
  expect(text).toContain("sidelight_storage_free_bytes 10");
  expect(stats.problem()).toContain("storage.minFreeBytes");
});

test("a server's disk is as large as that of its directory", async () => {
  const [server, directory] = [await serverSpace(ch.engine), await directorySpace(ch.dir)];
  expect(server.totalBytes).toBe(directory.totalBytes);
  expect(Math.abs(server.freeBytes - directory.freeBytes)).toBeLessThan(2 ** 30);
});

/** A file system of so many MiB in memory; null where this user may not mount one. */
function smallDisk(mib: number): string | null {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-small-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "none", dir], { stdio: "ignore" });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
}

test("on a disk that fills up, the oldest logs go, there is room again, and inserts go on", async ({ skip }) => {
  const disk = smallDisk(100);
  if (disk === null) {
    console.warn("NOT TESTED: the disk guard on a disk that fills up. Mounting a small tmpfs needs root.");
    skip();
    return;
  }
  const small = await startClickHouse("small", join(disk, "clickhouse"));
  try {
    const minFreeBytes = 25 << 20;
    const space = () => directorySpace(disk);
    const { made, names } = guard(() => 0, { minFreeBytes, space }, small.engine);
    const days = ["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14", "2026-03-15", "2026-03-16", "2026-03-17", "2026-03-18"];
    const gone: string[] = [];
    for (const day of days) {
      await log("rest", day, 75_000, small.engine, 200); // 15 MB that do not compress: 120 MB in all
      await made.check();
      gone.push(...names());
    }
    expect(gone.length).toBeGreaterThan(2);
    expect(gone).toEqual(days.slice(0, gone.length).map((day) => `access_log rest ${day.replaceAll("-", "")}-3`));
    expect((await space()).freeBytes).toBeGreaterThanOrEqual(minFreeBytes);
    const [row] = await small.engine.query<{ days: number; events: number }>(
      "SELECT uniqExact(toDate(time)) AS days, (SELECT count() FROM storage_event) AS events FROM access_log",
      {},
    );
    expect(row).toEqual({ days: days.length - gone.length, events: gone.length });
  } finally {
    await small.stop();
    execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  }
});
