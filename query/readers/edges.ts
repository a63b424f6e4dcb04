/** All edges between services over one window. */
import { bucketMidpointUs, coarseMidpointUs } from "../../oap/model/histogram.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import { seconds, sql } from "./sql.ts";

/** What one side reported of one edge; `percentilesUs` for 50, 95, 99 %, null when none was asked for or known. */
export interface EdgeRow {
  readonly service: string;
  readonly dest_service: string;
  readonly detect_point: string;
  readonly calls: number;
  readonly failed: number;
  readonly grpc_calls: number;
  readonly tls_none: number;
  readonly tls_tls: number;
  readonly tls_mtls: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly tcp_records: number;
  /** More than 0 when anything was reported over TCP, of connections that go on too. */
  readonly tcp_entries: number;
  readonly percentilesUs: readonly number[] | null;
}

type EdgeKey = Pick<EdgeRow, "service" | "dest_service" | "detect_point">;

const EDGES = sql("edges");
const PERCENTILES = sql("edge-percentiles");

/** Up to this many rows of edges the fine histogram is merged; beyond it takes seconds, and the coarse one must do. */
const FINE_ROWS_MAX = 30_000;
const FINE_ERROR = 0.01;
const COARSE_ERROR = 0.083;

/** `percentileError`: how far a percentile can be from the true one, as a share of it. */
export async function readEdges(
  reader: SqlReader,
  window: MeshWindow,
  { limit, withPercentiles }: { limit: number; withPercentiles: boolean },
): Promise<{ rows: EdgeRow[]; percentileError: number }> {
  const params = { table: window.table, ...seconds(window) };
  const rows = await reader.query<Omit<EdgeRow, "percentilesUs">>(EDGES, { ...params, limit });
  const steps = Math.ceil((window.toMs - window.fromMs) / window.rowMs);
  const isFine = rows.length * steps <= FINE_ROWS_MAX;
  const histogram = isFine ? "latency_histogram" : "latency_coarse";
  const midpoint = isFine ? bucketMidpointUs : coarseMidpointUs;
  const read = withPercentiles ? await reader.query<EdgeKey & { buckets: number[] }>(PERCENTILES, { ...params, histogram }) : [];
  const percentiles = new Map(read.map((row) => [keyText(row), row.buckets.map(midpoint)]));
  return {
    rows: rows.map((row) => ({ ...row, percentilesUs: percentiles.get(keyText(row)) ?? null })),
    percentileError: isFine ? FINE_ERROR : COARSE_ERROR,
  };
}

function keyText({ service, dest_service, detect_point }: EdgeKey): string {
  return `${service}\0${dest_service}\0${detect_point}`;
}
