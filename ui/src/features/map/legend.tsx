/** Below this, percentiles are as near as those of any other page. */
const FINE_ERROR = 0.015;

/** @param percentileError how far percentiles may be off, as a share of them; null where there are none. */
export function Legend({ percentileError }: { readonly percentileError: number | null }) {
  return (
    <ul className="ml-auto hidden items-center gap-4 text-xs text-text-3 lg:flex" aria-label="Legend">
      <li className="flex items-center gap-1.5">
        <span className="h-0.5 w-6 bg-text-3" /> calls, wider is more
      </li>
      <li className="flex items-center gap-1.5">
        <span className="w-6 border-t-2 border-dashed border-text-3" /> TCP
      </li>
      <li className="flex items-center gap-1.5 text-bad">
        <span aria-hidden>▲</span> 1 % or more fail
      </li>
      <li className="flex items-center gap-1.5">
        <span className="h-3 w-5 rounded border border-dashed border-line-strong" /> told of by others only
      </li>
      {percentileError !== null && percentileError > FINE_ERROR && (
        <li
          data-field="percentileError"
          data-value={percentileError}
          title="There are many connections: a service’s own page is within 1 %"
        >
          percentiles within {Math.round(percentileError * 100)} %
        </li>
      )}
    </ul>
  );
}
