import { Link } from "@tanstack/react-router";
import { ArrowRight, X } from "lucide-react";
import { LogsLink } from "../../components/logs-link.tsx";
import { ErrorShare, Figure } from "../../components/number.tsx";
import { ServiceName } from "../../components/service-name.tsx";
import { formatBytes, formatShare } from "../../lib/format.ts";
import type { MeshEdge, MeshEdgeSide, MeshMap } from "../../lib/mesh-types.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { errorShare } from "./edge-traffic.ts";

interface EdgePanelProps {
  readonly map: MeshMap;
  readonly edge: MeshEdge;
  readonly onClose: () => void;
}

/** One connection: what the calling and the called side saw of it. */
export function EdgePanel({ map, edge, onClose }: EdgePanelProps) {
  const [{ t }] = usePageSearch();
  const name = (id: string): string => map.nodes.find((node) => node.id === id)?.name ?? "";
  const link = (id: string) => (
    <Link to="/service" search={{ t, id }} className="hover:text-accent-text hover:underline">
      <ServiceName name={name(id)} />
    </Link>
  );
  return (
    <aside aria-label="Connection" className="card absolute top-4 right-4 w-96 max-w-[90vw] p-4">
      <div className="mb-3 flex items-start gap-2">
        <div className="min-w-0 flex-1 leading-snug">
          {link(edge.source)} <ArrowRight size={14} className="mx-0.5 inline text-text-3" aria-label="calls" />{" "}
          {link(edge.target)}
          <div className="text-xs text-text-3">{edge.protocols.join(", ")}</div>
        </div>
        <button type="button" className="button" aria-label="Close" onClick={onClose}>
          <X size={14} aria-hidden />
        </button>
      </div>
      <table className="w-full" aria-label="Both sides">
        <thead>
          <tr className="text-xs text-text-3">
            <th scope="col" className="text-left font-normal">
              Seen by
            </th>
            <th scope="col" className="text-right font-normal">
              caller
            </th>
            <th scope="col" className="text-right font-normal">
              callee
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([title, cell]) => (
            <tr key={title} className="border-t border-line">
              <th scope="row" className="py-1 text-left font-normal text-text-2">
                {title}
              </th>
              <td className="py-1 text-right">{edge.client === null ? "–" : cell(edge.client)}</td>
              <td className="py-1 text-right">{edge.server === null ? "–" : cell(edge.server)}</td>
            </tr>
          ))}
        </tbody>
      </table>
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

const ROWS: readonly (readonly [string, (side: MeshEdgeSide) => React.ReactNode])[] = [
  ["Calls", ({ calls }) => <Figure field="calls" value={calls} as="count" />],
  ["Rate", ({ callRate }) => <Figure field="callRate" value={callRate} as="rate" />],
  ["Errors", (side) => <ErrorShare value={errorShare(side)} />],
  ["p50", ({ p50 }) => <Figure field="p50" value={p50} as="ms" />],
  ["p95", ({ p95 }) => <Figure field="p95" value={p95} as="ms" />],
  ["p99", ({ p99 }) => <Figure field="p99" value={p99} as="ms" />],
  ["TCP connections", ({ tcpConnections }) => <Figure field="tcpConnections" value={tcpConnections} as="count" />],
  ["Encrypted", ({ tlsShare }) => formatShare(tlsShare)],
  ["Mutual TLS", ({ mtlsShare }) => formatShare(mtlsShare)],
  ["Bytes in, out", ({ bytesIn, bytesOut }) => `${formatBytes(bytesIn)}, ${formatBytes(bytesOut)}`],
];
