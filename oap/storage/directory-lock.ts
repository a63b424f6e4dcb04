/** One holder per data directory. ClickHouse has a lock of its own below this one; ours says who holds it, and says so before
 *  a process is started in vain. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StorageError } from "../model/errors.ts";
import { isRunning, processIdentity } from "./process-identity.ts";

/** Creates the directory where needed, takes its lock, and returns the function that gives it back.
 *  @throws StorageError, not retryable, when a live process holds it (this one too) or it cannot be written. */
export function lockDirectory(dir: string): () => void {
  const path = join(dir, "lock");
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const holder = holderOf(path);
    if (holder !== null && isRunning(holder)) {
      throw new StorageError(`the data directory ${dir} is in use by process ${holder.split(" ")[0]}`, { retryable: false });
    }
    if (holder !== null) rmSync(path, { force: true });
    writeFileSync(path, processIdentity(), { flag: "wx" });
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    throw new StorageError(`cannot write the data directory ${dir}: ${(cause as Error).message}`, { retryable: false, cause });
  }
  return () => rmSync(path, { force: true });
}

function holderOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
