import { useQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";
import type { MeshFlag } from "../../lib/mesh-log-types.ts";

const QUERY = "{ meshResponseFlags { short text } }";
const NONE: ReadonlyMap<string, string> = new Map();

/** What each of Envoy's response flags means, by its short name. */
export function useFlags(): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ["flags"],
    queryFn: ({ signal }) => ask<{ meshResponseFlags: readonly MeshFlag[] }>(QUERY, {}, signal),
    select: ({ data: { meshResponseFlags } }) => new Map(meshResponseFlags.map(({ short, text }) => [short, text])),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? NONE;
}
