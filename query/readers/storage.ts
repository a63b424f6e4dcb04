/** What ClickHouse keeps, table by table and over all shards. */
import type { DiskSpace, SqlReader, StorageShard } from "../../oap/model/ports.ts";
import type { Retention } from "../../oap/model/retention.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../oap/model/time-bucket.ts";
import { sql } from "./sql.ts";

export interface StoredTable {
  readonly name: string;
  /** Of access logs: failed, slow, context or rest. */
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  /** ms; null where rows have no time. */
  readonly oldest: number | null;
  readonly newest: number | null;
  /** null while there is too little to tell. */
  readonly bytesPerDay: number | null;
  /** null: for ever. */
  readonly retentionDays: number | null;
  /** Rows go with their whole partition: the last of them may be this much older. */
  readonly partitionDays: number;
}

export interface StoredEvent {
  readonly at: number;
  readonly shard: string;
  readonly table: string;
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
  readonly oldest: number;
  readonly newest: number;
}

export interface ShardState {
  readonly name: string;
  /** null when it does not answer. */
  readonly space: DiskSpace | null;
  readonly tables: readonly StoredTable[];
}

type Setting = Exclude<keyof Retention, "ttl">;
interface Shape {
  readonly retention: Setting;
  /** Rows of a step have the time of its start. */
  readonly stepMs: number;
  readonly partitionDays: number;
}

const MINUTES: Shape = { retention: "minuteDays", stepMs: MINUTE_MS, partitionDays: 1 };
const HOURS: Shape = { retention: "hourDays", stepMs: HOUR_MS, partitionDays: 7 };
const DAYS: Shape = { retention: "dayDays", stepMs: DAY_MS, partitionDays: 31 };
const METADATA: Shape = { retention: "metadataDays", stepMs: 0, partitionDays: 0 };
const SHAPES: Readonly<Record<string, Shape>> = {
  traffic_minute: MINUTES,
  failure_minute: MINUTES,
  traffic_hour: HOURS,
  failure_hour: HOURS,
  traffic_day: DAYS,
  failure_day: DAYS,
  storage_event: { ...DAYS, stepMs: 0 },
  node_progress: { ...MINUTES, stepMs: 0 },
  service_meta: METADATA,
  instance_meta: METADATA,
  endpoint_meta: METADATA,
  "access_log failed": { retention: "failedAccessLogDays", stepMs: 0, partitionDays: 1 },
  "access_log slow": { retention: "failedAccessLogDays", stepMs: 0, partitionDays: 1 },
  "access_log context": { retention: "failedAccessLogDays", stepMs: 0, partitionDays: 1 },
  "access_log rest": { retention: "accessLogDays", stepMs: 0, partitionDays: 1 },
};
const TABLES = sql("storage");
const EVENTS = sql("storage-events");
const EVENTS_MAX = 100;
const RECENT_MS = 7 * DAY_MS;
/** Less than this says nothing of a day. */
const PACE_FROM_MS = 10 * MINUTE_MS;

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
  readonly uncompressed: number;
  readonly oldest: number;
  readonly newest: number;
  readonly recent_bytes: number;
  readonly recent_from: number;
}

/** A shard that is away is told as such; its tables are missing then. */
export async function readShard(
  { name, sql: reader, space }: StorageShard,
  retention: Retention,
  nowMs: number,
): Promise<ShardState> {
  try {
    const since = Math.max(0, Math.floor((nowMs - RECENT_MS) / 1_000));
    const [rows, free] = await Promise.all([reader.query<Row>(TABLES, { since }), space()]);
    return { name, space: free, tables: rows.map((row) => tableOf(row, retention, nowMs)) };
  } catch {
    return { name, space: null, tables: [] };
  }
}

export async function readEvents(reader: SqlReader): Promise<StoredEvent[]> {
  const rows = await reader.query<StoredEvent>(EVENTS, { limit: EVENTS_MAX });
  return rows.map((row) => ({ ...row, at: row.at * 1_000, oldest: row.oldest * 1_000, newest: row.newest * 1_000 }));
}

export async function readVersion(reader: SqlReader): Promise<string> {
  const [row] = await reader.query<{ version: string }>("SELECT version() AS version", {});
  return row?.version ?? "";
}

/** The same table of several shards is one: sums, and the widest span. */
export function mergeTables(shards: readonly ShardState[]): StoredTable[] {
  const groups = Map.groupBy(
    shards.flatMap(({ tables }) => tables),
    ({ name, kind }) => `${name} ${kind}`,
  );
  return [...groups.values()].map((group) => group.reduce(both)).sort((a, b) => b.bytes - a.bytes);
}

function both(a: StoredTable, b: StoredTable): StoredTable {
  return {
    ...a,
    rows: a.rows + b.rows,
    bytes: a.bytes + b.bytes,
    uncompressedBytes: a.uncompressedBytes + b.uncompressedBytes,
    oldest: a.oldest === null || b.oldest === null ? (a.oldest ?? b.oldest) : Math.min(a.oldest, b.oldest),
    newest: a.newest === null || b.newest === null ? (a.newest ?? b.newest) : Math.max(a.newest, b.newest),
    bytesPerDay: a.bytesPerDay === null && b.bytesPerDay === null ? null : (a.bytesPerDay ?? 0) + (b.bytesPerDay ?? 0),
  };
}

function tableOf(row: Row, retention: Retention, nowMs: number): StoredTable {
  const { name, kind, rows, bytes, uncompressed, oldest, newest } = row;
  const shape = SHAPES[`${name} ${kind}`.trim()];
  const isTimed = newest > 0;
  return {
    name,
    kind,
    rows,
    bytes,
    uncompressedBytes: uncompressed,
    oldest: isTimed ? oldest * 1_000 : null,
    newest: isTimed ? newest * 1_000 : null,
    bytesPerDay: isTimed && shape !== undefined ? paceOf(row, shape, nowMs) : null,
    retentionDays: shape === undefined || retention.ttl === "off" ? null : retention[shape.retention],
    partitionDays: shape?.partitionDays ?? 0,
  };
}

/** Bytes a day: those of the partitions of the last week over the time from their first row until now; a step counts as a whole. */
function paceOf({ recent_bytes, recent_from }: Row, { stepMs }: Shape, nowMs: number): number | null {
  if (recent_bytes === 0) return 0;
  const spanMs = Math.max(stepMs, nowMs - recent_from * 1_000);
  return spanMs < PACE_FROM_MS ? null : recent_bytes / (spanMs / DAY_MS);
}
