/** What selectors read: all of a query's at once, so that each table and range is read by one statement, or one for sums and one for percentiles. */

import type { Metric } from "../../oap/catalog/metric.ts";
import { columnsOf, PERCENTILE_LABEL, PERCENTILE_RANKS, readValue } from "../../oap/catalog/metric.ts";
import { bucketMs } from "../../oap/model/histogram.ts";
import type { QueryContext } from "../context.ts";
import { type Entity, entitiesOf } from "./entities.ts";
import { PromqlFault } from "./fault.ts";
import { type Grid, POINTS_MAX, pointRange, pointsOf, rankingRange } from "./grid.ts";
import { satisfying } from "./matchers.ts";
import { metricsOf } from "./names.ts";
import { isRanking, rankedRows } from "./ranked.ts";
import type { Matcher } from "./tree.ts";
import type { Series } from "./vector.ts";

export interface Wanted {
  readonly matchers: readonly Matcher[];
  readonly grid: Grid;
}

type Reading = Pick<QueryContext, "sql" | "metadata" | "storedMetrics">;

/** Series of one metric whose entities are known, or which are read already. */
interface Found {
  readonly metric: Metric;
  readonly grid: Grid;
  readonly entities: readonly Entity[];
  /** Places among PERCENTILE_RANKS. */
  readonly ranks: readonly number[];
  readonly series: readonly Series[];
}

/** For each of the wanted its series, with one value for each point of its grid. @throws PromqlFault, BudgetFault, StorageError */
export async function readSelectors(wanted: readonly Wanted[], reading: Reading): Promise<(readonly Series[])[]> {
  for (const { grid } of wanted)
    if (pointsOf(grid).length > POINTS_MAX)
      throw new PromqlFault(`a range has more than ${POINTS_MAX} points: take a larger step or a shorter range`, "execution");
  const same = Map.groupBy(wanted, ({ matchers, grid }) => JSON.stringify([matchers, grid]));
  const each = [...same.values()].map(([one]) => one as Wanted);
  const found = await Promise.all(each.map((one) => find(one, reading)));
  reading.storedMetrics.budget.spend(sizeOf(found.flat()));
  // All of them are asked for in one turn: what is of one table and range becomes one statement.
  const read = await Promise.all(found.map((some) => Promise.all(some.map((one) => load(one, reading)))));
  const byText = new Map([...same.keys()].map((text, i) => [text, read[i]?.flat() ?? []]));
  return wanted.map(({ matchers, grid }) => byText.get(JSON.stringify([matchers, grid])) ?? []);
}

/** What a row of sums takes, in values: it has thirty columns, of which a metric uses one to three. */
const SUMS_VALUES = 10;

/** In values. Metrics of the same entities over the same range share their rows. */
function sizeOf(found: readonly Found[]): number {
  const rows = new Set<string>();
  let size = 0;
  for (const { metric, grid, entities, ranks } of found) {
    const points = pointsOf(grid).length;
    size += entities.length * points * (metric.value === "percentile" ? ranks.length : 1);
    if (metric.value === "percentile") continue;
    const before = rows.size;
    for (const { key } of entities) rows.add(JSON.stringify([key, grid]));
    size += (rows.size - before) * points * (SUMS_VALUES - 1);
  }
  return size;
}

async function find({ matchers, grid }: Wanted, reading: Reading): Promise<Found[]> {
  const metrics = await metricsOf(matchers, reading.sql);
  const isRanked = isRanking(matchers);
  const range = rankingRange(grid);
  return await Promise.all(
    metrics.map(async (metric): Promise<Found> => {
      if (isRanked) {
        const rows = await rankedRows(metric, matchers, range, reading);
        const points = pointsOf(grid);
        reading.storedMetrics.budget.spend(rows.length * points.length);
        const series = rows.map(({ labels, value }) => ({ labels, values: points.map(() => value) }));
        return { metric, grid, entities: [], ranks: [], series };
      }
      const isPercentile = metric.value === "percentile";
      const ofEntity = isPercentile ? matchers.filter(({ label }) => label !== PERCENTILE_LABEL) : matchers;
      const ranks = isPercentile ? await ranksOf(matchers, reading) : [];
      const isNone = isPercentile && ranks.length === 0;
      const entities = isNone ? [] : await entitiesOf({ metric, matchers: ofEntity, range, isChecked: false }, reading);
      return { metric, grid, entities, ranks, series: [] };
    }),
  );
}

/** Places among PERCENTILE_RANKS that the matchers take; p='50,99' lists them as the reference does. */
export async function ranksOf(matchers: readonly Matcher[], { sql }: Pick<Reading, "sql">): Promise<number[]> {
  const own = matchers.filter(({ label }) => label === PERCENTILE_LABEL);
  const listed = own.map((one): Matcher => {
    if (one.op === "=~" || one.op === "!~" || !one.value.includes(",")) return one;
    return { ...one, op: one.op === "=" ? "=~" : "!~", value: one.value.replaceAll(/\s*,\s*/g, "|") };
  });
  const rows = PERCENTILE_RANKS.map((rank, place) => ({ place, labels: { [PERCENTILE_LABEL]: String(rank) } }));
  return (await satisfying(rows, listed, sql)).map(({ place }) => place);
}

async function load({ metric, grid, entities, ranks, series }: Found, { storedMetrics }: Reading): Promise<readonly Series[]> {
  const points = pointsOf(grid);
  const range = pointRange(grid);
  const { value } = metric;
  const read = entities.map(async ({ key, labels }): Promise<Series[]> => {
    if (value === "percentile") {
      const steps = await storedMetrics.entities.percentiles(key, range);
      if (steps.size === 0) return [];
      return ranks.map((place) => ({
        labels: { ...labels, [PERCENTILE_LABEL]: String(PERCENTILE_RANKS[place]) },
        values: points.map((at) => bucketMs(steps.get(at)?.[place] ?? null)),
      }));
    }
    const steps = await storedMetrics.entities.sums(key, range, columnsOf(value));
    if (steps.size === 0) return [];
    const valueAt = (at: number): number | null => {
      const sums = steps.get(at);
      return sums === undefined ? null : readValue(value, sums, grid.stepMs / 1_000);
    };
    return [{ labels, values: points.map(valueAt) }];
  });
  return [...series, ...(await Promise.all(read)).flat()];
}
