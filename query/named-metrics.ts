/** Metrics by their name alone, for the questions that are older than expressions: a name is the expression that consists of it. */
import type { Scope } from "../oap/catalog/columns.ts";
import { METRICS } from "../oap/catalog/metrics.ts";
import { QueryError } from "../oap/model/errors.ts";
import type { QueryContext } from "./context.ts";
import { bucketText, type DurationInput, parseDuration, pointsOf, type TimeRange } from "./duration.ts";
import { type EntityInput, entityKey } from "./entity-input.ts";
import { evaluate } from "./expression/evaluate.ts";
import type { Label, Value } from "./expression/result.ts";
import { entityId } from "./named-entity.ts";

export interface NamedSeries {
  readonly labels: readonly Label[];
  /** One for each point of the range. */
  readonly values: readonly (number | null)[];
}

export interface Named {
  readonly range: TimeRange;
  /** Starts of the points, ms. */
  readonly points: readonly number[];
  /** What ids of points end with: the entity's id, or why there is none. */
  readonly id: string;
  /** None: the metric or the entity is not known, or nothing was seen of a metric with labels. */
  readonly series: readonly NamedSeries[];
}

/** @throws QueryError for a bad range */
export async function readNamed(
  context: QueryContext,
  name: string,
  entity: EntityInput,
  duration: DurationInput,
): Promise<Named> {
  const range = parseDuration(duration);
  const points = pointsOf(range);
  const metric = METRICS.get(name);
  if (metric === undefined) return { range, points, id: "UNKNOWN_METRIC_NAME", series: [] };
  if (entityKey(metric.scope, metric.detectPoint, entity) === null) return { range, points, id: "ILLEGAL_ENTITY", series: [] };
  const series = await evaluated(context, name, entity, range);
  const plain = series.map(({ labels, values }) => ({ labels, values: values.map(({ value }) => value) }));
  return { range, points, id: entityId(metric.scope, entity), series: plain };
}

/** @throws QueryError when the expression is refused: what it consists of is known, so it asks for too much */
async function evaluated({ storedMetrics }: QueryContext, text: string, entity: EntityInput, range: TimeRange) {
  const { series, error } = await evaluate(text, entity, range, storedMetrics);
  if (error !== null) throw new QueryError(error);
  return series;
}

export interface NamedRanking {
  readonly name: string;
  readonly n: number;
  readonly order: "ASC" | "DES";
  /** Only what belongs to this service. */
  readonly service: { readonly serviceName: string; readonly normal: boolean } | null;
  /** Of which scope the metric must be; any without. */
  readonly scope?: Scope;
}

/** Entities with their values, in order. Nothing for names that are no metric of that scope. @throws QueryError for a bad range */
export async function rankNamed(
  context: QueryContext,
  { name, n, order, service, scope }: NamedRanking,
  duration: DurationInput,
): Promise<{ name: string; id: string; value: number }[]> {
  const range = parseDuration(duration);
  const metric = METRICS.get(name);
  if (metric === undefined || metric.value === "percentile" || n < 1 || (scope ?? metric.scope) !== metric.scope) return [];
  const text = `top_n(${name},${Math.floor(n)},${order.toLowerCase()})`;
  const series = await evaluated(context, text, service ?? {}, range);
  return (series[0]?.values ?? []).flatMap(({ id, owner, value }) =>
    value === null ? [] : [{ name: id ?? "", id: idOf(owner), value }],
  );
}

function idOf(owner: Value["owner"]): string {
  return owner?.endpointID ?? owner?.serviceInstanceID ?? owner?.serviceID ?? "";
}

export interface KVInt {
  readonly id: string;
  readonly value: number;
  readonly isEmptyValue: boolean;
}

/** A value for each point, 0 and marked where nothing was seen. `series` undefined: nowhere. */
export function pointValues({ range, points, id }: Named, series: NamedSeries | undefined): { values: KVInt[] } {
  return {
    values: points.map((at, i) => ({ id: `${bucketText(at, range.step)}_${id}`, ...marked(series?.values[i] ?? null) })),
  };
}

/** Mean of the points that have a value, rounded toward 0; null without any. */
export function meanOf(series: NamedSeries | undefined): number | null {
  const seen = (series?.values ?? []).filter((value) => value !== null);
  return seen.length === 0 ? null : Math.trunc(seen.reduce((sum, value) => sum + value, 0) / seen.length);
}

export function marked(value: number | null): { value: number; isEmptyValue: boolean } {
  return { value: value ?? 0, isEmptyValue: value === null };
}
