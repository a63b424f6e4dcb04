/** What goes while ClickHouse stays away for so long that the spool is full: the rows of access logs of the oldest batches first, then
 *  whole batches, oldest first. A table that went leaves a mark in its batch, so that it is not taken for damage; the other tables and
 *  their tokens are as they were. */
import { readFile, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeIndex, droppedMark, INDEX_FILE, tableFile } from "./batch-index.ts";
import { EXPENDABLE_TABLE, type SpooledBatch, type SpoolReader } from "./spool-reader.ts";

export interface Dropped {
  /** Bytes that are left. */
  readonly bytes: number;
  /** Of the whole batch: of a cluster's lanes the one that drops the table counts for all, also rows that other shards have by then. */
  readonly logRows: number;
  /** `entries` that are lost with it: none when it was inserted, and waited for a replay that was to change nothing. */
  readonly batches: readonly { readonly batch: SpooledBatch; readonly entries: number; readonly isLost: boolean }[];
}

/** Makes the batches, oldest first, fit `maxBytes`; the last of them stays. */
export async function enforceBound(
  spool: Pick<SpoolReader, "sizeBytes" | "read" | "remove" | "isInserted" | "isInsertedWhole">,
  batches: readonly SpooledBatch[],
  maxBytes: number,
): Promise<Dropped> {
  const sizes = await Promise.all(batches.map((batch) => spool.sizeBytes(batch)));
  let bytes = sizes.reduce((sum, size) => sum + size, 0);
  let logRows = 0;
  for (let i = 0; bytes > maxBytes && i < batches.length; i++) {
    const batch = batches[i] as SpooledBatch;
    const rows = await dropTable(batch, EXPENDABLE_TABLE);
    if (rows > 0 && !(await spool.isInsertedWhole(batch))) logRows += rows;
    const size = await spool.sizeBytes(batch); // measured: what another lane dropped is gone, too, and the next batch need not go for it
    bytes -= (sizes[i] as number) - size;
    sizes[i] = size;
  }
  const gone: Dropped["batches"][number][] = [];
  for (let i = 0; bytes > maxBytes && i < batches.length - 1; i++) {
    const batch = batches[i] as SpooledBatch;
    const isLost = !(await spool.isInserted(batch));
    const entries = isLost ? (await spool.read(batch)).entries : 0;
    await spool.remove(batch);
    bytes -= sizes[i] as number;
    gone.push({ batch, entries, isLost });
  }
  return { bytes, logRows, batches: gone };
}

/** The mark comes first: a crash in between leaves a file that is not read, not one that seems to be missing.
 *  @returns rows that went by this call */
async function dropTable(batch: SpooledBatch, table: string): Promise<number> {
  const path = join(batch.path, tableFile(table));
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size === 0) return 0;
  const { lines } = decodeIndex(await readFile(join(batch.path, INDEX_FILE)).catch(() => Buffer.alloc(0)));
  const segments = lines.flatMap((line) => line.segments.filter((segment) => segment.table === table));
  await writeFile(join(batch.path, droppedMark(table)), "");
  const isOurs = await unlink(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false; // another lane was quicker, and counts
      throw error;
    },
  );
  return isOurs ? segments.reduce((sum, { rows }) => sum + rows, 0) : 0;
}
