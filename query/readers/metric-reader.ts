/** Metrics as the expression language reads them: whole series, and ranked lists. What the expressions of a request read is collected first and
 *  then read together: each table and window once. */
import DataLoader from "dataloader";
import { columnsOf, PERCENTILE_LABEL, PERCENTILE_RANKS, readValue } from "../../oap/catalog/metric.ts";
import { bucketMs } from "../../oap/model/histogram.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import { pointsBefore, type TimeRange } from "../duration.ts";
import { entityKey } from "../entity-input.ts";
import type { Budget } from "../expression/budget.ts";
import type { MetricReader } from "../expression/evaluate.ts";
import type { Leaf, RankedLeaf, SeriesLeaf } from "../expression/leaves.ts";
import { sharedWindows } from "../expression/plan.ts";
import { NO_ENTITY, type Result, ranked, type Series, timeSeries, type Value } from "../expression/result.ts";
import type { AttributeCondition } from "../expression/tree.ts";
import { type EntityKey, EntityRows } from "./entity-rows.ts";
import type { Metadata, StoredService } from "./metadata.ts";
import { isRanked, rankedValues } from "./ranked-values.ts";
import { RANKED_MAX, type RankedEntity } from "./ranking-statements.ts";
import { Rankings, type SlicesOf } from "./rankings.ts";

type ByName = ReadonlyMap<string, StoredService>;

/** Start of a step, ms, and its text. */
interface Point {
  readonly at: number;
  readonly id: string;
}

/** One per request. */
export class StoredMetrics implements MetricReader {
  readonly entities: EntityRows;
  readonly budget: Budget;
  /** Whether anything that the request's expressions read could be read. */
  hasAnswered = false;
  readonly #rankings: Rankings;
  readonly #metadata: Metadata;
  readonly #points = new Map<string, readonly Point[]>();
  readonly #leaves: DataLoader<Leaf, Result, string>;

  constructor(reader: SqlReader, metadata: Metadata, budget: Budget, slicesOf: SlicesOf) {
    this.entities = new EntityRows(reader);
    this.budget = budget;
    this.#rankings = new Rankings(reader, slicesOf);
    this.#metadata = metadata;
    this.#leaves = new DataLoader((leaves: readonly Leaf[]) => this.#readAll(leaves), { cacheKeyFn: leafText });
  }

  read(leaf: Leaf): Promise<Result> {
    return this.#leaves.load(leaf);
  }

  /** One that cannot be read takes no other with it. */
  async #readAll(leaves: readonly Leaf[]): Promise<(Result | Error)[]> {
    const windows = sharedWindows(leaves.filter((leaf) => leaf.kind === "series"));
    // All rankings wait for what one of them needs: they are read by one statement.
    const areLayersAsked = leaves.some((leaf) => leaf.kind === "ranked" && leaf.top.attributes.length > 0);
    const known = areLayersAsked ? this.#metadata.byName() : NO_SERVICES;
    const reading = leaves.map((leaf) =>
      leaf.kind === "series" ? this.#series(leaf, windows.get(leaf) as TimeRange) : this.#ranked(leaf, known),
    );
    const settled = await Promise.allSettled(reading);
    this.hasAnswered ||= settled.some(({ status }) => status === "fulfilled");
    return settled.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as Error)));
  }

  /** `window`: what is read, the leaf's own or a longer one. */
  async #series({ metric, entity, range, before }: SeriesLeaf, window: TimeRange): Promise<Result> {
    const points = this.#pointsOf(range, before);
    const key = entityKey(metric.scope, metric.detectPoint, entity);
    const { value } = metric;
    if (value === "percentile") return timeSeries(true, key === null ? [] : await this.#percentiles(key, points, window));
    if (key === null) return NO_ENTITY;
    const steps = await this.entities.sums(key, window, columnsOf(value));
    const values = points.map(({ at, id }): Value => {
      const sums = steps.get(at);
      return { id, owner: null, value: sums === undefined ? null : readValue(value, sums, range.stepMs / 1_000) };
    });
    return timeSeries(false, [{ labels: [], values }]);
  }

  async #percentiles(key: EntityKey, points: readonly Point[], window: TimeRange): Promise<Series[]> {
    const steps = await this.entities.percentiles(key, window);
    if (!points.some(({ at }) => steps.has(at))) return [];
    return PERCENTILE_RANKS.map((rank, i) => ({
      labels: [{ key: PERCENTILE_LABEL, value: String(rank) }],
      values: points.map(({ at, id }) => ({ id, owner: null, value: bucketMs(steps.get(at)?.[i] ?? null) })),
    }));
  }

  /** Most series of a request have the same points: their ids are written once. */
  #pointsOf(range: TimeRange, before: number): readonly Point[] {
    const text = `${range.fromMs} ${range.toMs} ${range.stepMs} ${before}`;
    const points = this.#points.get(text) ?? pointsBefore(range, before).map((at) => ({ at, id: String(at) }));
    this.#points.set(text, points);
    return points;
  }

  async #ranked(leaf: RankedLeaf, knownLater: Promise<ByName>): Promise<Result> {
    const { metric, entity } = leaf;
    const known = await knownLater;
    const service = entity.serviceName || null;
    if (!isRanked(metric.scope) || (service !== null && entity.normal == null)) return ranked([]);
    return ranked(rankedValues(metric.scope, await this.#rows(leaf, service, known), service !== null));
  }

  async #rows(
    { metric, entity, range, top }: RankedLeaf,
    service: string | null,
    known: ByName,
  ): Promise<readonly RankedEntity[]> {
    const { scope, value } = metric;
    if (value === "percentile") return [];
    const { n, order, attributes } = top;
    const of = { scope, value, order, service: service === null ? null : { service, normal: entity.normal === true } };
    if (attributes.length === 0) return await this.#rankings.load({ ...of, n }, range);
    // Layers are no column of the metrics: unless every service fits, more are read than asked for.
    const fits = (name: string): boolean => isOfLayers(known.get(name)?.layers ?? ["UNDEFINED"], attributes);
    const read = [...known.keys()].every(fits) ? n : RANKED_MAX;
    const rows = await this.#rankings.load({ ...of, n: read }, range);
    return rows.filter((row) => fits(row.service)).slice(0, n);
  }
}

const NO_SERVICES: Promise<ByName> = Promise.resolve(new Map());

function isOfLayers(layers: readonly string[], conditions: readonly AttributeCondition[]): boolean {
  return conditions.every(({ equal, value }) => layers.includes(value) === equal);
}

function leafText(leaf: Leaf): string {
  const { kind, metric, entity, range } = leaf;
  const rest = kind === "series" ? leaf.before : leaf.top;
  return JSON.stringify([kind, metric.name, entity, range.fromMs, range.toMs, range.step, rest]);
}
