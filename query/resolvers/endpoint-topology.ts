/** Which endpoints call which. Metrics do not hold it; kept access logs do, as far as applications pass request ids on. */
import { endpointId, parseMemberId, relationId, serviceId } from "../../oap/model/entity.ts";
import type { QueryContext } from "../context.ts";
import { type DurationInput, parseDuration } from "../duration.ts";
import { readEndpointDependencies } from "../readers/endpoint-dependencies.ts";

interface OfId {
  readonly endpointId: string;
  readonly duration: DurationInput;
}

interface OfName {
  readonly endpoint: { readonly serviceName: string; readonly endpointName: string };
  readonly duration: DurationInput;
}

interface Endpoint {
  readonly service: string;
  readonly name: string;
}

export const endpointTopology = {
  Query: {
    getEndpointDependencies: (_: unknown, args: OfId, context: QueryContext) => ofId(context, args),
    getEndpointDependenciesByName: (_: unknown, { endpoint, duration }: OfName, context: QueryContext) =>
      dependencies(context, { service: endpoint.serviceName, name: endpoint.endpointName }, duration),
    getEndpointTopology: async (_: unknown, args: OfId, context: QueryContext) => {
      const { nodes, ...rest } = await ofId(context, args);
      const layers = async (service: string) => (await context.metadata.service(service, true))?.layers ?? ["UNDEFINED"];
      return { ...rest, nodes: await Promise.all(nodes.map(async (one) => ({ ...one, layers: await layers(one.serviceName) }))) };
    },
  },
};

async function ofId(context: QueryContext, { endpointId: id, duration }: OfId) {
  const key = parseMemberId(id);
  return key === null ? { nodes: [], calls: [], debuggingTrace: null } : await dependencies(context, key, duration);
}

async function dependencies({ sql }: QueryContext, { service, name }: Endpoint, duration: DurationInput) {
  const found = await readEndpointDependencies(sql, { service, name }, parseDuration(duration));
  if (found.length === 0) return { nodes: [], calls: [], debuggingTrace: null };
  const own = { service, name };
  const nodes = new Map(
    [own, ...found.map((one) => ({ service: one.service, name: one.endpoint }))].map((one) => [idOf(one), one]),
  );
  const calls = found.map(({ upstream, ...one }) => {
    const other = endpointId(one.service, one.endpoint);
    const [source, target] = upstream === 1 ? [other, idOf(own)] : [idOf(own), other];
    return {
      id: relationId(source, target),
      source,
      target,
      sourceComponents: [],
      targetComponents: [],
      detectPoints: ["SERVER"],
    };
  });
  return { nodes: [...nodes].map(([id, one]) => nodeOf(id, one)), calls, debuggingTrace: null };
}

function idOf({ service, name }: Endpoint): string {
  return endpointId(service, name);
}

function nodeOf(id: string, { service, name }: Endpoint) {
  return { id, name, serviceId: serviceId(service), serviceName: service, type: null, isReal: true };
}
