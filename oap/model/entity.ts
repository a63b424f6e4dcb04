/** Names and ids of everything a metric can belong to. Ids are part of the SkyWalking query protocol: clients build and
 *  take apart the same strings. Base64 is the standard alphabet with padding over UTF-8. */

export const DetectPoint = { none: 0, client: 1, server: 2 } as const;
export type DetectPoint = (typeof DetectPoint)[keyof typeof DetectPoint];

/** How a detect point is stored, by its number. */
export const DETECT_POINT_NAMES = ["", "client", "server"] as const;

/** The peer nobody could name. It is drawn on the map, and never listed as a service. */
export const UNKNOWN = "UNKNOWN";
/** Where everything beyond a cardinality budget is counted: exact totals under one name. */
export const OTHER = "{other}";
/** What a blank name is stored as. */
const BLANK = "_blank";

export interface ServiceKey {
  readonly service: string;
  readonly normal: boolean;
}

/** Layers by their number in the query protocol. Those this system fills: MESH (access logs) and UNDEFINED. */
export const LAYERS: readonly string[] = [
  "UNDEFINED",
  "MESH",
  "GENERAL",
  "OS_LINUX",
  "K8S",
  "FAAS",
  "MESH_CP",
  "MESH_DP",
  "DATABASE",
  "CACHE",
  "BROWSER",
  "SO11Y_OAP",
  "SO11Y_SATELLITE",
  "MQ",
  "VIRTUAL_DATABASE",
  "VIRTUAL_MQ",
  "VIRTUAL_GATEWAY",
  "K8S_SERVICE",
]; // prettier-ignore

const encode = (name: string): string => Buffer.from(name === "" ? BLANK : name, "utf8").toString("base64");

/** Strict: null when the text is not the Base64 of valid UTF-8. */
function decode(text: string): string | null {
  const bytes = Buffer.from(text, "base64");
  if (text === "" || bytes.toString("base64") !== text) return null;
  return bytes.toString("utf8");
}

export function serviceId(service: string, normal = true): string {
  return `${encode(service)}.${normal ? 1 : 0}`;
}

export function instanceId(service: string, instance: string, normal = true): string {
  return `${serviceId(service, normal)}_${encode(instance)}`;
}

export function endpointId(service: string, endpoint: string, normal = true): string {
  return `${serviceId(service, normal)}_${encode(endpoint)}`;
}

export function relationId(sourceId: string, destinationId: string): string {
  return `${sourceId}-${destinationId}`;
}

/** The service an id stands for, or null when the text is no service id. */
export function parseServiceId(id: string): ServiceKey | null {
  const parts = id.split(".");
  if (parts.length !== 2 || (parts[1] !== "0" && parts[1] !== "1")) return null;
  const service = decode(parts[0] ?? "");
  return service === null ? null : { service, normal: parts[1] === "1" };
}

/** An instance or endpoint id taken apart: its service and its own name; null when the text is neither. */
export function parseMemberId(id: string): (ServiceKey & { readonly name: string }) | null {
  const cut = id.indexOf("_");
  if (cut < 0) return null;
  const owner = parseServiceId(id.slice(0, cut));
  const name = decode(id.slice(cut + 1));
  return owner === null || name === null ? null : { ...owner, name };
}

/** `group::short` names belong to a group; every other name is its own short name. */
export function serviceGroup(service: string): {
  readonly group: string;
  readonly shortName: string;
} {
  const cut = service.indexOf("::");
  return cut > 0 ? { group: service.slice(0, cut), shortName: service.slice(cut + 2) } : { group: "", shortName: service };
}
