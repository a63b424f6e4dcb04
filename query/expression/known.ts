/** What metrics answer that are known by name only: the form of an answer, without a value. */
import { KNOWN } from "../../oap/catalog/known.ts";
import { pointsBefore, type TimeRange } from "../duration.ts";
import { failure, type Result, timeSeries } from "./result.ts";

/** A series of nulls, `before` steps longer than the range; null when the name is not known either. @throws QueryError for a bad range */
export function knownSeries(name: string, range: TimeRange, before = 0): Result | null {
  const metric = KNOWN.get(name);
  if (metric === undefined) return null;
  if (metric.shape === "record") return failure(`Metric: [${name}] is topN record, need top_n function for query.`);
  const points = pointsBefore(range, before);
  if (metric.shape === "labeled") return timeSeries(true, []);
  const values = points.map((at) => ({ id: String(at), owner: null, value: null }));
  return timeSeries(false, [{ labels: [], values }]);
}

/** An empty list; null when the name is not known either. @throws QueryError for a bad range */
export function knownTop(name: string, range: TimeRange): Result | null {
  const metric = KNOWN.get(name);
  if (metric === undefined || metric.shape === "labeled") return knownSeries(name, range);
  const type = metric.shape === "record" ? "RECORD_LIST" : "SORTED_LIST";
  return { type, labeled: false, compared: false, series: [{ labels: [], values: [] }], error: null };
}
