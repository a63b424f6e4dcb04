/** All edges between services over one window. */
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import { seconds, sql } from "./sql.ts";

/** What one side reported of one edge; `buckets` are histogram buckets for 50, 95, 99 %, null when none was asked for or known. */
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
  readonly buckets: readonly number[] | null;
}

type EdgeKey = Pick<EdgeRow, "service" | "dest_service" | "detect_point">;

const EDGES = sql("edges");
const PERCENTILES = sql("edge-percentiles");

export async function readEdges(
  reader: SqlReader,
  window: MeshWindow,
  { limit, withPercentiles }: { limit: number; withPercentiles: boolean },
): Promise<EdgeRow[]> {
  const params = { table: window.table, ...seconds(window) };
  const [rows, percentiles] = await Promise.all([
    reader.query<Omit<EdgeRow, "buckets">>(EDGES, { ...params, limit }),
    withPercentiles ? reader.query<EdgeKey & { buckets: number[] }>(PERCENTILES, params) : [],
  ]);
  const buckets = new Map(percentiles.map((row) => [keyText(row), row.buckets]));
  return rows.map((row) => ({ ...row, buckets: buckets.get(keyText(row)) ?? null }));
}

function keyText({ service, dest_service, detect_point }: EdgeKey): string {
  return `${service}\0${dest_service}\0${detect_point}`;
}
