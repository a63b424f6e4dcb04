import { Info } from "lucide-react";
import { formatCount } from "../../lib/format.ts";
import type { MeshLogTotal } from "../../lib/mesh-log-types.ts";

interface TotalProps {
  readonly total: MeshLogTotal | undefined;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

/** How many rows fit and how many calls they stand for; an estimate is said to be one, and why. */
export function Total({ total, isLoading, error }: TotalProps) {
  if (error !== null) return <span className="text-warn">Not counted: {error.message}</span>;
  if (total === undefined) return <span className="text-text-3">Counting …</span>;
  const { rows, calls, isExact } = total;
  const isContext = calls === 0 && rows > 0;
  return (
    <p className={`flex flex-wrap items-center gap-x-2 text-text-2 ${isLoading ? "opacity-60" : ""}`} aria-live="polite">
      <span>
        <b className="font-semibold text-text" data-field="totalRows" data-value={rows}>
          {formatCount(rows)}
        </b>{" "}
        {rows === 1 ? "row" : "rows"}
      </span>
      <span className="text-text-3">·</span>
      {isContext ? (
        <span>kept beside other reports of their requests, which count the calls</span>
      ) : (
        <span>
          {isExact ? "" : "about "}
          <b className="font-semibold text-text" data-field="totalCalls" data-value={calls}>
            {formatCount(calls)}
          </b>{" "}
          {calls === 1 ? "call" : "calls"}
        </span>
      )}
      {!isExact && !isContext && (
        <span className="inline-flex items-center gap-1.5 rounded-full bg-warn-soft px-2.5 py-0.5 text-xs text-warn">
          <Info size={13} aria-hidden className="shrink-0" /> A sample: a row marked ×8 stands for 8 calls, so counts are
          estimates
        </span>
      )}
    </p>
  );
}
