/** Metrics by name and entity. */
import { QueryError } from "../../oap/model/errors.ts";
import type { QueryContext } from "../context.ts";
import type { DurationInput } from "../duration.ts";
import type { EntityInput } from "../entity-input.ts";
import { marked, meanOf, type Named, type NamedSeries, pointValues, rankNamed, readNamed } from "../named-metrics.ts";

interface OfEntity {
  readonly condition: { readonly name: string; readonly entity: EntityInput };
  readonly duration: DurationInput;
}

interface SortMetrics {
  readonly condition: {
    readonly name: string;
    readonly parentService?: string | null;
    readonly normal?: boolean | null;
    readonly topN: number;
    readonly order: "ASC" | "DES";
  };
  readonly duration: DurationInput;
}

const LABELS_MAX = 100;

export const metricsV2 = {
  Query: {
    readMetricsValue: async (_: unknown, args: OfEntity, context: QueryContext) => (await mean(context, args)) ?? 0,
    readNullableMetricsValue: async (_: unknown, args: OfEntity, context: QueryContext) => marked(await mean(context, args)),
    readMetricsValues: async (_: unknown, args: OfEntity, context: QueryContext) => {
      const named = await ask(context, args);
      return { label: null, values: pointValues(named, unlabeled(named)) };
    },
    readLabeledMetricsValues: async (_: unknown, args: OfEntity & { labels: readonly string[] }, context: QueryContext) => {
      if (args.labels.length > LABELS_MAX) throw new QueryError(`labels: ${args.labels.length} are more than ${LABELS_MAX}`);
      const named = await ask(context, args);
      const labels = args.labels.filter((label) => label !== ""); // what a client sends whose user named none
      return (labels.length === 0 ? named.series.map(textOf) : labels).map((label) => ({
        label,
        values: pointValues(
          named,
          named.series.find((one) => isOf(one, label)),
        ),
      }));
    },
    sortMetrics: async (_: unknown, { condition, duration }: SortMetrics, context: QueryContext) => {
      const { name, parentService, normal, topN: n, order } = condition;
      const service = parentService ? { serviceName: parentService, normal: normal ?? true } : null;
      const ranked = await rankNamed(context, { name, n, order, service }, duration);
      return ranked.map((one) => ({ ...one, value: String(one.value), refId: null }));
    },
  },
};

function ask(context: QueryContext, { condition: { name, entity }, duration }: OfEntity): Promise<Named> {
  return readNamed(context, name, entity, duration);
}

async function mean(context: QueryContext, args: OfEntity): Promise<number | null> {
  return meanOf(unlabeled(await ask(context, args)));
}

function unlabeled({ series }: Named): NamedSeries | undefined {
  return series.find(({ labels }) => labels.length === 0);
}

function textOf({ labels }: NamedSeries): string {
  return labels.map(({ key, value }) => `${key}=${value}`).join(",");
}

/** Labels are asked for by their value, or as `key=value`, with or without braces. */
function isOf({ labels }: NamedSeries, asked: string): boolean {
  const text = asked.replace(/^\{(.*)\}$/, "$1");
  return labels.some(({ key, value }) => text === value || text === `${key}=${value}`);
}
