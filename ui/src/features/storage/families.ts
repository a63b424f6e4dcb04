/** What each table is to whoever reads the page, and the families that share a colour. Pure. */
import type { StorageTable } from "./use-storage.ts";

export const FAMILIES = {
  metrics: { title: "Metrics", color: "var(--series-1)" },
  logs: { title: "Access logs", color: "var(--series-3)" },
  failures: { title: "Failures", color: "var(--series-2)" },
  other: { title: "Names and bookkeeping", color: "var(--line-strong)" },
} as const;

export type Family = keyof typeof FAMILIES;

const TITLES: Readonly<Record<string, string>> = {
  traffic_minute: "Metrics by minute",
  traffic_hour: "Metrics by hour",
  traffic_day: "Metrics by day",
  failure_minute: "Failures by minute",
  failure_hour: "Failures by hour",
  failure_day: "Failures by day",
  "access_log failed": "Access logs of failed calls",
  "access_log slow": "Access logs of slow calls",
  "access_log context": "Access logs around those",
  "access_log rest": "Access logs of other calls",
};

export function titleOf(table: string, kind: string): string {
  const key = `${table} ${kind}`.trim();
  return TITLES[key] ?? (familyOf(table) === "other" ? FAMILIES.other.title : key);
}

/** The small tables as one: nobody looks for room there. */
export function foldSmall(tables: readonly StorageTable[]): StorageTable[] {
  const small = tables.filter(({ name }) => familyOf(name) === "other");
  const large = tables.filter(({ name }) => familyOf(name) !== "other");
  if (small.length === 0) return large;
  const sum = (column: "rows" | "bytes" | "uncompressedBytes"): number => small.reduce((total, one) => total + one[column], 0);
  const { retentionDays = null } = small.find(({ name }) => name === "service_meta") ?? {};
  const folded = { rows: sum("rows"), bytes: sum("bytes"), uncompressedBytes: sum("uncompressedBytes"), retentionDays };
  return [...large, { name: "other", kind: "", oldest: null, newest: null, bytesPerDay: null, ...folded }];
}

export function familyOf(table: string): Family {
  if (table.startsWith("traffic_")) return "metrics";
  if (table.startsWith("failure_")) return "failures";
  return table === "access_log" ? "logs" : "other";
}

/** Bytes of each family that has any, in a fixed order. */
export function bytesByFamily(tables: readonly StorageTable[]): { family: Family; bytes: number }[] {
  return (Object.keys(FAMILIES) as Family[])
    .map((family) => ({
      family,
      bytes: tables.reduce((sum, table) => (familyOf(table.name) === family ? sum + table.bytes : sum), 0),
    }))
    .filter(({ bytes }) => bytes > 0);
}
