import { useQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";
import type { MeshRequest } from "../../lib/mesh-log-types.ts";
import { LOG_FIELDS } from "./log-fields.ts";

const QUERY = `query Request($id: String!) {
  meshRequest(id: $id) { id from to truncated hops { caller callee depth parent from duration failed
    client { ${LOG_FIELDS} } server { ${LOG_FIELDS} } } }
}`;

/** Whatever was kept of a request, whenever it was. */
export function useRequest(id: string) {
  return useQuery({
    queryKey: ["request", id],
    queryFn: ({ signal }) => ask<{ meshRequest: MeshRequest | null }>(QUERY, { id }, signal),
  });
}
