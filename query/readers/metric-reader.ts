/** Metrics as the expression language reads them: whole series, and ranked lists. */
import { type Metric, PERCENTILE_LABEL, PERCENTILE_RANKS, readValue } from "../../oap/catalog/metric.ts";
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";
import { bucketMs } from "../../oap/model/histogram.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import { pointsOf, type TimeRange } from "../duration.ts";
import { type EntityInput, entityKey } from "../entity-input.ts";
import type { MetricReader, TopN } from "../expression/evaluate.ts";
import type { AttributeCondition } from "../expression/parse.ts";
import type { Owner, Result, Series, Value } from "../expression/result.ts";
import { type EntityKey, EntityRows } from "./entity-rows.ts";
import type { Metadata } from "./metadata.ts";
import { RANKED_MAX, type RankedEntity, Rankings } from "./rankings.ts";

const SCOPE_NAMES = { service: "Service", instance: "ServiceInstance", endpoint: "Endpoint" } as const;

/** One per request: what its expressions read of one table and range is read together. */
export class StoredMetrics implements MetricReader {
  readonly entities: EntityRows;
  readonly #rankings: Rankings;
  readonly #metadata: Metadata;

  constructor(reader: SqlReader, metadata: Metadata) {
    this.entities = new EntityRows(reader);
    this.#rankings = new Rankings(reader);
    this.#metadata = metadata;
  }

  async series(metric: Metric, entity: EntityInput, range: TimeRange): Promise<Result> {
    const points = pointsOf(range);
    const key = entityKey(metric.scope, metric.detectPoint, entity);
    const { value } = metric;
    if (value === "percentile") return labeled(key === null ? [] : await this.#percentiles(key, points, range));
    if (key === null) return { type: "UNKNOWN", labeled: false, series: [], error: null };
    const steps = await this.entities.sums(key, range);
    const values = points.map((at): Value => {
      const sums = steps.get(at);
      return { id: String(at), owner: null, value: sums === undefined ? null : readValue(value, sums, range.stepMs / 1_000) };
    });
    return { type: "TIME_SERIES_VALUES", labeled: false, series: [{ labels: [], values }], error: null };
  }

  async topN(metric: Metric, entity: EntityInput, range: TimeRange, top: TopN): Promise<Result> {
    pointsOf(range);
    const service = entity.serviceName || null;
    const scopeName = SCOPE_NAMES[metric.scope as keyof typeof SCOPE_NAMES];
    const isInvalid = scopeName === undefined || (service !== null && entity.normal == null);
    const rows = isInvalid ? [] : await this.#ranked(metric, service, entity.normal === true, range, top);
    const values = rows.map((row): Value => {
      const owner = ownerOf(scopeName, row);
      const own = owner.serviceInstanceName ?? owner.endpointName;
      const name = own === null ? row.service : service === null ? `${row.service} - ${own}` : own;
      return { id: name, owner, value: row.mean };
    });
    return { type: "SORTED_LIST", labeled: false, series: [{ labels: [], values }], error: null };
  }

  async #percentiles(key: EntityKey, points: readonly number[], range: TimeRange): Promise<Series[]> {
    const steps = await this.entities.percentiles(key, range);
    if (steps.size === 0) return [];
    return PERCENTILE_RANKS.map((rank, i) => ({
      labels: [{ key: PERCENTILE_LABEL, value: String(rank) }],
      values: points.map((at) => ({ id: String(at), owner: null, value: bucketMs(steps.get(at)?.[i] ?? null) })),
    }));
  }

  async #ranked(metric: Metric, service: string | null, normal: boolean, range: TimeRange, top: TopN) {
    const { scope, value } = metric;
    if (value === "percentile") return [];
    const restriction = service === null ? null : { service, normal };
    const { n, order, attributes } = top;
    if (attributes.length === 0) return await this.#rankings.load({ scope, value, service: restriction, order, n }, range);
    // Layers are no column of the metrics: unless every service fits, more are read than asked for.
    const known = await this.#metadata.byName();
    const fits = (name: string): boolean => isOfLayers(known.get(name)?.layers ?? ["UNDEFINED"], attributes);
    const read = [...known.keys()].every(fits) ? n : RANKED_MAX;
    const rows = await this.#rankings.load({ scope, value, service: restriction, order, n: read }, range);
    return rows.filter((row) => fits(row.service)).slice(0, n);
  }
}

function labeled(series: readonly Series[]): Result {
  return { type: "TIME_SERIES_VALUES", labeled: true, series, error: null };
}

function isOfLayers(layers: readonly string[], conditions: readonly AttributeCondition[]): boolean {
  return conditions.every(({ equal, value }) => layers.includes(value) === equal);
}

function ownerOf(scope: Owner["scope"], { service, normal, instance, endpoint }: RankedEntity): Owner {
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
