/** The entity of the query protocol -> the key of a row. Which fields count is decided by the metric's scope. */
import type { Scope } from "../oap/catalog/columns.ts";
import type { EntityKey } from "./readers/entity-rows.ts";

export interface EntityInput {
  readonly serviceName?: string | null;
  readonly normal?: boolean | null;
  readonly serviceInstanceName?: string | null;
  readonly endpointName?: string | null;
  readonly destServiceName?: string | null;
  readonly destNormal?: boolean | null;
  readonly destServiceInstanceName?: string | null;
}

/** The key an entity stands for; null when a field that the scope needs is missing. */
export function entityKey(scope: Scope, detectPoint: string, entity: EntityInput): EntityKey | null {
  const { serviceName, normal, serviceInstanceName, endpointName, destServiceName, destNormal, destServiceInstanceName } = entity;
  if (serviceName == null || normal == null) return null;
  const key: EntityKey = {
    scope,
    service: serviceName,
    normal,
    instance: "",
    endpoint: "",
    destService: "",
    destNormal: false,
    destInstance: "",
    detectPoint,
  }; // prettier-ignore
  switch (scope) {
    case "service":
      return key;
    case "instance":
      return serviceInstanceName == null ? null : { ...key, instance: serviceInstanceName };
    case "endpoint":
      return endpointName == null ? null : { ...key, endpoint: endpointName };
    case "service_relation":
      return destServiceName == null || destNormal == null ? null : { ...key, destService: destServiceName, destNormal };
    case "instance_relation":
      if (destServiceName == null || destNormal == null || serviceInstanceName == null || destServiceInstanceName == null)
        return null;
      return {
        ...key,
        instance: serviceInstanceName,
        destService: destServiceName,
        destNormal,
        destInstance: destServiceInstanceName,
      };
  }
}
