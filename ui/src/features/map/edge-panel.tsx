import { Link } from "@tanstack/react-router";
import { ArrowRight, X } from "lucide-react";
import { LogsLink } from "../../components/logs-link.tsx";
import { ServiceName } from "../../components/service-name.tsx";
import type { MeshEdge, MeshMap } from "../../lib/mesh-types.ts";
import { useEscapeKey } from "../../lib/use-escape-key.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { EdgeSides } from "./edge-sides.tsx";

interface EdgePanelProps {
  readonly map: MeshMap;
  readonly edge: MeshEdge;
  readonly onClose: () => void;
}

/** One connection: what the calling and the called side saw of it. */
export function EdgePanel({ map, edge, onClose }: EdgePanelProps) {
  const [{ t }] = usePageSearch();
  useEscapeKey(onClose);
  const name = (id: string): string => map.nodes.find((node) => node.id === id)?.name ?? "";
  const link = (id: string) => (
    <Link to="/service" search={{ t, id }} className="hover:text-accent-text hover:underline">
      <ServiceName name={name(id)} />
    </Link>
  );
  return (
    <aside
      aria-label="Connection"
      className="card absolute top-4 right-4 max-h-[calc(100%-2rem)] w-96 max-w-[90vw] overflow-auto p-4"
    >
      <div className="mb-3 flex items-start gap-2">
        <div className="min-w-0 flex-1 leading-snug">
          {link(edge.source)} <ArrowRight size={14} className="mx-0.5 inline text-text-3" aria-label="calls" />{" "}
          {link(edge.target)}
          <div className="text-xs text-text-3">{edge.protocols.join(", ")}</div>
        </div>
        <button type="button" className="button" aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <X size={14} aria-hidden />
        </button>
      </div>
      <EdgeSides edge={edge} />
      <p className="mt-3">
        <LogsLink
          parts={[
            { name: "caller", value: name(edge.source) },
            { name: "callee", value: name(edge.target) },
          ]}
          label={`Logs of calls from ${name(edge.source)} to ${name(edge.target)}`}
          text="Logs of these calls"
        />
      </p>
      {(edge.client === null || edge.server === null) && (
        <p className="mt-3 text-xs text-text-3">
          Only the {edge.client === null ? "called" : "calling"} side has a proxy that reports here.
        </p>
      )}
    </aside>
  );
}
