import { ArrowRight } from "lucide-react";
import { memo } from "react";
import { formatClock } from "../../lib/format.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";
import { Duration } from "./duration.tsx";
import { Response } from "./response.tsx";
import { isContext, Weight } from "./weight.tsx";

interface LogRowProps {
  readonly rowKey: string;
  readonly log: MeshLog;
  readonly isDated: boolean;
  readonly isOpen: boolean;
  readonly isFocusable: boolean;
  readonly onFocus: (key: string) => void;
  readonly onOpen: (key: string | null) => void;
}

/** The button in the first cell spreads over the whole row. */
export const LogRow = memo(function LogRow({ rowKey, log, isDated, isOpen, isFocusable, onFocus, onOpen }: LogRowProps) {
  const { time, kind, method, path, kept } = log;
  return (
    <tr className={isContext(log) ? "text-text-3" : undefined} data-open={isOpen} data-kept={kept} data-request={log.requestId}>
      <td className="font-mono whitespace-nowrap">
        <button
          type="button"
          className="cover"
          tabIndex={isFocusable ? 0 : -1}
          aria-expanded={isOpen}
          onFocus={() => onFocus(rowKey)}
          onClick={() => onOpen(isOpen ? null : rowKey)}
        >
          {formatClock(time, isDated)}
        </button>
      </td>
      <td className="line">
        <Ends log={log} />
      </td>
      <td className="line font-mono" title={`${method} ${path}`.trim()}>
        {kind === "tcp" ? (
          <span className="text-text-3">TCP connection</span>
        ) : (
          <>
            <span className="text-text-3">{method}</span> {path}
          </>
        )}
      </td>
      <td>
        <Response log={log} />
      </td>
      <td className="num">
        <Duration log={log} />
      </td>
      <td className="num">
        <Weight log={log} />
      </td>
    </tr>
  );
});

/** Caller and callee; the one whose proxy wrote the row stands out. */
function Ends({ log: { detectPoint, reporter, caller, callee } }: { readonly log: MeshLog }) {
  const names =
    detectPoint === "server" ? [caller, reporter] : detectPoint === "client" ? [reporter, callee] : [caller, reporter, callee];
  return (
    <span
      className="flex min-w-0 items-center gap-1"
      title={`${names.map((name) => name ?? "?").join(" → ")}, reported by ${reporter}`}
    >
      {names.map((name, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: places of a call, not a list
        <span key={i} className="flex min-w-0 items-center gap-1">
          {i > 0 && <ArrowRight size={12} className="shrink-0 text-text-3" aria-label="calls" />}
          <ShortName name={name ?? ""} isReporter={name === reporter} isWhole={names.length === 2} />
        </span>
      ))}
    </span>
  );
}

interface ShortNameProps {
  readonly name: string;
  readonly isReporter: boolean;
  /** With its namespace: there is room for two such names. */
  readonly isWhole: boolean;
}

function ShortName({ name, isReporter, isWhole }: ShortNameProps) {
  const dot = name.lastIndexOf(".");
  return (
    <span className="min-w-0 truncate">
      <span className={isReporter ? "font-semibold" : ""}>{dot > 0 ? name.slice(0, dot) : name || "?"}</span>
      {dot > 0 && isWhole && <span className="hidden text-text-3 @5xl:inline">{name.slice(dot)}</span>}
    </span>
  );
}
