/** The end of the list: more of it, or where to go on. */
import { fixedWindow } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import type { KeyedRow } from "./rows.ts";
import { PAGE_ROWS, PAGES_MAX, type useLogs } from "./use-logs.ts";

interface OlderProps {
  readonly logs: ReturnType<typeof useLogs>;
  readonly rows: readonly KeyedRow[];
  /** Start of the window, ms. */
  readonly from: number;
}

export function Older({ logs: { data, hasNextPage, isFetchingNextPage, fetchNextPage }, rows, from }: OlderProps) {
  const [, change] = usePageSearch();
  const last = rows.at(-1)?.log.time ?? from;
  if (!hasNextPage) return <p className="p-4 text-center text-text-3">That is all that was kept.</p>;
  const isFull = (data?.pages.length ?? 0) >= PAGES_MAX;
  return (
    <div className="flex items-center justify-center gap-3 p-4 text-text-3">
      {isFull ? (
        <>
          {PAGE_ROWS * PAGES_MAX} rows are shown.
          <button
            type="button"
            className="button"
            onClick={() => change({ t: fixedWindow({ from, to: Math.ceil(last) + 1 }) }, true)}
          >
            Go on from here
          </button>
        </>
      ) : (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? "Reading …" : `Show ${PAGE_ROWS} older rows`}
        </button>
      )}
    </div>
  );
}
