import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { CopyButton } from "../../components/copy-button.tsx";
import { Empty, ErrorState, Loading, Notice } from "../../components/states.tsx";
import { formatClock, formatMs, formatTime } from "../../lib/format.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { useTitle } from "../../lib/use-title.ts";
import { HopList } from "./hop-list.tsx";
import { useRequest } from "./use-request.ts";

/** One request: the calls it consisted of, inside each other, and when each was under way. */
export function RequestPage() {
  const [{ t, f, req = "" }] = usePageSearch();
  useTitle(`Request ${req}`);
  const { data, error, refetch } = useRequest(req);
  const request = data?.data.meshRequest;
  const back = (
    <Link to="/logs" search={{ t, f }} className="button">
      <ArrowLeft size={14} aria-hidden /> Logs
    </Link>
  );
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (request === undefined)
    return (
      <div className="mx-auto max-w-6xl p-3 sm:p-5">
        <Loading rows={8} />
      </div>
    );
  if (request === null)
    return (
      <Empty title="No report of this request was kept">
        <p className="mb-4">It may be older than access logs are kept, not among the sample of a busy mesh, or never made.</p>
        {back}
      </Empty>
    );
  const { from, to, hops, truncated } = request;
  const failed = hops.filter((hop) => hop.failed).length;
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-3 sm:p-5">
      <div className="flex flex-wrap items-center gap-3">
        {back}
        <h1 className="min-w-0 text-lg font-semibold break-all">
          Request <span className="font-mono text-base font-normal">{req}</span>
        </h1>
        <CopyButton text={req} label="Copy the request id" />
      </div>
      {truncated && <Notice>There are more reports than can be shown; these are the earliest.</Notice>}
      <p className="text-text-2">
        {formatTime(from).slice(0, 10)} {formatClock(from)} · took <b className="text-text">{formatMs(to - from)}</b> ·{" "}
        <span data-field="hops" data-value={hops.length}>
          {hops.length} {hops.length === 1 ? "call" : "calls"}
        </span>
        {failed > 0 && <span className="text-bad"> · {failed} failed</span>}
      </p>
      <HopList request={request} />
    </div>
  );
}
