/** The highest endpoints of the mesh, by calls, by failures or by latency. */
import { BUCKETS_PER_COARSE, bucketMidpointUs } from "../../oap/model/histogram.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import { sqlBySlices } from "./sql.ts";

export interface TopEndpoint {
  readonly service: string;
  readonly normal: number;
  readonly endpoint: string;
  readonly calls: number;
  readonly failed: number;
  /** Histogram buckets for 50, 95, 99 %; null where they were not asked for or no latency was known. */
  readonly buckets: readonly number[] | null;
}

export type CountOrder = "CALLS" | "FAILED" | "ERROR_SHARE";
export type LatencyOrder = "P95" | "P99";

export interface TopQuestion {
  /** Empty: of every service. */
  readonly service: string;
  readonly minCalls: number;
  readonly limit: number;
}

type Counted = Omit<TopEndpoint, "buckets">;
type Key = Pick<TopEndpoint, "service" | "normal" | "endpoint">;

const BY_COUNT = sqlBySlices("top-endpoints");
const BY_LATENCY = sqlBySlices("slow-endpoints");
const PERCENTILES = sqlBySlices("endpoint-percentiles");
/** Candidates of the coarse ranking for each one that is asked for, and how many there are at least. */
const CANDIDATES = 2;
const CANDIDATES_MIN = 40;
/** The wanted percentile and its neighbours, which tell endpoints of the same coarse bucket apart. */
const LEVELS = { P95: [0.95, 0.9, 0.93, 0.97], P99: [0.99, 0.975, 0.985, 0.995] } as const;
const RANK = { P95: 1, P99: 2 } as const;

export async function topByCount(
  reader: SqlReader,
  window: MeshWindow,
  by: CountOrder,
  { service, minCalls, limit }: TopQuestion,
  withPercentiles: boolean,
): Promise<TopEndpoint[]> {
  const { text, params } = BY_COUNT(window);
  const rows = await reader.query<Counted>(text, { ...params, service, min_calls: minCalls, limit, by });
  const buckets = withPercentiles ? await percentiles(reader, window, rows) : new Map<string, readonly number[]>();
  return rows.map((row) => ({ ...row, buckets: buckets.get(keyText(row)) ?? null }));
}

/** Ranked by the coarse histogram, then those that can be among the highest by the fine one. `isExact` is false when there were more of the
 *  same coarse bucket than were looked at: one of those may be as slow as the last ones listed. */
export async function topByLatency(
  reader: SqlReader,
  window: MeshWindow,
  by: LatencyOrder,
  { service, minCalls, limit }: TopQuestion,
): Promise<{ rows: TopEndpoint[]; isExact: boolean }> {
  const [l1, l2, l3, l4] = LEVELS[by];
  const most = Math.max(CANDIDATES_MIN, limit * CANDIDATES);
  const { text, params } = BY_LATENCY(window);
  const asked = { service, min_calls: minCalls, limit: most, l1, l2, l3, l4 };
  const candidates = await reader.query<Counted & { coarse: number }>(text, { ...params, ...asked });
  // Whoever is in a lower coarse bucket than `limit` others is slower than none of them.
  const lowest = candidates[limit - 1]?.coarse ?? 0;
  const refined = candidates.filter(({ coarse }) => coarse >= lowest);
  const buckets = await percentiles(reader, window, refined);
  const bucketOf = (row: Key): number => buckets.get(keyText(row))?.[RANK[by]] ?? 0;
  const rows = refined.toSorted((a, b) => bucketOf(b) - bucketOf(a) || b.calls - a.calls).slice(0, limit);
  const last = candidates.at(-1)?.coarse ?? 0;
  return {
    rows: rows.map((row) => ({ ...row, buckets: buckets.get(keyText(row)) ?? null })),
    isExact: candidates.length < most || bucketOf(rows.at(-1) as Key) > last * BUCKETS_PER_COARSE,
  };
}

export function msOf({ buckets }: TopEndpoint, i: number): number | null {
  const bucket = buckets?.[i];
  return bucket === undefined ? null : bucketMidpointUs(bucket) / 1_000;
}

async function percentiles(reader: SqlReader, window: MeshWindow, keys: readonly Key[]): Promise<Map<string, readonly number[]>> {
  if (keys.length === 0) return new Map();
  const { text, params } = PERCENTILES(window);
  const rows = await reader.query<Key & { buckets: number[] }>(text, {
    ...params,
    services: keys.map(({ service }) => service),
    normals: keys.map(({ normal }) => normal),
    endpoints: keys.map(({ endpoint }) => endpoint),
  });
  return new Map(rows.map((row) => [keyText(row), row.buckets]));
}

function keyText({ service, normal, endpoint }: Key): string {
  return `${service}\0${normal}\0${endpoint}`;
}
