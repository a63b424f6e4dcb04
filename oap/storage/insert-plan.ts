/** What of a batch is sent to ClickHouse, written down beside it before its first insert, so that every replay sends the same or
 *  nothing. ClickHouse's tokens alone do not see to that: a token stands for as many blocks as were sent with it, and the same
 *  token with one block less is inserted again. */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checksummed, unchecksummed } from "./batch-index.ts";

const PLAN_FILE = "plan";

/** Table -> where the segments that are sent begin in its file, in order. */
export type InsertPlan = Readonly<Record<string, readonly number[]>>;

/** null when there is none, or a torn one: then nothing was sent yet. */
export async function readPlan(batchPath: string): Promise<InsertPlan | null> {
  const bytes = await readFile(join(batchPath, PLAN_FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const end = bytes?.indexOf(10) ?? -1;
  const json = bytes === null || end < 0 ? null : unchecksummed(bytes.subarray(0, end));
  return json === null ? null : (JSON.parse(json) as InsertPlan);
}

/** Resolves once it is on disk. */
export async function writePlan(batchPath: string, plan: InsertPlan): Promise<void> {
  const file = await open(join(batchPath, PLAN_FILE), "w");
  try {
    await file.writeFile(checksummed(JSON.stringify(plan)));
    await file.datasync();
  } finally {
    await file.close();
  }
  const directory = await open(batchPath, "r");
  await directory.sync().finally(() => directory.close());
}
