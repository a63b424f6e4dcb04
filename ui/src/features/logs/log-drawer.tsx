import { Link } from "@tanstack/react-router";
import { Waypoints, X } from "lucide-react";
import { formatTime } from "../../lib/format.ts";
import type { FilterPart } from "../../lib/log-filter.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";
import { useEscapeKey } from "../../lib/use-escape-key.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { LogDetail } from "./log-detail.tsx";
import { Response } from "./response.tsx";

interface LogDrawerProps {
  readonly log: MeshLog;
  readonly onClose: () => void;
  readonly onFilter: (part: FilterPart) => void;
}

/** One row in full, beside the list. */
export function LogDrawer({ log, onClose, onFilter }: LogDrawerProps) {
  const [{ t, f }] = usePageSearch();
  useEscapeKey(onClose);
  return (
    <aside
      aria-label="Row"
      className="absolute inset-y-0 right-0 z-10 flex w-[min(520px,100%)] flex-col border-l border-line bg-surface shadow-(--shadow) xl:static xl:w-[480px] xl:shrink-0 xl:shadow-none"
    >
      <div className="flex items-start gap-3 border-b border-line px-4 py-3">
        <div className="min-w-0 flex-1">
          <div className="flex items-center gap-2 text-base font-semibold">
            {log.kind === "tcp" && <span>TCP</span>}
            <Response log={log} />
            <span className="text-sm font-normal text-text-3">{formatTime(log.time)}</span>
          </div>
          <div className="font-mono text-[13px] break-all">
            {log.method} {log.path}
          </div>
          {log.requestId !== "" && (
            <Link to="/logs/request" search={{ t, f, req: log.requestId }} className="button mt-2">
              <Waypoints size={14} aria-hidden /> All hops of this request
            </Link>
          )}
        </div>
        <button type="button" className="button" aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <X size={14} aria-hidden />
        </button>
      </div>
      <div className="min-h-0 flex-1 overflow-auto p-4">
        <LogDetail log={log} onFilter={onFilter} />
      </div>
    </aside>
  );
}
