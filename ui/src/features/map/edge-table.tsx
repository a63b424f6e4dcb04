import { Link } from "@tanstack/react-router";
import { ArrowLeftRight, ArrowRight } from "lucide-react";
import { useState } from "react";
import { LogsLink } from "../../components/logs-link.tsx";
import { ErrorShare, Figure } from "../../components/number.tsx";
import { ServiceName } from "../../components/service-name.tsx";
import { threeDigits } from "../../components/table/sort-rows.ts";
import { type ColumnOf, SortableTable } from "../../components/table/sortable-table.tsx";
import type { MeshEdge, MeshMap } from "../../lib/mesh-types.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { edgeTraffic } from "./edge-traffic.ts";

interface Row {
  readonly edge: MeshEdge;
  readonly source: string;
  readonly target: string;
  readonly traffic: ReturnType<typeof edgeTraffic>;
}

/** The map as a table: the same connections, for those who read rather than look. */
export function EdgeTable({ map }: { readonly map: MeshMap }) {
  const [{ t }, change] = usePageSearch();
  const [sort, setSort] = useState({ column: "rate", descending: true });
  const names = new Map(map.nodes.map(({ id, name }) => [id, name]));
  const rows = map.edges.map((edge): Row => {
    return { edge, source: names.get(edge.source) ?? "", target: names.get(edge.target) ?? "", traffic: edgeTraffic(edge) };
  });
  return (
    <div className="h-full overflow-auto p-3 sm:p-5">
      <SortableTable
        label="Connections"
        rows={rows}
        columns={columnsOf(t, (edge) => change({ edge }))}
        keyOf={({ source, target }) => `${source} ${target}`}
        sort={sort}
        onSort={setSort}
      />
    </div>
  );
}

function isTcpOnly({ calls, callRate, tcpConnections }: Row["traffic"]): boolean {
  return calls === 0 && callRate === 0 && tcpConnections > 0;
}

function columnsOf(t: string | undefined, onEdge: (id: string) => void): ColumnOf<Row>[] {
  const link = (id: string, name: string) => (
    <Link to="/service" search={{ t, id }} className="hover:text-accent-text hover:underline">
      <ServiceName name={name} />
    </Link>
  );
  return [
    {
      id: "source",
      title: "Caller",
      narrow: "line",
      order: ({ source }) => source,
      cell: ({ edge, source }) => link(edge.source, source),
    },
    {
      id: "target",
      title: "Callee",
      narrow: "line",
      order: ({ target }) => target,
      cell: ({ edge, target }) => (
        <>
          <ArrowRight size={12} className="mr-1 inline text-text-3 sm:hidden" aria-hidden />
          {link(edge.target, target)}
        </>
      ),
    },
    {
      id: "protocol",
      title: "Protocol",
      narrow: "hidden",
      order: ({ edge }) => edge.protocols.join(", "),
      cell: ({ edge }) => edge.protocols.join(", "),
    },
    {
      id: "rate",
      title: "Rate",
      isNumber: true,
      order: ({ traffic }) => threeDigits(traffic.callRate),
      cell: ({ traffic }) => <Figure field="callRate" value={isTcpOnly(traffic) ? null : traffic.callRate} as="rate" />,
    },
    {
      id: "errors",
      title: "Errors",
      isNumber: true,
      order: ({ traffic }) => traffic.errorShare,
      cell: ({ traffic }) => <ErrorShare value={traffic.errorShare} />,
    },
    {
      id: "p95",
      title: "p95",
      isNumber: true,
      order: ({ traffic }) => traffic.p95,
      cell: ({ traffic }) => <Figure field="p95" value={traffic.p95} as="ms" />,
    },
    {
      id: "tcp",
      title: "TCP connections",
      isNumber: true,
      order: ({ traffic }) => traffic.tcpConnections,
      cell: ({ traffic }) => (
        <Figure field="tcpConnections" value={traffic.tcpConnections === 0 ? null : traffic.tcpConnections} as="count" />
      ),
    },
    {
      id: "mtls",
      title: "mTLS",
      isNumber: true,
      narrow: "hidden",
      order: ({ traffic }) => traffic.mtlsShare,
      cell: ({ traffic }) => <Figure field="mtlsShare" value={traffic.mtlsShare} as="share" />,
    },
    {
      id: "logs",
      title: "",
      isNumber: true,
      narrow: "corner",
      cell: ({ edge, source, target }) => (
        <span className="inline-flex">
          <button
            type="button"
            className="inline-flex cursor-pointer rounded p-1 text-text-3 hover:bg-accent-soft hover:text-accent-text"
            aria-label={`Both sides of the connection from ${source} to ${target}`}
            title="What either side saw"
            onClick={() => onEdge(edge.id)}
          >
            <ArrowLeftRight size={14} aria-hidden />
          </button>
          <LogsLink
            parts={[
              { name: "caller", value: source },
              { name: "callee", value: target },
            ]}
            label={`Logs of calls from ${source} to ${target}`}
          />
        </span>
      ),
    },
  ];
}
