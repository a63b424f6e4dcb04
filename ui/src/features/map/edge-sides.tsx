import { ErrorShare, Figure } from "../../components/number.tsx";
import { formatBytes, formatShare } from "../../lib/format.ts";
import type { MeshEdge, MeshEdgeSide } from "../../lib/mesh-types.ts";
import { errorShare } from "./edge-traffic.ts";

/** What the calling and the called side saw of a connection, beside each other. */
export function EdgeSides({ edge }: { readonly edge: MeshEdge }) {
  const rows = hasTcp(edge) ? [...CALL_ROWS, TCP_ROW, ...WIRE_ROWS] : [...CALL_ROWS, ...WIRE_ROWS];
  return (
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
        {rows.map(([title, cell]) => (
          <tr key={title} className="border-t border-line">
            <th scope="row" className="py-1 text-left font-normal text-text-2">
              {title}
            </th>
            <td className="py-1 text-right whitespace-nowrap">{edge.client === null ? "–" : cell(edge.client)}</td>
            <td className="py-1 text-right whitespace-nowrap">{edge.server === null ? "–" : cell(edge.server)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A connection of HTTP alone has none: a 0 there would read as if some had been looked for. */
function hasTcp({ protocols, client, server }: MeshEdge): boolean {
  return protocols.includes("tcp") || (client?.tcpConnections ?? 0) > 0 || (server?.tcpConnections ?? 0) > 0;
}

type Row = readonly [string, (side: MeshEdgeSide) => React.ReactNode];

const CALL_ROWS: readonly Row[] = [
  ["Calls", ({ calls }) => <Figure field="calls" value={calls} as="count" />],
  ["Rate", ({ callRate }) => <Figure field="callRate" value={callRate} as="rate" />],
  ["Errors", (side) => <ErrorShare value={errorShare(side)} />],
  ["p50", ({ p50 }) => <Figure field="p50" value={p50} as="ms" />],
  ["p95", ({ p95 }) => <Figure field="p95" value={p95} as="ms" />],
  ["p99", ({ p99 }) => <Figure field="p99" value={p99} as="ms" />],
];
const TCP_ROW: Row = [
  "TCP connections",
  ({ tcpConnections }) => <Figure field="tcpConnections" value={tcpConnections} as="count" />,
];
const WIRE_ROWS: readonly Row[] = [
  ["Encrypted", ({ tlsShare }) => formatShare(tlsShare)],
  ["Mutual TLS", ({ mtlsShare }) => formatShare(mtlsShare)],
  ["Bytes in", ({ bytesIn }) => formatBytes(bytesIn)],
  ["Bytes out", ({ bytesOut }) => formatBytes(bytesOut)],
];
