/** Which tokens look as if their rows had never been made, on a real ClickHouse's directory. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { withdrawOrphanTokens } from "../../oap/storage/deduplication-log.ts";
import { startClickHouse } from "../harness/clickhouse.ts";

/** As our tables are, and expire. */
const TABLE = `CREATE TABLE expiring (at DateTime('UTC'), day UInt8) ENGINE = MergeTree PARTITION BY day ORDER BY at TTL at + INTERVAL 1 DAY
  SETTINGS non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1`;
const PATH = "SELECT arrayElement(data_paths, 1) AS path FROM system.tables WHERE name = 'expiring'";
const [YOUNG, DROPPED, EXPIRED] = [0, 1, 2];

test("tokens of rows that expired or were dropped are left alone, a token whose part is not there is withdrawn", async () => {
  const ch = await startClickHouse();
  try {
    await ch.engine.command(TABLE);
    const insert = (day: number, at: string): Promise<void> =>
      ch.engine.insertOnce("expiring (at, day)", `(${at}, ${day})`, {}, `${day} ${at}`);
    for (const day of [YOUNG, DROPPED]) await insert(day, "now()");
    for (const age of [200_000, 300_000]) await insert(EXPIRED, `now() - ${age}`);
    await ch.engine.command("ALTER TABLE expiring DROP PARTITION {day:UInt8}", { day: DROPPED });
    await ch.engine.command("OPTIMIZE TABLE expiring FINAL");
    const rows = (): Promise<unknown[]> => ch.engine.query("SELECT day FROM expiring", {});
    for (let tries = 0; (await rows()).length > 1 && tries < 200; tries++) await sleep(50);
    expect(await rows()).toEqual([{ day: YOUNG }]);
    const [{ path }] = (await ch.engine.query<{ path: string }>(PATH, {})) as [{ path: string }];
    await ch.stop();
    const data = join(ch.dir, "data");
    expect(withdrawOrphanTokens(data)).toBe(0);
    for (const part of readdirSync(path)) if (part.startsWith(`${YOUNG}_`)) rmSync(join(path, part), { recursive: true });
    expect(withdrawOrphanTokens(data)).toBe(1);
    expect(withdrawOrphanTokens(data)).toBe(0);
    // ClickHouse itself noted that it dropped them, whether or not an empty part still covers them.
    for (const part of readdirSync(path)) if (part.startsWith(`${DROPPED}_`)) rmSync(join(path, part), { recursive: true });
    expect(withdrawOrphanTokens(data)).toBe(0);
  } finally {
    await ch.close();
  }
});
