/** Topology as the query protocol has it: nodes, and calls merged from what either side reported. */
import { instanceId, parseServiceId, relationId, serviceId } from "../../oap/model/entity.ts";
import type { QueryContext } from "../context.ts";
import { type DurationInput, parseRowRange, type TimeRange } from "../duration.ts";
import { type RelationRow, readInstanceRelations, readRelations } from "../readers/topology.ts";

/** Component names by priority: the highest one seen on the called side is the node's type. */
const PRIORITY: readonly string[] = ["GRPC", "http", "mtls", "tls", "tcp"];

interface WithDuration {
  readonly duration: DurationInput;
}
interface ByName extends WithDuration {
  readonly service: { readonly serviceName: string };
}

export const topology = {
  Query: {
    getGlobalTopology: async (
      _: unknown,
      { duration, layer }: WithDuration & { layer?: string | null },
      context: QueryContext,
    ) => {
      const range = parseRowRange(duration);
      if (!layer) return await compose(context, await readRelations(context.sql, [], range), null);
      const services = (await context.metadata.services())
        .filter(({ layers }) => layers.includes(layer))
        .map(({ service }) => service);
      return await ofServices(context, services, range);
    },
    getServicesTopology: (_: unknown, { serviceIds, duration }: WithDuration & { serviceIds: string[] }, context: QueryContext) =>
      ofServices(
        context,
        serviceIds.flatMap((id) => parseServiceId(id)?.service ?? []),
        parseRowRange(duration),
      ), // prettier-ignore
    getServicesTopologyByNames: (
      _: unknown,
      { services, duration }: WithDuration & { services: { serviceName: string }[] },
      context: QueryContext,
    ) =>
      ofServices(
        context,
        services.map(({ serviceName }) => serviceName),
        parseRowRange(duration),
      ), // prettier-ignore
    getServiceTopology: (
      _: unknown,
      { serviceId: id, duration }: WithDuration & { serviceId: string },
      context: QueryContext,
    ) => {
      const key = parseServiceId(id);
      return ofServices(context, key === null ? [] : [key.service], parseRowRange(duration));
    },
    getServiceTopologyByName: (_: unknown, { service, duration }: ByName, context: QueryContext) =>
      ofServices(context, [service.serviceName], parseRowRange(duration)),
    getServiceInstanceTopology: (
      _: unknown,
      { clientServiceId, serverServiceId, duration }: WithDuration & { clientServiceId: string; serverServiceId: string },
      context: QueryContext,
    ) => ofInstances(context, clientServiceId, serverServiceId, parseRowRange(duration)),
    getServiceInstanceTopologyByName: (
      _: unknown,
      { clientService, serverService, duration }: WithDuration & Record<"clientService" | "serverService", ByName["service"]>,
      context: QueryContext,
    ) =>
      ofInstances(context, serviceId(clientService.serviceName), serviceId(serverService.serviceName), parseRowRange(duration)),
  },
};

async function ofServices(context: QueryContext, services: readonly string[], range: TimeRange) {
  if (services.length === 0) return { nodes: [], calls: [], debuggingTrace: null };
  const rows = await readRelations(context.sql, services, range);
  // Callers outside of the asked services need their own callers to be typed.
  const outside = [...new Set(rows.map(({ service }) => service))].filter((service) => !services.includes(service));
  const typing = outside.length === 0 ? rows : [...rows, ...(await readRelations(context.sql, outside, range))];
  return await compose(context, rows, typing);
}

async function compose(context: QueryContext, rows: readonly RelationRow[], typing: readonly RelationRow[] | null) {
  const calls = new Map<string, { source: string; target: string; client: RelationRow | null; server: RelationRow | null }>();
  const names = new Map<string, { service: string; normal: boolean }>();
  for (const row of rows) {
    const source = serviceId(row.service, Boolean(row.is_normal));
    const target = serviceId(row.dest_service, Boolean(row.is_dest_normal));
    names.set(source, { service: row.service, normal: Boolean(row.is_normal) });
    names.set(target, { service: row.dest_service, normal: Boolean(row.is_dest_normal) });
    const id = relationId(source, target);
    const call = calls.get(id) ?? { source, target, client: null, server: null };
    calls.set(id, { ...call, [row.detect_point]: row });
  }
  const types = nodeTypes(typing ?? rows);
  const nodes = await Promise.all(
    [...names].map(async ([id, { service, normal }]) => ({
      id,
      name: service,
      type: types.get(id) ?? null,
      isReal: normal,
      layers: (await context.metadata.service(service, normal))?.layers ?? ["UNDEFINED"],
    })), // prettier-ignore
  );
  return {
    nodes,
    calls: [...calls].map(([id, { source, target, client, server }]) => ({
      id,
      source,
      target,
      sourceComponents: client === null ? [] : componentsOf(client),
      targetComponents: server === null ? [] : componentsOf(server),
      detectPoints: [...(client === null ? [] : ["CLIENT"]), ...(server === null ? [] : ["SERVER"])],
    })),
    debuggingTrace: null,
  };
}

/** By id of the called service: its component of highest priority, as the called side reported it. */
function nodeTypes(rows: readonly RelationRow[]): Map<string, string> {
  const types = new Map<string, string>();
  for (const row of rows) {
    if (row.detect_point !== "server") continue;
    const id = serviceId(row.dest_service, Boolean(row.is_dest_normal));
    const seen = [...componentsOf(row), ...(types.has(id) ? [types.get(id) as string] : [])];
    const best = PRIORITY.find((component) => seen.includes(component));
    if (best !== undefined) types.set(id, best);
  }
  return types;
}

function componentsOf({ all_calls, grpc, tcp, tls, mtls }: RelationRow): string[] {
  const components: string[] = [];
  if (all_calls > grpc) components.push("http");
  if (grpc > 0) components.push("GRPC");
  if (tcp > 0) components.push("tcp");
  if (tls > 0) components.push("tls");
  if (mtls > 0) components.push("mtls");
  return components;
}

async function ofInstances({ sql }: QueryContext, clientId: string, serverId: string, range: TimeRange) {
  const [client, server] = [parseServiceId(clientId), parseServiceId(serverId)];
  if (client === null || server === null) return { nodes: [], calls: [], debuggingTrace: null };
  const rows = await readInstanceRelations(sql, client.service, server.service, range);
  const nodes = new Map<string, object>();
  const node = (service: string, name: string): string => {
    const id = instanceId(service, name);
    nodes.set(id, { id, name, serviceId: serviceId(service), serviceName: service, type: "", isReal: true });
    return id;
  };
  const calls = rows.map(({ service, instance, dest_service, dest_instance, detect_points }) => {
    const source = node(service, instance);
    const target = node(dest_service, dest_instance);
    const detectPoints = ["client", "server"].filter((side) => detect_points.includes(side)).map((side) => side.toUpperCase());
    return { id: relationId(source, target), source, target, sourceComponents: [], targetComponents: [], detectPoints };
  });
  return { nodes: [...nodes.values()], calls, debuggingTrace: null };
}
