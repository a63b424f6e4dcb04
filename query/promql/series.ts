/** Which series, labels and label values there are. */
import { PERCENTILE_LABEL, PERCENTILE_RANKS } from "../../oap/catalog/metric.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { LAYERS } from "../../oap/model/entity.ts";
import { DAY_MS } from "../../oap/model/time-bucket.ts";
import type { QueryContext } from "../context.ts";
import { type Entity, entitiesOf } from "./entities.ts";
import { NO_REACH, type Present, rangeGrid, rankingRange } from "./grid.ts";
import { satisfying } from "./matchers.ts";
import { labelNamesOf, metricNames, metricsOf, SCOPE_NAMES, TRAFFIC, trafficLabelNames } from "./names.ts";
import { parseSelector } from "./parse.ts";
import { ranksOf } from "./read.ts";
import { isAlive, trafficSeries, type When } from "./traffic.ts";
import type { Matcher } from "./tree.ts";
import { type Labels, labelsText, NAME } from "./vector.ts";

type Reading = Pick<QueryContext, "sql" | "metadata" | "storedMetrics"> & { readonly present: Present };

/** Of any of the selectors, each once. @throws PromqlFault, StorageError */
export async function seriesOf(
  selectors: readonly (readonly Matcher[])[],
  when: When,
  reading: Reading,
): Promise<readonly Labels[]> {
  return distinct((await Promise.all(selectors.map((one) => ofSelector(one, when, reading)))).flat());
}

function distinct(series: readonly Labels[]): Labels[] {
  return [...new Map(series.map((labels) => [labelsText(labels), labels])).values()];
}

async function ofSelector(matchers: readonly Matcher[], when: When, reading: Reading): Promise<Labels[]> {
  const names = await metricNames(matchers, reading.sql);
  const traffic = names.flatMap((name) => {
    const of = TRAFFIC.get(name);
    return of === undefined ? [] : [trafficSeries(name, of, matchers, when, reading)];
  });
  const others = names.filter((name) => !TRAFFIC.has(name));
  return [...(await Promise.all(traffic)).flat(), ...(await ofMetrics(others, matchers, when, reading))];
}

/** Of what had calls in that time; of the last day when none is said. */
async function ofMetrics(
  names: readonly string[],
  matchers: readonly Matcher[],
  when: When,
  reading: Reading,
): Promise<Labels[]> {
  const named = await Promise.all(names.map((name) => metricsOf([{ label: NAME, op: "=", value: name }], reading.sql)));
  const toMs = when.toMs ?? reading.present.nowMs;
  const fromMs = when.fromMs ?? Math.max(0, toMs - DAY_MS);
  const range = rankingRange(rangeGrid(fromMs, Math.max(fromMs, toMs), null, NO_REACH, reading.present));
  const byName = await reading.metadata.byName();
  const found = await Promise.all(
    named.flat().map(async (metric): Promise<Labels[]> => {
      const isPercentile = metric.value === "percentile";
      const own = isPercentile ? matchers.filter(({ label }) => label !== PERCENTILE_LABEL) : matchers;
      const entities = await entitiesOf({ metric, matchers: own, range, isChecked: true }, reading);
      const there = metric.scope === "service" ? entities.filter(({ key }) => isAlive(byName.get(key.service), when)) : entities;
      return isPercentile ? await withRanks(there, matchers, reading) : there.map(({ labels }) => labels);
    }),
  );
  return found.flat();
}

async function withRanks(entities: readonly Entity[], matchers: readonly Matcher[], reading: Reading): Promise<Labels[]> {
  const ranks = await ranksOf(matchers, reading);
  return entities.flatMap(({ labels }) =>
    ranks.map((place) => ({ ...labels, [PERCENTILE_LABEL]: String(PERCENTILE_RANKS[place]) })),
  );
}

/** What can stand in a selector of any of those metrics; of all without. @throws PromqlFault */
export async function labelNames(selectors: readonly string[], { sql }: Pick<Reading, "sql">): Promise<string[]> {
  const of = await Promise.all(selectors.map((text) => metricNames(namedMatchers(parseSelector(text).matchers), sql)));
  const names = selectors.length === 0 ? [...METRICS.keys(), ...TRAFFIC.keys()] : of.flat();
  return [...new Set(names.flatMap(labelsOfName))];
}

function labelsOfName(name: string): string[] {
  const [metric, traffic] = [METRICS.get(name), TRAFFIC.get(name)];
  if (metric !== undefined) return labelNamesOf(metric);
  return traffic === undefined ? [] : trafficLabelNames(traffic);
}

/** Selectors without a name are about every metric. */
function namedMatchers(matchers: readonly Matcher[]): readonly Matcher[] {
  return isNamed(matchers) ? matchers : [...matchers, { label: NAME, op: "=~", value: ".*" }];
}

function isNamed(matchers: readonly Matcher[]): boolean {
  return matchers.some(({ label }) => label === NAME);
}

/** Values that do not depend on what was seen. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  order: ["ASC", "DES"],
  [PERCENTILE_LABEL]: PERCENTILE_RANKS.map(String),
  scope: Object.values(SCOPE_NAMES).map(({ scope }) => scope),
};

const DEST_HOLDERS = "service_relation_client_cpm|service_relation_server_cpm";

/** The metrics whose series have a label, where none is asked for. */
const HOLDERS: Readonly<Record<string, string>> = {
  service: "service_traffic",
  layer: "service_traffic",
  parent_service: "service_traffic",
  service_instance: "service_instance_cpm",
  endpoint: "endpoint_cpm",
  dest_service: DEST_HOLDERS,
  dest_layer: DEST_HOLDERS,
};

/** Sorted. @throws PromqlFault, StorageError */
export async function labelValues(label: string, selectors: readonly string[], when: When, reading: Reading): Promise<string[]> {
  if (label === NAME) return await namesWith(selectors, reading);
  const fixed = Object.hasOwn(FIXED, label) ? FIXED[label] : undefined;
  if (selectors.length === 0 && fixed !== undefined) return [...fixed];
  const holder = Object.hasOwn(HOLDERS, label) ? HOLDERS[label] : undefined;
  const asked = selectors.length === 0 ? [[]] : selectors.map((text) => parseSelector(text).matchers);
  const named = asked.flatMap((one): (readonly Matcher[])[] => {
    if (isNamed(one)) return [one];
    return holder === undefined ? [] : [[{ label: NAME, op: "=~", value: holder }, ...one]];
  });
  const series = await seriesOf(named, when, reading);
  const own = label === "parent_service" ? "service" : label;
  const values = series.flatMap((labels) => (Object.hasOwn(labels, own) ? [labels[own] as string] : []));
  return [...new Set(values)].sort(label === "layer" ? byLayer : undefined);
}

function byLayer(a: string, b: string): number {
  return LAYERS.indexOf(a) - LAYERS.indexOf(b);
}

/** Names of metrics that have all labels that a selector asks for. */
async function namesWith(selectors: readonly string[], reading: Reading): Promise<string[]> {
  const all = [...METRICS.keys(), ...TRAFFIC.keys()];
  if (selectors.length === 0) return all.sort();
  const found = await Promise.all(
    selectors.map(async (text) => {
      const matchers = namedMatchers(parseSelector(text).matchers);
      const needed = matchers.filter(({ op, value }) => op === "=" && value !== "").map(({ label }) => label);
      const rows = all.map((name) => ({ labels: { [NAME]: name } }));
      const named = await satisfying(
        rows,
        matchers.filter(({ label }) => label === NAME),
        reading.sql,
      );
      const names = named.map(({ labels }) => labels[NAME] as string);
      return names.filter((name) => needed.every((label) => labelsOfName(name).includes(label)));
    }),
  );
  return [...new Set(found.flat())].sort();
}
