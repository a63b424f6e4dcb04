/** Which tokens look as if their rows had never been made, on a real ClickHouse's directory. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { withdrawOrphanTokens } from "../../oap/storage/deduplication-log.ts";
import { startClickHouse } from "../harness/clickhouse.ts";

const TABLE = `CREATE TABLE expiring (at DateTime('UTC'), day UInt8) ENGINE = MergeTree PARTITION BY day ORDER BY at TTL at + INTERVAL 1 DAY
  SETTINGS non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, merge_with_ttl_timeout = 0`;
const PARTS = "SELECT name, path FROM system.parts WHERE table = 'expiring' AND active AND rows > 0 ORDER BY name";

test("tokens of rows that expired are left alone, a token without its part is withdrawn", async () => {
  const ch = await startClickHouse();
  try {
    await ch.engine.command(TABLE);
    const insert = (day: number, at: string): Promise<void> =>
      ch.engine.insertOnce("expiring (at, day)", `(${at}, ${day})`, {}, `token ${day} ${at}`);
    for (const day of [1, 2, 3]) {
      await insert(day, "now() - 200000");
      await insert(day, "now() - 300000");
    }
    await insert(4, "now()");
    await ch.engine.command("OPTIMIZE TABLE expiring FINAL");
    const parts = async (): Promise<{ name: string; path: string }[]> => await ch.engine.query(PARTS, {});
    for (let tries = 0; (await parts()).length > 1 && tries < 200; tries++) await sleep(50);
    const [left, ...others] = await parts();
    expect(others).toEqual([]);
    await ch.stop();
    console.log(left, readdirSync(join(left!.path, "..")));
    const data = join(ch.dir, "data");
    expect(withdrawOrphanTokens(data)).toBe(0);
    rmSync(left!.path, { recursive: true });
    expect(withdrawOrphanTokens(data)).toBe(1);
  } finally {
    await ch.close();
  }
});
