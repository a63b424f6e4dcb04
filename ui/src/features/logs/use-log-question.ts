import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Answer, ask } from "../../lib/graphql-client.ts";
import { type FilterPart, filterInput } from "../../lib/log-filter.ts";
import { decodeWindow, logWindow, resolveWindow } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";

/** Counting reads every row of the window, so it is done less often than reading the newest. */
const REFRESH_MS = 30_000;

interface LogQuestion<Data, Shown> {
  /** Tells it from other questions about the same window and filter. */
  readonly key: readonly unknown[];
  /** Takes $window and $filter, and `variables`. */
  readonly question: () => { readonly query: string; readonly variables?: object };
  readonly select: (data: Data) => Shown;
}

/** What is counted over the page's window among the rows that fit. */
export function useLogQuestion<Data, Shown>(parts: readonly FilterPart[], { key, question, select }: LogQuestion<Data, Shown>) {
  const [{ t, f }] = usePageSearch();
  const window = decodeWindow(t);
  return useQuery({
    queryKey: [...key, t ?? "", f ?? ""],
    queryFn: ({ signal }) => {
      const { from, to } = logWindow(resolveWindow(window, Date.now()));
      const { query, variables } = question();
      return ask<Data>(query, { window: { from, to }, filter: filterInput(parts), ...variables }, signal);
    },
    select: ({ data }: Answer<Data>) => select(data),
    refetchInterval: window.lastMinutes === null ? false : REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
