import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";
import { type FilterPart, filterInput } from "../../lib/log-filter.ts";
import type { MeshLogHistogram } from "../../lib/mesh-log-types.ts";
import { decodeWindow, logWindow, resolveWindow } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { COUNTS_REFRESH_MS } from "./use-log-counts.ts";

const QUERY = `query LogHistogram($window: LogWindow!, $filter: MeshLogFilter) {
  meshLogHistogram(window: $window, filter: $filter) { at stepMs calls failed isExact }
}`;

/** Calls over the page's window that fit. */
export function useLogHistogram(parts: readonly FilterPart[]) {
  const [{ t, f }] = usePageSearch();
  const window = decodeWindow(t);
  return useQuery({
    queryKey: ["log-histogram", t ?? "", f ?? ""],
    queryFn: ({ signal }) => {
      const { from, to } = logWindow(resolveWindow(window, Date.now()));
      const variables = { window: { from, to }, filter: filterInput(parts) };
      return ask<{ meshLogHistogram: MeshLogHistogram }>(QUERY, variables, signal);
    },
    select: ({ data }) => data.meshLogHistogram,
    refetchInterval: window.lastMinutes === null ? false : COUNTS_REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
