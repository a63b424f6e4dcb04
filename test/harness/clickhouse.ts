import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "../../oap/storage/embedded.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { migrate } from "../../oap/storage/migrate.ts";

export const KEEP_ALL = {
  ttl: "off",
  minuteDays: 8,
  hourDays: 35,
  dayDays: 400,
  metadataDays: 90,
  accessLogDays: 3,
  failedAccessLogDays: 14,
} as const;
export const systemClock = { now: () => Date.now() };

/** One embedded ClickHouse with the schema in `database`; `stop` leaves its directory, `close` takes it along. */
export async function startClickHouse(
  database = "sidelight",
  dir = mkdtempSync(join(tmpdir(), "sidelight-clickhouse-")),
  memoryBytes = 1 << 30,
) {
  const embedded = await startEmbedded({ dir, memoryBytes });
  const options = { connection: embedded.connection, database };
  await migrate(options, KEEP_ALL, systemClock);
  const engine = new Engine(options);
  const stop = async (): Promise<void> => {
    await engine.close();
    await embedded.stop();
  };
  const close = async (): Promise<void> => {
    await stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, embedded, engine, options, stop, close };
}
