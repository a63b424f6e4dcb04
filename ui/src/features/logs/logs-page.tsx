import { RefreshCw, SlidersHorizontal } from "lucide-react";
import { useMemo, useState } from "react";
import { ErrorState, Loading, Notice } from "../../components/states.tsx";
import { decodeFilter, encodeFilter, type FilterPart, hasPart, withoutPart, withPart } from "../../lib/log-filter.ts";
import { decodeWindow, fixedWindow, logWindow, resolveWindow } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { useTitle } from "../../lib/use-title.ts";
import { FACETS } from "./facet-filter.ts";
import { Facets } from "./facets.tsx";
import { Histogram } from "./histogram.tsx";
import { LogDrawer } from "./log-drawer.tsx";
import { LogTable } from "./log-table.tsx";
import { NothingKept } from "./nothing-kept.tsx";
import { Older } from "./older.tsx";
import { rowsOf } from "./rows.ts";
import { SearchBar } from "./search-bar.tsx";
import { Total } from "./total.tsx";
import { useFlags } from "./use-flags.ts";
import { useLogCounts } from "./use-log-counts.ts";
import { useLogHistogram } from "./use-log-histogram.ts";
import { useLogs } from "./use-logs.ts";
import { useOpenRow } from "./use-open-row.ts";

const OPEN_AT_FIRST = 6;

/** The access log: searched, counted, and read row by row. */
export function LogsPage() {
  useTitle("Logs");
  const [{ t, f, row }, change] = usePageSearch();
  const parts = useMemo(() => decodeFilter(f), [f]);
  const [fields, setFields] = useState<readonly string[]>(FACETS.slice(0, OPEN_AT_FIRST).map(({ field }) => field));
  const [hasFacets, setHasFacets] = useState(false);
  const flags = useFlags();
  const logs = useLogs(parts, row !== undefined);
  const counts = useLogCounts(parts, fields);
  const histogram = useLogHistogram(parts);
  const rows = useMemo(() => rowsOf(logs.data?.pages.map(({ data }) => data.meshLogs.rows) ?? []), [logs.data]);
  const setParts = (next: readonly FilterPart[]): void => change({ f: encodeFilter(next) }, true);
  const toggle = (part: FilterPart): void => setParts(hasPart(parts, part) ? withoutPart(parts, part) : withPart(parts, part));
  const { opened, open, setRow } = useOpenRow(rows, logs.isSuccess && !logs.isPlaceholderData, parts);
  const isPaused = decodeWindow(t).lastMinutes !== null && (open !== undefined || (logs.data?.pages.length ?? 0) > 1);
  const window = resolveWindow(decodeWindow(t), Date.now());
  const again = (): void => void Promise.all([logs.refetch(), counts.refetch(), histogram.refetch()]);
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-col gap-2 px-3 pt-4 pb-3 sm:px-5">
        <div className="flex items-start gap-3">
          <h1 className="pt-1 text-lg font-semibold">Logs</h1>
          <SearchBar parts={parts} facets={counts.data?.facets ?? new Map()} flags={flags} onChange={setParts} />
          <button type="button" className="button" onClick={again} aria-label="Read again" title="Read again">
            <RefreshCw size={14} aria-hidden className={logs.isFetching ? "animate-spin" : undefined} />
          </button>
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <button type="button" className="button lg:hidden" aria-pressed={hasFacets} onClick={() => setHasFacets(!hasFacets)}>
            <SlidersHorizontal size={14} aria-hidden /> Facets
          </button>
          <Total total={counts.data?.total} isLoading={counts.isPending || counts.isPlaceholderData} error={counts.error} />
          {isPaused && <span className="text-text-3">New rows are not read while you read these.</span>}
        </div>
        {histogram.data !== undefined && (
          <Histogram
            histogram={histogram.data}
            isStale={histogram.isPlaceholderData}
            onSpan={(span) => change({ t: fixedWindow(span) }, true)}
          />
        )}
      </div>
      {(logWindow(window).isCut || (logs.error !== null && rows.length > 0)) && (
        <div className="px-3 sm:px-5">
          {logWindow(window).isCut && <Notice>Access logs are searched over 31 days at most: these are the newest.</Notice>}
          {logs.error !== null && rows.length > 0 && <Notice>Shown is what was read last: {logs.error.message}</Notice>}
        </div>
      )}
      <div className="relative flex min-h-0 flex-1 border-t border-line">
        <Facets
          facets={counts.data?.facets}
          flags={flags}
          parts={parts}
          fields={fields}
          isShown={hasFacets}
          isCrowded={open !== undefined}
          onFields={setFields}
          onToggle={toggle}
        />
        <div className={`@container min-w-0 flex-1 overflow-auto ${logs.isPlaceholderData ? "opacity-60" : ""}`}>
          {logs.isPending && (
            <div className="p-5">
              <Loading rows={14} />
            </div>
          )}
          {logs.error !== null && rows.length === 0 && <ErrorState error={logs.error} onRetry={again} />}
          {logs.data !== undefined && rows.length === 0 && (
            <NothingKept hasFilter={parts.length > 0} onClear={() => setParts([])} />
          )}
          {rows.length > 0 && (
            <>
              <LogTable rows={rows} opened={opened} isDated={window.to - window.from > 86_400_000} onOpen={setRow} />
              <Older logs={logs} rows={rows} from={window.from} />
            </>
          )}
        </div>
        {open !== undefined && <LogDrawer log={open.log} onClose={() => setRow(null)} onFilter={toggle} />}
      </div>
    </div>
  );
}
