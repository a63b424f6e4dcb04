/** The numbers of our own types: calls, errors, latencies of many entities over one window. */
import type { Column, Scope } from "../../oap/catalog/columns.ts";
import { bucketMidpointUs } from "../../oap/model/histogram.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import type { EntityStep } from "./entity-rows.ts";
import { seconds, sqlBySlices, sqlByTable } from "./sql.ts";

/** One entity's sums over the window; percentiles are histogram buckets for 50, 75, 90, 95, 99. */
export interface TrafficRow {
  readonly service: string;
  readonly instance: string;
  readonly endpoint: string;
  readonly dest_service: string;
  readonly detect_point: string;
  readonly calls: number;
  readonly failed: number;
  readonly timed: number;
  readonly latency_us: number;
  readonly apdex_satisfied: number;
  readonly apdex_tolerating: number;
  readonly grpc_calls: number;
  readonly tls_none: number;
  readonly tls_tls: number;
  readonly tls_mtls: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly tcp_records: number;
  /** More than 0 when anything was reported over TCP, of connections that go on too. */
  readonly tcp_entries: number;
  readonly status_none: number;
  readonly status_1xx: number;
  readonly status_2xx: number;
  readonly status_3xx: number;
  readonly status_4xx: number;
  readonly status_5xx: number;
  readonly percentiles: readonly number[];
}

/** A row without its key. */
export type TrafficNumbers = Omit<TrafficRow, "service" | "instance" | "endpoint" | "dest_service" | "detect_point">;

const CALLS = sqlBySlices("traffic", "traffic-calls");
const SUMS = sqlBySlices("traffic", "traffic-sums");
const ALL = sqlBySlices("traffic", "traffic-sums", "buckets");
const SPARKLINES = sqlByTable("sparklines");

/** What traffic-sums.sql sums, in its order; traffic-calls.sql the first three. */
export const SUMMED = [
  "calls",
  "tcp_records",
  "failed",
  "timed",
  "latency_us",
  "apdex_satisfied",
  "apdex_tolerating",
  "grpc_calls",
  "tls_none",
  "tls_tls",
  "tls_mtls",
  "request_bytes",
  "tcp_received",
  "response_bytes",
  "tcp_sent",
  "tcp_opened",
  "tcp_carried",
  "status_none",
  "status_1xx",
  "status_2xx",
  "status_3xx",
  "status_4xx",
  "status_5xx",
] as const satisfies readonly Column[];
type Summed = (typeof SUMMED)[number];

/** Without percentiles there are none, without the rest numbers other than calls, failed calls and TCP records are 0. */
export interface TrafficWanted {
  readonly withPercentiles: boolean;
  readonly withRest: boolean;
}

export async function readTraffic(
  reader: SqlReader,
  scope: Scope,
  window: MeshWindow,
  only: { service?: string; dest?: string; limit: number } & Partial<TrafficWanted>,
): Promise<TrafficRow[]> {
  const { service = "", dest = "", limit, withPercentiles = true, withRest = true } = only;
  const { text, params } = (withPercentiles ? ALL : withRest ? SUMS : CALLS)(window);
  type Row = Omit<TrafficRow, keyof TrafficNumbers> & { sums: readonly number[]; buckets?: readonly number[] };
  const rows = await reader.query<Row>(text, { ...params, scope, service, dest, limit });
  return rows.map(({ sums, buckets = [], ...key }) => ({
    ...key,
    ...trafficNumbers({ sums: named(sums), buckets }),
  }));
}

export async function readSparklines(reader: SqlReader, window: MeshWindow) {
  const params = { table: window.table, step: window.sparkMs / 1_000, ...seconds(window) };
  return await reader.query<SparklinePoint & { service: string }>(SPARKLINES(window.table), params);
}

/** `at`: s since the Unix epoch. */
export interface SparklinePoint {
  readonly at: number;
  readonly calls: number;
  readonly failed: number;
  readonly connections: number;
}

function named(sums: readonly number[]): Record<Summed, number> {
  return Object.fromEntries(SUMMED.map((column, i) => [column, sums[i] ?? 0])) as Record<Summed, number>;
}

/** The sums of an entity in the words of a traffic row. */
export function trafficNumbers({
  sums,
  buckets,
}: Pick<EntityStep, "buckets"> & { readonly sums: Readonly<Record<Summed, number>> }): TrafficNumbers {
  return {
    ...sums,
    bytes_in: sums.request_bytes + sums.tcp_received,
    bytes_out: sums.response_bytes + sums.tcp_sent,
    tcp_entries: Math.max(sums.tcp_records, sums.tcp_opened, sums.tcp_carried),
    percentiles: buckets,
  };
}

/** ms of the i-th percentile of a row; null when no latency was known. */
export function percentileMs(row: { readonly timed: number; readonly percentiles: readonly number[] }, i: number): number | null {
  const bucket = row.percentiles[i];
  return row.timed === 0 || bucket === undefined ? null : bucketMidpointUs(bucket) / 1_000;
}

export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
