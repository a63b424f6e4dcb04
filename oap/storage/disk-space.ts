/** Room on the disk under ClickHouse. */
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { DiskSpace, SqlReader } from "../model/ports.ts";

const DISKS = readFileSync(new URL("./disks.sql", import.meta.url), "utf8");

/** Of the file system that holds a directory of this machine: what is free for us, not for root. */
export async function directorySpace(dir: string): Promise<DiskSpace> {
  const { bsize, blocks, bavail } = await statfs(dir);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Of servers that hold the same, the one with the least room among those that answer. @throws StorageError when none does */
export async function leastSpace(replicas: readonly SqlReader[]): Promise<DiskSpace> {
  const answers = await Promise.allSettled(replicas.map(serverSpace));
  const spaces = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  if (spaces.length === 0) throw (answers[0] as PromiseRejectedResult).reason;
  return spaces.reduce((least, one) => (one.freeBytes < least.freeBytes ? one : least));
}

/** Of the disks on which a server keeps our tables, as it sees them. @throws StorageError */
export async function serverSpace(server: SqlReader): Promise<DiskSpace> {
  const [row] = await server.query<{ free: number; total: number }>(DISKS, {});
  return { freeBytes: row?.free ?? 0, totalBytes: row?.total ?? 0 };
}
