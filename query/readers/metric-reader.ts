/** Metrics as the expression language reads them: whole series, and ranked lists. */
import { type Metric, type MetricValue, PERCENTILE_LABEL, PERCENTILE_RANKS, readValue } from "../../oap/catalog/metric.ts";
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";
import { bucketMs, quantileBucket } from "../../oap/model/histogram.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import { pointsOf, type TimeRange } from "../duration.ts";
import { type EntityInput, entityKey } from "../entity-input.ts";
import type { MetricReader, TopN } from "../expression/evaluate.ts";
import type { Owner, Result, Series, Value } from "../expression/result.ts";
import { type EntityRow, EntityRows } from "./entity-rows.ts";
import { seconds, sql, tableOf } from "./sql.ts";

const TOP_SQL = sql("top-entities");
const TOP_MAX = 5_000;
const SCOPE_NAMES = { service: "Service", instance: "ServiceInstance", endpoint: "Endpoint" } as const;

export class StoredMetrics implements MetricReader {
  readonly #sql: SqlReader;
  readonly #rows: EntityRows;
  readonly #layersOf: (service: string) => Promise<readonly string[]>;

  constructor(reader: SqlReader, layersOf: (service: string) => Promise<readonly string[]>) {
    this.#sql = reader;
    this.#rows = new EntityRows(reader);
    this.#layersOf = layersOf;
  }

  async series(metric: Metric, entity: EntityInput, range: TimeRange): Promise<Result> {
    const points = pointsOf(range);
    const key = entityKey(metric.scope, metric.detectPoint, entity);
    const isPercentile = metric.value === "percentile";
    if (key === null)
      return { type: isPercentile ? "TIME_SERIES_VALUES" : "UNKNOWN", labeled: isPercentile, series: [], error: null };
    const rows = new Map((await this.#rows.load(key, range)).map((row) => [row.at, row]));
    const fill = (read: (row: EntityRow) => number | null): Value[] =>
      points.map((at) => {
        const row = rows.get(at);
        return { id: String(at), owner: null, value: row === undefined ? null : read(row) };
      });
    if (metric.value !== "percentile") {
      const { value } = metric;
      const values = fill((row) => readValue(value, row.sums, range.stepMs / 1_000));
      return { type: "TIME_SERIES_VALUES", labeled: false, series: [{ labels: [], values }], error: null };
    }
    const series: Series[] = PERCENTILE_RANKS.map((rank) => ({
      labels: [{ key: PERCENTILE_LABEL, value: String(rank) }],
      values: fill(({ histogram }) => percentileMs(histogram, rank)),
    }));
    const seen = series.some(({ values }) => values.some(({ value }) => value !== null));
    return { type: "TIME_SERIES_VALUES", labeled: true, series: seen ? series : [], error: null };
  }

  async topN(metric: Metric, entity: EntityInput, range: TimeRange, top: TopN): Promise<Result> {
    pointsOf(range);
    const service = entity.serviceName ?? "";
    const table = tableOf(range.step);
    const isInvalid = service !== "" && entity.normal == null;
    const scopeName = SCOPE_NAMES[metric.scope as keyof typeof SCOPE_NAMES];
    const rows =
      table === null || isInvalid || scopeName === undefined ? [] : await this.#top(metric, table, service, range, top);
    const values = rows.map((row): Value => {
      const owner = ownerOf(scopeName, row);
      const own = owner.serviceInstanceName ?? owner.endpointName;
      const name = own === null ? row.service : service === "" ? `${row.service} - ${own}` : own;
      return { id: name, owner, value: row.value };
    });
    return { type: "SORTED_LIST", labeled: false, series: [{ labels: [], values }], error: null };
  }

  async #top(metric: Metric, table: string, service: string, range: TimeRange, top: TopN): Promise<TopRow[]> {
    const { parts, scale, whole } = metric.value as MetricValue;
    const [part1, part2] = [parts[0] ?? ["calls", 0], parts[1] ?? ["calls", 0]];
    const byTime = typeof whole !== "string";
    const rows = await this.#sql.query<TopRow>(TOP_SQL, {
      table,
      ...seconds(range),
      scope: metric.scope,
      service: metric.scope === "service" ? "" : service,
      part1: part1[0],
      weight1: part1[1],
      part2: part2[0],
      weight2: part2[1],
      scale: byTime ? scale * whole.perSeconds : scale,
      presence: byTime ? whole.presence : whole,
      by_time: byTime ? 1 : 0,
      step_seconds: range.stepMs / 1_000,
      only: metric.scope === "service" && service !== "" ? [service] : [],
      without: [],
      sign: top.order === "asc" ? 1 : -1,
      n: top.attributes.length > 0 ? TOP_MAX : Math.min(TOP_MAX, top.n),
    });
    if (top.attributes.length === 0) return rows;
    const layers = await Promise.all(rows.map((row) => this.#layersOf(row.service)));
    const fits = (row: number): boolean => top.attributes.every(({ equal, value }) => layers[row]?.includes(value) === equal);
    return rows.filter((_, row) => fits(row)).slice(0, top.n);
  }
}

interface TopRow {
  readonly service: string;
  readonly normal: number;
  readonly instance: string;
  readonly endpoint: string;
  readonly value: number;
}

function ownerOf(scope: Owner["scope"], { service, normal, instance, endpoint }: TopRow): Owner {
  const isNormal = normal === 1;
  const isInstance = scope === "ServiceInstance";
  const isEndpoint = scope === "Endpoint";
  return {
    scope,
    serviceID: serviceId(service, isNormal),
    serviceName: service,
    normal: isNormal,
    serviceInstanceID: isInstance ? instanceId(service, instance, isNormal) : null,
    serviceInstanceName: isInstance ? instance : null,
    endpointID: isEndpoint ? endpointId(service, endpoint, isNormal) : null,
    endpointName: isEndpoint ? endpoint : null,
  };
}

function percentileMs(histogram: Readonly<Record<string, number>>, rank: number): number | null {
  const buckets = Object.keys(histogram).map(Number); // integer keys: ascending
  return bucketMs(
    quantileBucket(
      buckets,
      buckets.map((bucket) => histogram[bucket] ?? 0),
      rank / 100,
    ),
  ); // prettier-ignore
}
