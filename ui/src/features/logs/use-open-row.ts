import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { ask } from "../../lib/graphql-client.ts";
import { type FilterPart, filterInput } from "../../lib/log-filter.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { type KeyedRow, momentOf, rowsOf } from "./rows.ts";
import { LOGS_QUERY, type LogsAnswer, PAGE_ROWS } from "./use-logs.ts";

/** The row that the address names, and a way to name another: opening one is a step that Back undoes, going from one to the next is not.
 *  A row that the list does not hold, for a running window has gone on since the link was made, is asked for by itself.
 *  @param isRead whether `rows` are those of the filter, and not of the one before */
export function useOpenRow(rows: readonly KeyedRow[], isRead: boolean, parts: readonly FilterPart[]) {
  const [{ row, f }, change] = usePageSearch();
  const listed = rows.find(({ key }) => key === row);
  const isAsked = row !== undefined && isRead && listed === undefined;
  const { data, isError } = useQuery({
    queryKey: ["log-row", row, f ?? ""],
    queryFn: async ({ signal }) => {
      const variables = { window: momentOf(row ?? ""), filter: filterInput(parts), first: PAGE_ROWS };
      const { meshLogs } = (await ask<LogsAnswer>(LOGS_QUERY, variables, signal)).data;
      return rowsOf([meshLogs.rows]).find(({ key }) => key === row) ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isAsked,
  });
  // A row that is not there, or no longer fits, is closed: the list is not read again while one is open.
  const isGone = isAsked && (isError || data === null);
  useEffect(() => {
    if (isGone) change({ row: undefined });
  }, [isGone, change]);
  const isOpen = row !== undefined;
  const setRow = useCallback(
    (key: string | null) => change({ row: key ?? undefined }, key !== null && !isOpen),
    [change, isOpen],
  );
  return { opened: row ?? null, open: listed ?? (isAsked ? (data ?? undefined) : undefined), setRow };
}
