/** Ids of the query protocol -> entities, and back. */
import type { Scope } from "../oap/catalog/columns.ts";
import { endpointId, instanceId, parseMemberId, parseServiceId, relationId, serviceId } from "../oap/model/entity.ts";
import type { EntityInput } from "./entity-input.ts";

/** The id of an entity that has all fields which the scope needs. */
export function entityId(scope: Scope, entity: EntityInput): string {
  const { serviceName, normal, serviceInstanceName, endpointName } = entity;
  const { destServiceName, destNormal, destServiceInstanceName } = entity;
  const service = serviceName ?? "";
  const dest = destServiceName ?? "";
  const [isNormal, isDestNormal] = [normal ?? true, destNormal ?? true];
  switch (scope) {
    case "service":
      return serviceId(service, isNormal);
    case "instance":
      return instanceId(service, serviceInstanceName ?? "", isNormal);
    case "endpoint":
      return endpointId(service, endpointName ?? "", isNormal);
    case "service_relation":
      return relationId(serviceId(service, isNormal), serviceId(dest, isDestNormal));
    case "instance_relation":
      return relationId(
        instanceId(service, serviceInstanceName ?? "", isNormal),
        instanceId(dest, destServiceInstanceName ?? "", isDestNormal),
      );
  }
}

/** The entity of an id; null when the text is no id of this scope. */
export function entityOfId(scope: Scope, id: string): EntityInput | null {
  if (scope !== "service_relation" && scope !== "instance_relation") return sideOf(scope, id);
  const [source, target, ...more] = id.split("-"); // no id of a side has one
  const side = scope === "service_relation" ? "service" : "instance";
  const [from, to] = [sideOf(side, source ?? ""), sideOf(side, target ?? "")];
  if (from === null || to === null || more.length > 0) return null;
  return {
    ...from,
    destServiceName: to.serviceName,
    destNormal: to.normal,
    destServiceInstanceName: to.serviceInstanceName,
  }; // prettier-ignore
}

function sideOf(scope: "service" | "instance" | "endpoint", id: string): EntityInput | null {
  if (scope === "service") {
    const key = parseServiceId(id);
    return key === null ? null : { serviceName: key.service, normal: key.normal };
  }
  const key = parseMemberId(id);
  if (key === null) return null;
  const owner = { serviceName: key.service, normal: key.normal };
  return scope === "instance" ? { ...owner, serviceInstanceName: key.name } : { ...owner, endpointName: key.name };
}
