/** Ranked entities as an expression's list has them: named, with who they are. */
import type { Scope } from "../../oap/catalog/columns.ts";
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";
import type { Owner, Value } from "../expression/result.ts";
import type { RankedEntity } from "./ranking-statements.ts";

const SCOPES: Partial<Record<Scope, Owner["scope"]>> = { service: "Service", instance: "ServiceInstance", endpoint: "Endpoint" };

/** Relations are not ranked. */
export function isRanked(scope: Scope): boolean {
  return SCOPES[scope] !== undefined;
}

/** An instance or endpoint is named after its service too, unless only that service was asked for. */
export function rankedValues(scope: Scope, rows: readonly RankedEntity[], isOfOneService: boolean): Value[] {
  const known = SCOPES[scope];
  if (known === undefined) return [];
  return rows.map((row) => {
    const owner = ownerOf(known, row);
    const own = owner.serviceInstanceName ?? owner.endpointName;
    const name = own === null ? row.service : isOfOneService ? own : `${row.service} - ${own}`;
    return { id: name, owner, value: row.value };
  });
}

function ownerOf(scope: Owner["scope"], { service, normal, instance, endpoint }: RankedEntity): Owner {
  const isNormal = normal === 1;
  const isInstance = scope === "ServiceInstance";
  const isEndpoint = scope === "Endpoint";
  return {
    scope,
    serviceID: serviceId(service, isNormal),
    serviceName: service,
    normal: isNormal,
    serviceInstanceID: isInstance ? instanceId(service, instance, isNormal) : null,
    serviceInstanceName: isInstance ? instance : null,
    endpointID: isEndpoint ? endpointId(service, endpoint, isNormal) : null,
    endpointName: isEndpoint ? endpoint : null,
  };
}
