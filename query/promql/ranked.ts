/** Selectors with top_n: the first entities of a range, as expressions rank them. */
import type { Metric } from "../../oap/catalog/metric.ts";
import type { QueryContext } from "../context.ts";
import type { TimeRange } from "../duration.ts";
import { LIST_MAX } from "../expression/leaves.ts";
import { layersOf } from "./entities.ts";
import { PromqlFault } from "./fault.ts";
import { control, satisfying, valuesOf } from "./matchers.ts";
import { ownMatchers, SCOPE_NAMES } from "./names.ts";
import type { Matcher } from "./tree.ts";
import { type Labels, NAME } from "./vector.ts";

export interface RankedRow {
  readonly labels: Labels;
  readonly value: number;
}

export function isRanking(matchers: readonly Matcher[]): boolean {
  return matchers.some(({ label }) => label === "top_n");
}

/** @throws PromqlFault, StorageError */
export async function rankedRows(
  metric: Metric,
  matchers: readonly Matcher[],
  range: TimeRange,
  { metadata, sql, storedMetrics }: Pick<QueryContext, "metadata" | "sql" | "storedMetrics">,
): Promise<readonly RankedRow[]> {
  const { scope, value, name } = metric;
  if (scope === "service_relation" || scope === "instance_relation")
    throw new PromqlFault(`${name}: top_n ranks services, instances and endpoints; topk() ranks what a selector has`);
  if (value === "percentile") throw new PromqlFault(`${name}: top_n does not rank percentiles; topk() does`);
  const n = countOf(matchers);
  const order = orderOf(matchers);
  const byName = await metadata.byName();
  const own = ownMatchers(matchers, scope).filter(({ label }) => label !== NAME);
  const services = scope === "service" ? null : valuesOf(own, "service");
  const [service] = services?.length === 1 ? services : [];
  const entity = service === undefined ? {} : { serviceName: service, normal: byName.get(service)?.normal ?? true };
  const layers = own.filter(({ label, op }) => label === "layer" && op === "=");
  const isRead = (one: Matcher): boolean =>
    layers.includes(one) || (one.label === "service" && one.op === "=" && entity.serviceName === one.value);
  storedMetrics.budget.spend(n);
  // What the ranking cannot tell apart is left out of a longer one.
  const attributes = layers.map((one) => ({ attribute: "attr0", equal: true, value: one.value }));
  const top = { n: own.every(isRead) ? n : LIST_MAX, order, attributes };
  const { series } = await storedMetrics.read({ kind: "ranked", metric, entity, range, top });
  const rows = (series[0]?.values ?? []).flatMap(({ owner, value: read }, rank) => {
    if (owner === null || read === null) return [];
    const { serviceName, serviceInstanceName, endpointName } = owner;
    const labels = {
      ...{ [NAME]: name, scope: SCOPE_NAMES[scope].scope, service: serviceName },
      ...(serviceInstanceName === null ? {} : { service_instance: serviceInstanceName }),
      ...(endpointName === null ? {} : { endpoint: endpointName }),
    };
    return layersOf(byName, serviceName).map((layer) => ({ rank, value: read, labels: { ...labels, layer } }));
  });
  const kept = await satisfying(rows, own, sql);
  const first = kept.filter(({ rank }, i) => kept[i - 1]?.rank !== rank); // of several layers the first
  return first.slice(0, n);
}

function countOf(matchers: readonly Matcher[]): number {
  const text = control(matchers, "top_n") ?? "";
  const n = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (n < 1) throw new PromqlFault(`top_n: ${JSON.stringify(text)} is no number of 1 or more`);
  return Math.min(n, LIST_MAX);
}

function orderOf(matchers: readonly Matcher[]): "asc" | "des" {
  const text = control(matchers, "order") ?? "DES";
  if (/^asc$/i.test(text)) return "asc";
  if (/^desc?$/i.test(text)) return "des";
  throw new PromqlFault(`order: ${JSON.stringify(text)} is neither ASC nor DES`);
}
