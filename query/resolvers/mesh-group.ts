/** A group of services as if they were one. */
import { parseServiceId, serviceId } from "../../oap/model/entity.ts";
import { QueryError } from "../../oap/model/errors.ts";
import type { QueryContext } from "../context.ts";
import { namespaceOf } from "../namespace.ts";
import { readGroupTraffic } from "../readers/group-traffic.ts";
import type { StoredService } from "../readers/metadata.ts";
import { trafficOf } from "../traffic-shape.ts";
import { meshWindow, type WindowInput } from "../window.ts";

const SERVICES_MAX = 5_000;

interface Group {
  readonly window: WindowInput;
  readonly services?: readonly string[] | null;
  readonly layer?: string | null;
  readonly namespace?: string | null;
}

export const meshGroup = {
  Query: {
    meshGroup: async (_: unknown, group: Group, { sql, clock, retention, metadata }: QueryContext) => {
      const window = meshWindow(group.window, { nowMs: clock.now(), ...retention });
      const isOfGroup = membership(group);
      const services = (await metadata.services()).filter(isOfGroup);
      if (services.length > SERVICES_MAX)
        throw new QueryError(`the group has ${services.length} services, more than ${SERVICES_MAX}`);
      const row = await readGroupTraffic(sql, services, window);
      return { services: services.length, traffic: row === null ? null : trafficOf(row, window) };
    },
  },
};

/** @throws QueryError when one of the ids is none of a service */
function membership({ services, layer, namespace }: Group): (service: StoredService) => boolean {
  const wrong = services?.find((id) => parseServiceId(id) === null);
  if (wrong !== undefined) throw new QueryError(`services: "${wrong}" is not the id of a service`);
  const ids = services == null ? null : new Set(services);
  return ({ service, normal, layers }) =>
    (ids === null || ids.has(serviceId(service, normal))) &&
    (layer == null || layers.includes(layer)) &&
    (namespace == null || (namespaceOf(service) ?? "") === namespace);
}
