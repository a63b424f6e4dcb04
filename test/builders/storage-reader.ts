import type { SqlReader, StorageReader } from "../../oap/model/ports.ts";

/** Storage with a disk of its own measure. */
export function storageOf(sql: SqlReader, more: Partial<StorageReader> = {}): StorageReader {
  return {
    engine: "embedded",
    minFreeBytes: 1_000,
    shards: () => [{ name: "", sql, space: async () => ({ freeBytes: 50_000, totalBytes: 100_000 }) }],
    spool: () => ({ bytesWaiting: 7, oldestWaitingSeconds: 1.5 }),
    ...more,
  };
}
