import {
  endpointId,
  instanceId,
  LAYERS,
  parseMemberId,
  parseServiceId,
  type ServiceKey,
  serviceGroup,
  serviceId,
} from "../../oap/model/entity.ts";
import type { QueryContext } from "../context.ts";
import { type DurationInput, parseDuration } from "../duration.ts";
import { EVER, type StoredInstance, type StoredService } from "../readers/metadata.ts";

const ENDPOINTS_MAX = 1_000;
const LEVELS = [
  { layer: "MESH", level: 3 },
  { layer: "GENERAL", level: 3 },
  { layer: "MESH_DP", level: 1 },
  { layer: "K8S_SERVICE", level: 0 },
];

interface ListInstances {
  readonly duration: DurationInput;
  readonly serviceId: string;
}

interface FindEndpoint {
  readonly keyword?: string | null;
  readonly serviceId: string;
  readonly limit: number;
  readonly duration?: DurationInput | null;
}

export const metadata = {
  Query: {
    listLayers: () => LAYERS.slice(1),
    listLayerLevels: () => LEVELS,
    listServices: async (_: unknown, { layer }: { layer?: string | null }, { metadata: stored }: QueryContext) =>
      (await stored.services()).filter(({ layers }) => !layer || layers.includes(layer)).map(serviceOf),
    getAllServices: async (_: unknown, { group }: { group?: string | null }, { metadata: stored }: QueryContext) =>
      (await stored.services()).map(serviceOf).filter((one) => !group || one.group === group),
    searchServices: async (_: unknown, { keyword }: { keyword: string }, { metadata: stored }: QueryContext) =>
      (await stored.services()).filter(({ service }) => service.includes(keyword)).map(serviceOf),
    getService: async (_: unknown, { serviceId: id }: { serviceId: string }, context: QueryContext) => {
      const key = parseServiceId(id);
      return key === null ? null : await find(context, key);
    },
    findService: (_: unknown, { serviceName }: { serviceName: string }, context: QueryContext) =>
      find(context, { service: serviceName, normal: true }),
    searchService: (_: unknown, { serviceCode }: { serviceCode: string }, context: QueryContext) =>
      find(context, { service: serviceCode, normal: true }),
    listInstances: (_: unknown, { duration, serviceId: id }: ListInstances, context: QueryContext) =>
      instances(context, parseServiceId(id), duration),
    getServiceInstances: (_: unknown, { duration, serviceId: id }: ListInstances, context: QueryContext) =>
      instances(context, parseServiceId(id), duration),
    listInstancesByName: (
      _: unknown,
      { duration, service }: { duration: DurationInput; service: { serviceName: string } },
      context: QueryContext,
    ) => instances(context, { service: service.serviceName, normal: true }, duration),
    getInstance: async (_: unknown, { instanceId: id }: { instanceId: string }, { metadata: stored }: QueryContext) => {
      const key = parseMemberId(id);
      if (key === null) return null;
      const found = (await stored.instances(key.service, key.normal, EVER)).find(({ instance }) => instance === key.name);
      return found === undefined ? null : instanceOf(key, found);
    },
    findEndpoint: (_: unknown, { keyword, serviceId: id, limit, duration }: FindEndpoint, context: QueryContext) =>
      endpoints(context, parseServiceId(id), keyword, limit, duration),
    searchEndpoint: (_: unknown, { keyword, serviceId: id, limit }: FindEndpoint, context: QueryContext) =>
      endpoints(context, parseServiceId(id), keyword, limit, null),
    findEndpointByName: (
      _: unknown,
      { keyword, service, limit, duration }: Omit<FindEndpoint, "serviceId"> & { service: { serviceName: string } },
      context: QueryContext,
    ) => endpoints(context, { service: service.serviceName, normal: true }, keyword, limit, duration),
    getEndpointInfo: (_: unknown, { endpointId: id }: { endpointId: string }) => {
      const key = parseMemberId(id);
      return key === null
        ? null
        : { id, name: key.name, serviceId: serviceId(key.service, key.normal), serviceName: key.service };
    },
  },
};

export function serviceOf({ service, normal, layers }: StoredService) {
  return { id: serviceId(service, normal), name: service, ...serviceGroup(service), layers, normal };
}

async function find({ metadata: stored }: QueryContext, { service, normal }: ServiceKey) {
  const found = await stored.service(service, normal);
  return found === null ? null : serviceOf(found);
}

async function instances({ metadata: stored }: QueryContext, key: ServiceKey | null, duration: DurationInput) {
  const range = parseDuration(duration);
  if (key === null || range.fromMs >= range.toMs) return [];
  return (await stored.instances(key.service, key.normal, range)).map((one) => instanceOf(key, one));
}

function instanceOf({ service, normal }: ServiceKey, { instance, attributes }: StoredInstance) {
  const id = instanceId(service, instance, normal);
  return { id, name: instance, attributes: attributeList(attributes), language: "UNKNOWN", instanceUUID: id };
}

export function attributeList(attributes: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(attributes).map(([name, value]) => ({ name, value }));
}

async function endpoints(
  { metadata: stored }: QueryContext,
  key: ServiceKey | null,
  keyword: string | null | undefined,
  limit: number,
  duration: DurationInput | null | undefined,
) {
  if (key === null || limit < 1) return [];
  const alive = duration ? parseDuration(duration) : EVER;
  const names = await stored.endpoints(key.service, key.normal, keyword ?? "", Math.min(limit, ENDPOINTS_MAX), alive);
  return names.map((name) => ({ id: endpointId(key.service, name, key.normal), name }));
}
