/** What is said of storage on /metrics and, in words, on the setup page: room, size of tables, and what was dropped for want of room. */
import type { Counter, Gauge } from "prom-client";
import type { DiskSpace, DroppedPartition } from "../model/ports.ts";

export interface TableSize {
  readonly table: string;
  /** Of access logs: failed, slow, context or rest. */
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What the disk guard saw last, and all it dropped since the start. */
export class StorageStats {
  /** Of the ClickHouse with the least room; null before it was looked at. */
  space: DiskSpace | null = null;
  tables: readonly TableSize[] = [];
  readonly minFreeBytes: number;
  readonly #dropped = new Map<string, { table: string; kind: string; partitions: number; rows: number; bytes: number }>();

  constructor(minFreeBytes: number) {
    this.minFreeBytes = minFreeBytes;
  }

  get dropped(): readonly { table: string; kind: string; partitions: number; rows: number; bytes: number }[] {
    return [...this.#dropped.values()];
  }

  add({ table, kind, rows, bytes }: DroppedPartition): void {
    const key = `${table} ${kind}`;
    const sums = this.#dropped.get(key) ?? { table, kind, partitions: 0, rows: 0, bytes: 0 };
    this.#dropped.set(key, { table, kind, partitions: sums.partitions + 1, rows: sums.rows + rows, bytes: sums.bytes + bytes });
  }

  /** For the operator; null when there is room. */
  problem(): string | null {
    if (this.space === null || this.space.freeBytes >= this.minFreeBytes) return null;
    const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20).toLocaleString("en-US")} MiB`;
    return `The disk of ClickHouse has ${mib(this.space.freeBytes)} free, less than storage.minFreeBytes (${mib(this.minFreeBytes)}): the oldest data is dropped, access logs first. The Storage page tells what.`;
  }
}

type Make<T> = (name: string, help: string, ...labelNames: string[]) => T;

export function addStorage(
  { space, minFreeBytes, tables, dropped }: StorageStats,
  counter: Make<Counter>,
  gauge: Make<Gauge>,
): void {
  const droppedBytes = counter("sidelight_storage_dropped_bytes_total", "Bytes dropped for want of room.", "table", "kind");
  const droppedRows = counter("sidelight_storage_dropped_rows_total", "Rows dropped for want of room.", "table", "kind");
  const droppedParts = counter("sidelight_storage_dropped_partitions_total", "Partitions dropped so.", "table", "kind");
  for (const { table, kind, partitions, rows, bytes } of dropped) {
    droppedBytes.inc({ table, kind }, bytes);
    droppedRows.inc({ table, kind }, rows);
    droppedParts.inc({ table, kind }, partitions);
  }
  const bytesOf = gauge("sidelight_storage_bytes", "Bytes on disk, by table, as of the last minute.", "table", "kind");
  const rowsOf = gauge("sidelight_storage_rows", "Rows, by table.", "table", "kind");
  for (const { table, kind, rows, bytes } of tables) {
    bytesOf.set({ table, kind }, bytes);
    rowsOf.set({ table, kind }, rows);
  }
  gauge("sidelight_storage_min_free_bytes", "Free space below which data is dropped.").set(minFreeBytes);
  if (space === null) return;
  gauge("sidelight_storage_free_bytes", "Free space on the disk of ClickHouse.").set(space.freeBytes);
  gauge("sidelight_storage_disk_bytes", "Size of that disk.").set(space.totalBytes);
}
