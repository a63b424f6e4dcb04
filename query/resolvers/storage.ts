/** How the database is doing. */
import { StorageError } from "../../oap/model/errors.ts";
import type { QueryContext } from "../context.ts";
import { mergeTables, readEvents, readShard, readVersion } from "../readers/storage.ts";
import { forecast } from "../storage-forecast.ts";

export const storage = {
  Query: { meshStorage: (_: unknown, __: unknown, context: QueryContext) => meshStorage(context) },
};

async function meshStorage({ storage: known, sql, retention, clock }: QueryContext) {
  const now = clock.now();
  const [version, dropped, ...shards] = await Promise.all([
    readVersion(sql),
    readEvents(sql),
    ...known.shards().map((shard) => readShard(shard, retention, now)),
  ]);
  const tables = mergeTables(shards);
  const answering = shards.flatMap(({ space }) => (space === null ? [] : [space]));
  const shortest = answering.toSorted((a, b) => a.freeBytes - b.freeBytes)[0];
  if (shortest === undefined) throw new StorageError("no shard tells how much room it has", { retryable: true });
  const sum = (column: "rows" | "bytes" | "uncompressedBytes"): number => tables.reduce((total, one) => total + one[column], 0);
  // Rows are spread evenly: the shard with the least room is full first, with its part of the growth.
  const room = (shortest.freeBytes - known.minFreeBytes) * answering.length;
  return {
    now,
    engine: known.engine,
    version,
    shards: shards.map(({ name, space }) => ({ name, ...space })),
    ...shortest,
    minFreeBytes: known.minFreeBytes,
    rows: sum("rows"),
    bytes: sum("bytes"),
    uncompressedBytes: sum("uncompressedBytes"),
    ...forecast(tables, room, now),
    tables,
    dropped,
    spool: known.spool(),
  };
}
