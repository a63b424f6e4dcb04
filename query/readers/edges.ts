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

/** `withRest`: TLS modes and bytes too. `percentileError`: how far a percentile can be from the true one, as a share of it. The coarse histogram
 *  is read along: how many edges there are is known only then, and of few it is little. */
export async function readEdges(
  reader: SqlReader,
  window: MeshWindow,
  { limit, withPercentiles, withRest }: { limit: number; withPercentiles: boolean; withRest: boolean },
): Promise<{ rows: EdgeRow[]; percentileError: number }> {
  type Row = EdgeRow & { percentilesUs: readonly number[] | null; readonly timed: number; readonly coarse: readonly number[] };
  const params = { table: window.table, ...seconds(window) };
  const flags = { with_rest: withRest ? 1 : 0, with_coarse: withPercentiles ? 1 : 0 };
  const rows = await reader.query<Row>(EDGES, { ...params, ...flags, limit });
  const steps = Math.ceil((window.toMs - window.fromMs) / window.rowMs);
  const isFine = rows.length * steps <= FINE_ROWS_MAX;
  const fine = withPercentiles && isFine ? await readFine(reader, params) : null;
  const coarseOf = ({ timed, coarse }: Row): number[] | null =>
    withPercentiles && !isFine && timed > 0 ? coarse.map(coarseMidpointUs) : null;
  // In place: copies of ten thousand rows are most of what there would be to clean up.
  for (const row of rows) row.percentilesUs = isFine ? (fine?.get(keyText(row)) ?? null) : coarseOf(row);
  return { rows, percentileError: isFine ? FINE_ERROR : COARSE_ERROR };
}

async function readFine(reader: SqlReader, params: Readonly<Record<string, unknown>>): Promise<Map<string, number[]>> {
  const read = await reader.query<EdgeKey & { buckets: number[] }>(PERCENTILES, params);
  return new Map(read.map((row) => [keyText(row), row.buckets.map(bucketMidpointUs)]));
}

function keyText({ service, dest_service, detect_point }: EdgeKey): string {
  return `${service}\0${dest_service}\0${detect_point}`;
}
