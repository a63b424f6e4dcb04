import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";
import { type FilterPart, filterInput } from "../../lib/log-filter.ts";
import type { MeshLogFacet, MeshLogTotal } from "../../lib/mesh-log-types.ts";
import { decodeWindow, logWindow, resolveWindow } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { type CountsAnswer, countsQuestion, facetsOf } from "./counts-question.ts";

/** Counting reads every row of the window, so it is done less often than reading the newest. */
export const COUNTS_REFRESH_MS = 30_000;

export interface LogCounts {
  readonly total: MeshLogTotal;
  readonly facets: ReadonlyMap<string, MeshLogFacet>;
}

/** How many rows fit, and the values of these fields among them. */
export function useLogCounts(parts: readonly FilterPart[], fields: readonly string[]) {
  const [{ t, f }] = usePageSearch();
  const window = decodeWindow(t);
  return useQuery({
    queryKey: ["log-counts", t ?? "", f ?? "", fields],
    queryFn: ({ signal }) => {
      const { from, to } = logWindow(resolveWindow(window, Date.now()));
      const { query, filters } = countsQuestion(parts, fields);
      return ask<CountsAnswer>(query, { window: { from, to }, filter: filterInput(parts), ...filters }, signal);
    },
    select: ({ data }): LogCounts => ({ total: data.meshLogs.total, facets: facetsOf(data) }),
    refetchInterval: window.lastMinutes === null ? false : COUNTS_REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
