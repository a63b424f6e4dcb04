/** Metrics that are known by name only: dashboards ask for them, nothing here produces them, and they answer nulls. A dashboard shows "no data"
 *  for those, and an error for names that it does not find. A name that comes to be produced moves to a declaration with columns. */
import { agentNames } from "./known-agents.ts";
import { kubernetesNames } from "./known-kubernetes.ts";
import { meshNames } from "./known-mesh.ts";
import type { KnownScope } from "./known-names.ts";

export interface KnownMetric {
  readonly name: string;
  readonly scope: KnownScope;
  /** value: one series; labeled: one for each set of labels; record: lists only. */
  readonly shape: "value" | "labeled" | "record";
}

const RECORDS: readonly KnownMetric[] = [
  ...["sampled_slow_trace_record", "sampled_status_4xx_trace_record", "sampled_status_5xx_trace_record"].map(
    (name) => ({ name, scope: "process_relation", shape: "record" }) as const,
  ),
  { name: "top_n_service_database_statement", scope: "service", shape: "record" },
];

/** Those with labels: by the last word of their name, or as clients are known to expect them. */
const LABELED = /_percentile$|_labeled$|^envoy_cluster_/;

const values = [...meshNames, ...kubernetesNames, ...agentNames].flatMap(({ scope, prefixes, names }): KnownMetric[] =>
  prefixes.flatMap((prefix) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => prefix + name)
      .map((name) => ({ name, scope, shape: LABELED.test(name) ? "labeled" : "value" })),
  ),
);

export const KNOWN: ReadonlyMap<string, KnownMetric> = new Map([...values, ...RECORDS].map((metric) => [metric.name, metric]));
