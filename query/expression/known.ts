/** What metrics answer that are known by name only: the form of an answer, without a value. */
import { KNOWN } from "../../oap/catalog/known.ts";
import { pointsOf, type TimeRange } from "../duration.ts";
import { failure, type Result } from "./result.ts";

/** A series of nulls; null when the name is not known either. @throws QueryError for a bad range */
export function knownSeries(name: string, range: TimeRange): Result | null {
  const metric = KNOWN.get(name);
  if (metric === undefined) return null;
  if (metric.shape === "record") return failure(`Metric: [${name}] is topN record, need top_n function for query.`);
  const points = pointsOf(range);
  if (metric.shape === "labeled") return { type: "TIME_SERIES_VALUES", labeled: true, series: [], error: null };
  const values = points.map((at) => ({ id: String(at), owner: null, value: null }));
  return { type: "TIME_SERIES_VALUES", labeled: false, series: [{ labels: [], values }], error: null };
}

/** An empty list; null when the name is not known either. @throws QueryError for a bad range */
export function knownTop(name: string, range: TimeRange): Result | null {
  const metric = KNOWN.get(name);
  if (metric === undefined || metric.shape === "labeled") return knownSeries(name, range);
  const type = metric.shape === "record" ? "RECORD_LIST" : "SORTED_LIST";
  return { type, labeled: false, series: [{ labels: [], values: [] }], error: null };
}
