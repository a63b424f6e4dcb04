/** A value of a facet as the filter that finds it. Pure. Source of the fields: MeshLogField of query/schema/logs.graphql. */
import { type FilterName, type FilterPart, partOf } from "../../lib/log-filter.ts";

export interface FacetShape {
  readonly field: string;
  readonly name: FilterName;
  readonly title: string;
}

/** In the order they are shown; the first ones are open. */
export const FACETS: readonly FacetShape[] = [
  { field: "KEPT", name: "kept", title: "Kept as" },
  { field: "CODE", name: "code", title: "Code" },
  { field: "FLAGS", name: "flag", title: "Flag" },
  { field: "CALLER", name: "caller", title: "Caller" },
  { field: "CALLEE", name: "callee", title: "Callee" },
  { field: "ENDPOINT", name: "endpoint", title: "Endpoint" },
  { field: "METHOD", name: "method", title: "Method" },
  { field: "CODE_DETAILS", name: "details", title: "Code details" },
  { field: "INSTANCE", name: "instance", title: "Instance of the reporter" },
  { field: "REPORTER", name: "reporter", title: "Reporter" },
  { field: "DETECT_POINT", name: "side", title: "Side" },
  { field: "KIND", name: "kind", title: "Kind" },
  { field: "TLS_MODE", name: "tls", title: "TLS" },
  { field: "PEER_PRINCIPAL", name: "principal", title: "Peer’s principal" },
  { field: "AUTHORITY", name: "authority", title: "Authority" },
  { field: "UPSTREAM_CLUSTER", name: "cluster", title: "Upstream cluster" },
  { field: "ROUTE", name: "route", title: "Route" },
  { field: "GRPC_STATUS", name: "grpc", title: "gRPC status" },
];

/** null: no filter finds it. */
export function facetPart({ name }: FacetShape, value: string): FilterPart | null {
  return partOf(name, name === "flag" && value === "" ? "none" : value);
}

/** How a value reads. */
export function facetText({ field }: FacetShape, value: string): string {
  if (field === "KEPT") return value.toLowerCase();
  if (field === "CODE" && value === "0") return "no response";
  if (field === "GRPC_STATUS" && value === "-1") return "not logged";
  if (field === "FLAGS" && value === "") return "no flag";
  return value === "" ? "(empty)" : value;
}
