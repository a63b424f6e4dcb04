/** Names of metrics and labels, as the reference's dashboards have them. */

import type { Scope } from "../../oap/catalog/columns.ts";
import { KNOWN } from "../../oap/catalog/known.ts";
import { type Metric, PERCENTILE_LABEL } from "../../oap/catalog/metric.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import { PromqlFault } from "./fault.ts";
import { satisfying, valuesOf } from "./matchers.ts";
import type { Matcher } from "./tree.ts";
import { NAME } from "./vector.ts";

interface ScopeNames {
  readonly scope: string;
  /** Of the entity. */
  readonly labels: readonly string[];
}

const ENDS = ["layer", "service", "dest_layer", "dest_service"];

export const SCOPE_NAMES: Readonly<Record<Scope, ScopeNames>> = {
  service: { scope: "Service", labels: ["layer", "service"] },
  instance: { scope: "ServiceInstance", labels: ["layer", "service", "service_instance"] },
  endpoint: { scope: "Endpoint", labels: ["layer", "service", "endpoint"] },
  service_relation: { scope: "ServiceRelation", labels: ENDS },
  instance_relation: { scope: "ServiceInstanceRelation", labels: [...ENDS, "service_instance", "dest_service_instance"] },
};

/** Lists of what there is: they have series and label values, and no values. */
export const TRAFFIC: ReadonlyMap<string, "service" | "instance" | "endpoint"> = new Map([
  ["service_traffic", "service"],
  ["instance_traffic", "instance"],
  ["endpoint_traffic", "endpoint"],
]);

/** Matchers that say how to read, not which series: none has such a label. */
export const CONTROLS: ReadonlySet<string> = new Set(["top_n", "order", "parent_service", "limit", "keyword"]);

/** Those that are about labels of series. What belongs to a service is one of its series; services belong to none. */
export function ownMatchers(matchers: readonly Matcher[], scope: Scope): Matcher[] {
  return matchers.flatMap((one) => {
    if (one.label === "parent_service") return scope === "service" || one.value === "" ? [] : [{ ...one, label: "service" }];
    return CONTROLS.has(one.label) ? [] : [one];
  });
}

/** What can stand in a selector of a metric. */
export function labelNamesOf({ scope, value }: Metric): string[] {
  const { labels } = SCOPE_NAMES[scope];
  if (value === "percentile") return [NAME, ...labels, "scope", "limit", PERCENTILE_LABEL];
  const isRanked = scope === "service" || scope === "instance" || scope === "endpoint";
  const ranking = isRanked ? ["top_n", "order", ...(scope === "service" ? [] : ["parent_service"])] : [];
  return [NAME, ...labels, "scope", "limit", ...ranking];
}

export function trafficLabelNames(of: "service" | "instance" | "endpoint"): string[] {
  return [NAME, ...SCOPE_NAMES[of].labels, "scope", ...(of === "endpoint" ? ["keyword"] : []), "limit"];
}

/** The metrics that a selector names; those that are known by name only are none, and have no values. @throws PromqlFault on others */
export async function metricsOf(matchers: readonly Matcher[], reader: SqlReader): Promise<Metric[]> {
  const names = await metricNames(matchers, reader);
  return names.flatMap((name) => {
    const metric = METRICS.get(name);
    if (metric !== undefined) return [metric];
    if (TRAFFIC.has(name)) throw new PromqlFault(`${name} lists what there is, as series and label values; it has no values`);
    if (KNOWN.has(name)) return [];
    throw new PromqlFault(`Metric: [${name}] does not exist.`);
  });
}

/** As they are written in the selector, or those that its patterns match. @throws PromqlFault */
export async function metricNames(matchers: readonly Matcher[], reader: SqlReader): Promise<readonly string[]> {
  const own = matchers.filter(({ label }) => label === NAME);
  if (own.length === 0) throw new PromqlFault("a selector needs the name of a metric");
  const rows = (names: Iterable<string>) => [...names].map((name) => ({ labels: { [NAME]: name } }));
  const written = valuesOf(own, NAME);
  const found = await satisfying(rows(written ?? [...METRICS.keys(), ...TRAFFIC.keys()]), own, reader);
  return [...new Set(found.map(({ labels }) => labels[NAME] as string))];
}
