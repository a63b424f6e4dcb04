/** All edges between services over one window. */
import { bucketMidpointUs, coarseMidpointUs } from "../../oap/model/histogram.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import { sqlBySlices } from "./sql.ts";

/** What one side reported of one edge. */
export interface SideNumbers {
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
  /** 50, 95 or 99 % (`i` from 0), µs; null when none was asked for or known. */
  percentileUs(i: number): number | null;
}

/** A side that reported nothing is null. */
export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly client: SideNumbers | null;
  readonly server: SideNumbers | null;
}

const SIDES = ["client", "server"] as const;
type Side = (typeof SIDES)[number];

/** As edges.sql tells it. */
type Row = { readonly service: string; readonly dest_service: string } & Readonly<Record<Side, readonly number[]>> &
  Readonly<Record<`${Side}_rest` | `${Side}_coarse`, readonly number[] | undefined>> &
  Readonly<Record<`${Side}_timed`, number | undefined>>;

const EDGES = sqlBySlices("edges", "edge-sums");
const EDGES_REST = sqlBySlices("edges", "edge-sums", "edge-rest");
const EDGES_COARSE = sqlBySlices("edges", "edge-sums", "edge-coarse");
const EDGES_ALL = sqlBySlices("edges", "edge-sums", "edge-rest", "edge-coarse");
const PERCENTILES = sqlBySlices("edge-percentiles");

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
): Promise<{ edges: Edge[]; percentileError: number }> {
  const sql = withRest ? (withPercentiles ? EDGES_ALL : EDGES_REST) : withPercentiles ? EDGES_COARSE : EDGES;
  const { text, params } = sql(window);
  const rows = await reader.query<Row>(text, { ...params, limit });
  const steps = window.slices.reduce((sum, slice) => sum + slice.rows, 0);
  const sides = rows.reduce((sum, row) => sum + SIDES.filter((side) => (row[side][ROWS] as number) > 0).length, 0);
  const isFine = sides * steps <= FINE_ROWS_MAX;
  const fine = withPercentiles && isFine ? await readFine(reader, window) : null;
  const midpointUs = fine === null ? coarseMidpointUs : bucketMidpointUs;
  const bucketsOf = (row: Row, side: Side): readonly number[] | null => {
    if (fine !== null) return fine.get(keyText(row.service, row.dest_service, side)) ?? null;
    return row[`${side}_timed`] === 0 ? null : (row[`${side}_coarse`] ?? null);
  };
  const sideOf = (row: Row, side: Side): SideSums | null =>
    row[side][ROWS] === 0
      ? null
      : new SideSums(row[side], row[`${side}_rest`] ?? NO_REST, withPercentiles ? bucketsOf(row, side) : null, midpointUs);
  const edges = rows.map((row) => ({
    source: row.service,
    target: row.dest_service,
    client: sideOf(row, "client"),
    server: sideOf(row, "server"),
  }));
  return { edges, percentileError: isFine ? FINE_ERROR : COARSE_ERROR };
}

/** The numbers where the answer of ClickHouse has them: ten thousand objects with a copy of each would be most of what there is to clean up. */
class SideSums implements SideNumbers {
  readonly #sums: readonly number[];
  readonly #rest: readonly number[];
  readonly #buckets: readonly number[] | null;
  readonly #midpointUs: (bucket: number) => number;

  constructor(
    sums: readonly number[],
    rest: readonly number[],
    buckets: readonly number[] | null,
    midpointUs: (bucket: number) => number,
  ) {
    this.#sums = sums;
    this.#rest = rest;
    this.#buckets = buckets;
    this.#midpointUs = midpointUs;
  }

  percentileUs(i: number): number | null {
    return this.#buckets === null ? null : this.#midpointUs(this.#buckets[i] as number);
  }

  get calls(): number {
    return this.#sums[1] as number;
  }
  get failed(): number {
    return this.#sums[2] as number;
  }
  get grpc_calls(): number {
    return this.#sums[3] as number;
  }
  get tcp_records(): number {
    return this.#sums[4] as number;
  }
  get tcp_entries(): number {
    const [, , , , records = 0, opened = 0, carried = 0] = this.#sums;
    return Math.max(records, opened, carried);
  }
  get tls_none(): number {
    return this.#rest[0] as number;
  }
  get tls_tls(): number {
    return this.#rest[1] as number;
  }
  get tls_mtls(): number {
    return this.#rest[2] as number;
  }
  get bytes_in(): number {
    return this.#rest[3] as number;
  }
  get bytes_out(): number {
    return this.#rest[4] as number;
  }
}

/** Place of the number of rows in a side's sums. */
const ROWS = 0;
const NO_REST = [0, 0, 0, 0, 0];

async function readFine(reader: SqlReader, window: MeshWindow): Promise<Map<string, number[]>> {
  type Found = { service: string; dest_service: string; detect_point: string; buckets: number[] };
  const { text, params } = PERCENTILES(window);
  const read = await reader.query<Found>(text, params);
  return new Map(read.map((row) => [keyText(row.service, row.dest_service, row.detect_point), row.buckets]));
}

function keyText(service: string, destService: string, detectPoint: string): string {
  return `${service}\0${destService}\0${detectPoint}`;
}
