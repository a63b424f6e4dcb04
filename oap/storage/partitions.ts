/** Partitions in the order in which they may be given up when the disk is full: the least valuable kind first, the oldest of it first. */
import { readFileSync } from "node:fs";
import type { SqlReader } from "../model/ports.ts";

export interface Partition {
  /** As ClickHouse knows it: `_local` at the end in a cluster. */
  readonly table: string;
  readonly id: string;
  /** Of access logs: failed, slow, context or rest. */
  readonly kind: string;
  readonly rows: number;
  /** On disk. */
  readonly bytes: number;
  /** Seconds since the Unix epoch (UTC). */
  readonly oldest: number;
  readonly newest: number;
}

const PARTITIONS = readFileSync(new URL("./partitions.sql", import.meta.url), "utf8");
/** Table and kind, the least valuable first: a log line is one call, a minute is all calls of it, and hours and days outlive both. */
const VALUE: readonly string[] = [
  "access_log rest",
  "access_log context",
  "access_log slow",
  "access_log failed",
  "traffic_minute",
  "failure_minute",
  "traffic_hour",
  "failure_hour",
  "traffic_day",
  "failure_day",
];

/** @throws StorageError */
export async function readPartitions(sql: SqlReader): Promise<Partition[]> {
  return await sql.query<Partition>(PARTITIONS, {});
}

/** Name of the schema's table. */
export function plainName({ table }: Partition): string {
  return table.replace(/_local$/, "");
}

export interface Expendable extends Partition {
  /** Access logs, which cost the answer to single calls; metrics, which cost what was; or what lasts, and what the present is written
   *  into, without which there is little left of the product. */
  readonly cost: "logs" | "metrics" | "lasting";
  /** The lowest goes first. */
  readonly rank: number;
}

/** Those that may go, in the order in which they go. The partition that the present is written into goes when nothing else is left, and
 *  of hours and days never: they are small. Metadata and our own tables are not among them. */
export function expendable(partitions: readonly Partition[]): Expendable[] {
  const newest = new Map<string, Partition>();
  for (const one of partitions) if (one.newest >= (newest.get(one.table)?.newest ?? 0)) newest.set(one.table, one);
  return partitions
    .map((one) => rated(one, newest.get(one.table) === one))
    .filter((one) => one !== null)
    .sort((a, b) => a.rank - b.rank || a.oldest - b.oldest || (a.id < b.id ? -1 : 1));
}

function rated(one: Partition, isPresent: boolean): Expendable | null {
  const name = plainName(one);
  const value = VALUE.indexOf(`${name} ${one.kind}`.trim());
  if (value < 0) return null;
  if (name === "access_log") return { ...one, cost: "logs", rank: value };
  const isMinutes = name.endsWith("_minute");
  if (!isPresent) return { ...one, cost: isMinutes ? "metrics" : "lasting", rank: value };
  return isMinutes ? { ...one, cost: "lasting", rank: VALUE.length + value } : null;
}
