/** THE list of metrics, by name: every metric this system knows is declared in this folder and nowhere else. */
import { endpointMetrics } from "./endpoint.ts";
import { instanceMetrics } from "./instance.ts";
import type { Metric } from "./metric.ts";
import { instanceRelationMetrics, serviceRelationMetrics } from "./relation.ts";
import { serviceMetrics } from "./service.ts";

export const METRICS: ReadonlyMap<string, Metric> = new Map(
  [serviceMetrics, instanceMetrics, endpointMetrics, serviceRelationMetrics, instanceRelationMetrics]
    .flat()
    .map((metric) => [metric.name, metric]),
);
