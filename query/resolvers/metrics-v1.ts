/** Metrics by entity id. */
import type { Scope } from "../../oap/catalog/columns.ts";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { parseServiceId } from "../../oap/model/entity.ts";
import type { QueryContext } from "../context.ts";
import type { DurationInput } from "../duration.ts";
import { entityOfId } from "../named-entity.ts";
import { marked, meanOf, type Named, pointValues, rankNamed, readNamed } from "../named-metrics.ts";

interface OfId {
  readonly metric: { readonly name: string; readonly id?: string | null };
  readonly duration: DurationInput;
}

interface OfIds {
  readonly metric: { readonly name: string; readonly ids: readonly string[] };
  readonly duration: DurationInput;
}

interface TopN {
  readonly name: string;
  readonly topN: number;
  readonly duration: DurationInput;
  readonly order: "ASC" | "DES";
  readonly serviceId?: string;
}

export const metricsV1 = {
  Query: {
    getValues: async (_: unknown, { metric: { name, ids }, duration }: OfIds, context: QueryContext) => ({
      values: await Promise.all(
        ids.map(async (id) => ({ id, ...marked(meanOf((await ask(context, name, id, duration)).series[0])) })),
      ),
    }),
    getLinearIntValues: async (_: unknown, { metric: { name, id }, duration }: OfId, context: QueryContext) => {
      const named = await ask(context, name, id, duration);
      return pointValues(named, named.series[0]);
    },
    getMultipleLinearIntValues: async (_: unknown, args: OfId & { numOfLinear: number }, context: QueryContext) => {
      const named = await ask(context, args.metric.name, args.metric.id, args.duration);
      return named.series.slice(0, Math.max(0, args.numOfLinear)).map((one) => pointValues(named, one));
    },
    getSubsetOfMultipleLinearIntValues: async (
      _: unknown,
      { metric: { name, id }, linearIndex, duration }: OfId & { linearIndex: readonly number[] },
      context: QueryContext,
    ) => {
      const named = await ask(context, name, id, duration);
      return [...new Set(linearIndex)].flatMap((i) => {
        const one = named.series[i];
        return one === undefined ? [] : [pointValues(named, one)];
      });
    },
    getServiceTopN: (_: unknown, args: TopN, context: QueryContext) => top(context, args, "service"),
    getAllServiceInstanceTopN: (_: unknown, args: TopN, context: QueryContext) => top(context, args, "instance"),
    getAllEndpointTopN: (_: unknown, args: TopN, context: QueryContext) => top(context, args, "endpoint"),
    getServiceInstanceTopN: (_: unknown, args: TopN, context: QueryContext) => top(context, args, "instance"),
    getEndpointTopN: (_: unknown, args: TopN, context: QueryContext) => top(context, args, "endpoint"),
  },
};

/** @param id of whatever the metric is of; another one is an entity that nothing was seen of. */
async function ask(context: QueryContext, name: string, id: string | null | undefined, duration: DurationInput): Promise<Named> {
  const scope = METRICS.get(name)?.scope;
  return await readNamed(context, name, (scope === undefined ? null : entityOfId(scope, id ?? "")) ?? {}, duration);
}

async function top(context: QueryContext, { name, topN: n, duration, order, serviceId }: TopN, scope: Scope) {
  const key = serviceId === undefined ? undefined : parseServiceId(serviceId);
  if (key === null) return [];
  const service = key === undefined ? null : { serviceName: key.service, normal: key.normal };
  return await rankNamed(context, { name, n, order, service, scope }, duration);
}
