/** What a metric is: a name, and how its value is read from the sums of additive columns. Values stay sums in storage, so minutes
 *  merge into hours, and services into namespaces, without loss. */
import type { Column, Scope } from "./columns.ts";

/** Σ part × weight × scale ÷ whole, rounded down; null when the whole is 0: nothing seen is not zero. */
export interface MetricValue {
  readonly parts: readonly (readonly [Column, number])[];
  readonly scale: number;
  /** A column to divide by, or the seconds of a unit of time: then `presence` tells whether anything was seen. */
  readonly whole: Column | { readonly perSeconds: number; readonly presence: Column };
}

export interface Metric {
  readonly name: string;
  readonly scope: Scope;
  /** Relations only: which side's reports. */
  readonly detectPoint: "" | "client" | "server";
  /** "percentile": one series per rank, label p, from the latency histogram. */
  readonly value: MetricValue | "percentile";
  readonly unit: string;
  readonly help: string;
}

export type Declared = Omit<Metric, "name" | "scope" | "detectPoint">;

export const PERCENTILE_LABEL = "p";
export const PERCENTILE_RANKS = [50, 75, 90, 95, 99] as const;

export function defineMetrics(
  scope: Scope,
  declared: Readonly<Record<string, Declared>>,
  detectPoint: Metric["detectPoint"] = "",
): Metric[] {
  return Object.entries(declared).map(([name, metric]) => ({ name, scope, detectPoint, ...metric }));
}

export function perMinute(column: Column): MetricValue {
  return { parts: [[column, 1]], scale: 1, whole: { perSeconds: 60, presence: column } };
}

export function perSecond(column: Column, presence: Column): MetricValue {
  return { parts: [[column, 1]], scale: 1, whole: { perSeconds: 1, presence } };
}

/** Mean of a sum over its count. */
export function average(sum: Column, count: Column): MetricValue {
  return { parts: [[sum, 1]], scale: 1, whole: count };
}

/** Share of calls that did not fail, 0 to `scale`. */
export function succeeded(scale: number): MetricValue {
  return {
    parts: [
      ["calls", 1],
      ["failed", -1],
    ],
    scale,
    whole: "calls",
  }; // prettier-ignore
}

/** (satisfied + tolerating / 2) / timed calls × 10,000. */
export function apdex(): MetricValue {
  return {
    parts: [
      ["apdex_satisfied", 2],
      ["apdex_tolerating", 1],
    ],
    scale: 5_000,
    whole: "timed",
  }; // prettier-ignore
}

/** The column that is 0 where nothing was seen. */
export function presenceOf({ whole }: MetricValue): Column {
  return typeof whole === "string" ? whole : whole.presence;
}

/** What it is read from. */
export function columnsOf(value: MetricValue): Column[] {
  return [...new Set([...value.parts.map(([column]) => column), presenceOf(value)])];
}

/** The value of a step of stepSeconds from the sums of its columns. */
export function readValue(value: MetricValue, sums: Readonly<Record<Column, number>>, stepSeconds: number): number | null {
  const { parts, scale, whole } = value;
  let sum = 0;
  for (const [column, weight] of parts) sum += sums[column] * weight;
  if (typeof whole === "string") return sums[whole] === 0 ? null : Math.floor((sum * scale) / sums[whole]);
  return sums[whole.presence] === 0 ? null : Math.floor((sum * scale * whole.perSeconds) / stepSeconds);
}
