import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Answer, ask } from "./graphql-client.ts";
import { decodeWindow, resolveWindow } from "./url-state.ts";
import { usePageSearch } from "./use-page-search.ts";

export const REFRESH_MS = 10_000;

/** A question over the page's time window, asked again every ten seconds while the window runs. */
export function useMeshQuery<T>(name: string, query: string, variables: object = {}): UseQueryResult<Answer<T>> {
  const [{ t }] = usePageSearch();
  const window = decodeWindow(t);
  return useQuery({
    queryKey: [name, t ?? "", variables],
    queryFn: ({ signal }) => ask<T>(query, { ...variables, window: resolveWindow(window, Date.now()) }, signal),
    refetchInterval: window.lastMinutes === null ? false : REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
