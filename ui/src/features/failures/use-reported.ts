import { useMeshQuery } from "../../lib/use-mesh-query.ts";

const QUERY = "query Reported($window: Window!, $around: ID) { meshMap(window: $window, around: $around) { nodes { id } } }";

/** Whether there were any calls in the window, of and to one service or at all; undefined: not known yet. Without calls nothing can fail,
 *  and that is no good news. */
export function useReported(around: string | undefined): boolean | undefined {
  const variables = { around: around ?? null };
  const { data, isPlaceholderData } = useMeshQuery<{ meshMap: { nodes: readonly unknown[] } }>("reported", QUERY, variables);
  return data === undefined || isPlaceholderData ? undefined : data.data.meshMap.nodes.length > 0;
}
