import { ArrowRight, ChevronDown, ChevronRight } from "lucide-react";
import { type CSSProperties, useState } from "react";
import { ServiceName } from "../../components/service-name.tsx";
import { formatMs } from "../../lib/format.ts";
import type { MeshHop, MeshLog, MeshRequest } from "../../lib/mesh-log-types.ts";
import { Duration } from "./duration.tsx";
import { extentOf, spanOf } from "./extent.ts";
import { LogDetail } from "./log-detail.tsx";
import { Response } from "./response.tsx";

const INDENT_MAX = 8;

/** Calls as a tree, each with a bar for what either end saw of it. */
export function HopList({ request }: { readonly request: MeshRequest }) {
  const [opened, setOpened] = useState<number | null>(null);
  return (
    <section aria-label="Hops" className="card overflow-hidden">
      <div className="hop-grid border-b border-line px-4 py-2 text-xs text-text-3">
        <span className="max-sm:sr-only">Call</span>
        <span className="line flex flex-wrap items-center gap-x-4">
          <Key className="bg-series-1" text="as the caller saw it" /> <Key className="bg-series-2" text="as the callee saw it" />
        </span>
        <span className="text-right max-sm:sr-only">Took</span>
        <span className="max-sm:sr-only">Response</span>
      </div>
      <ul>
        {request.hops.map((hop, i) => (
          <Hop
            // biome-ignore lint/suspicious/noArrayIndexKey: hops are known by their place
            key={i}
            hop={hop}
            request={request}
            isOpen={opened === i}
            onToggle={() => setOpened(opened === i ? null : i)}
          />
        ))}
      </ul>
    </section>
  );
}

interface HopProps {
  readonly hop: MeshHop;
  readonly request: MeshRequest;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Hop({ hop, request, isOpen, onToggle }: HopProps) {
  const { caller, callee, depth, failed, client, server } = hop;
  const report = client ?? server;
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className="border-b border-line last:border-0" data-hop={`${caller} > ${callee}`} data-depth={depth}>
      <button
        type="button"
        className="hop-grid w-full cursor-pointer px-4 py-2 text-left hover:bg-sunken"
        aria-expanded={isOpen}
        onClick={onToggle}
      >
        <span
          className="hop-call line flex min-w-0 items-start gap-1"
          style={{ "--depth": Math.min(depth, INDENT_MAX) } as CSSProperties}
        >
          <Arrow size={14} aria-hidden className="mt-0.5 shrink-0 text-text-3" />
          <span className="min-w-0">
            <span className="block wrap-anywhere sm:truncate" title={`${caller} → ${callee}`}>
              <span className="text-text-3">{caller.replace(/\.[^.]*$/, "")}</span>{" "}
              <ArrowRight size={12} className="inline text-text-3" aria-label="calls" /> <ServiceName name={callee} />
            </span>
            <span className="block truncate font-mono text-xs text-text-3">
              {report?.method} {report?.path}
            </span>
          </span>
        </span>
        <span className="flex flex-col justify-center gap-0.5">
          <Bar log={client} side="caller" request={request} className={failed ? "bg-bad" : "bg-series-1"} />
          <Bar log={server} side="callee" request={request} className="bg-series-2" />
        </span>
        <span className="self-center text-right whitespace-nowrap">
          {report !== null && <Duration log={{ ...report, kept: "REST" }} />}
        </span>
        <span className="self-center">
          {report !== null && <Response log={failed ? { ...report, kept: "FAILED" } : report} />}
        </span>
      </button>
      {isOpen && (
        <div className="grid gap-6 border-t border-line bg-bg px-4 py-4 lg:grid-cols-2">
          <Side title="As the caller saw it" log={client} />
          <Side title="As the callee saw it" log={server} />
        </div>
      )}
    </li>
  );
}

function Side({ title, log }: { readonly title: string; readonly log: MeshLog | null }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-2 font-semibold">{title}</h2>
      {log === null ? (
        <p className="text-text-3">
          No report of this end was kept: it has no proxy that reports here, or the call never reached it.
        </p>
      ) : (
        <LogDetail log={log} />
      )}
    </section>
  );
}

interface BarProps {
  readonly log: MeshLog | null;
  readonly side: string;
  readonly request: MeshRequest;
  readonly className: string;
}

/** When a report was under way, over the whole request. */
function Bar({ log, side, request: { from, to }, className }: BarProps) {
  if (log === null)
    return <span className="h-1.5 rounded-sm border-t border-dashed border-line-strong" title={`No report of the ${side}`} />;
  const whole = Math.max(to - from, 0.001);
  const span = spanOf(log);
  const left = (span.from - from) / whole;
  const width = Math.min(1 - left, (span.to - span.from) / whole);
  return (
    <span
      className="relative block h-1.5 rounded-sm bg-line"
      title={`${side}: from ${formatMs(span.from - from)}, took ${formatMs(extentOf(log))}`}
    >
      <span
        className={`absolute inset-y-0 min-w-0.5 rounded-sm ${className}`}
        style={{ left: `${left * 99.5}%`, width: `${width * 100}%` }}
      />
    </span>
  );
}

function Key({ className, text }: { readonly className: string; readonly text: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className={`h-1.5 w-5 rounded-sm ${className}`} /> {text}
    </span>
  );
}
