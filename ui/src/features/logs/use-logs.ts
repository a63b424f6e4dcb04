import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";
import { type FilterPart, filterInput } from "../../lib/log-filter.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";
import { decodeWindow, logWindow, resolveWindow } from "../../lib/url-state.ts";
import { REFRESH_MS } from "../../lib/use-mesh-query.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { LOG_FIELDS } from "./log-fields.ts";

export const PAGE_ROWS = 100;
/** More than so many pages nobody reads: the window's end is moved instead. */
export const PAGES_MAX = 10;

export const LOGS_QUERY = `query Logs($window: LogWindow!, $filter: MeshLogFilter, $first: Int, $after: String) {
  meshLogs(window: $window, filter: $filter, first: $first, after: $after) { next rows { ${LOG_FIELDS} } }
}`;

export interface LogsAnswer {
  readonly meshLogs: { readonly rows: readonly MeshLog[]; readonly next: string | null };
}

interface Place {
  readonly after: string;
  /** Of the first page, so that all pages are of one list. */
  readonly window: { readonly from: number; readonly to: number };
}

/** Rows of the page's window that fit, newest first, page by page. A running window is read again every ten seconds, but not under the
 *  eyes of somebody who has opened a row or gone on to further pages. */
export function useLogs(parts: readonly FilterPart[], isReading: boolean) {
  const [{ t, f }] = usePageSearch();
  const window = decodeWindow(t);
  return useInfiniteQuery({
    queryKey: ["logs", t ?? "", f ?? ""],
    queryFn: async ({ signal, pageParam }) => {
      const { from, to } = pageParam?.window ?? logWindow(resolveWindow(window, Date.now()));
      const variables = { window: { from, to }, filter: filterInput(parts), first: PAGE_ROWS, after: pageParam?.after ?? null };
      return { ...(await ask<LogsAnswer>(LOGS_QUERY, variables, signal)), window: { from, to } };
    },
    initialPageParam: null as Place | null,
    getNextPageParam: ({ data, window: asked }) =>
      data.meshLogs.next === null ? null : { after: data.meshLogs.next, window: asked },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      window.lastMinutes === null || isReading || (state.data?.pages.length ?? 0) > 1 ? false : REFRESH_MS,
  });
}
