import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, TriangleAlert, Unplug } from "lucide-react";
import { useState } from "react";
import { Figure } from "../../components/number.tsx";
import { ServiceName } from "../../components/service-name.tsx";
import { type ColumnOf, SortableTable } from "../../components/table/sortable-table.tsx";
import { formatAgo } from "../../lib/format.ts";
import type { MeshSetup } from "../../lib/mesh-types.ts";

type ProxyRow = MeshSetup["proxies"][number];

interface ProxiesProps {
  readonly proxies: readonly ProxyRow[];
  readonly now: number;
  /** Whether anything came in since this server started. */
  readonly hasReports: boolean;
}

export function Proxies({ proxies, now, hasReports }: ProxiesProps) {
  const [sort, setSort] = useState({ column: "service", descending: false });
  return (
    <section aria-label="Proxies">
      <h2 className="mb-2 font-semibold">
        Proxies <span className="font-normal text-text-3">{proxies.length}</span>
      </h2>
      {proxies.length === 0 ? (
        <p className="card p-5 text-text-2">
          {hasReports ? "No proxy has been connected for ten minutes." : "No proxy has connected since this server started."} Use
          one of the configurations below.
        </p>
      ) : (
        <SortableTable
          label="Proxies"
          rows={proxies}
          columns={columnsOf(now)}
          keyOf={({ node }) => node}
          sort={sort}
          onSort={setSort}
        />
      )}
    </section>
  );
}

function columnsOf(now: number): ColumnOf<ProxyRow>[] {
  return [
    {
      id: "service",
      title: "Service",
      narrow: "line",
      order: ({ service, node }) => `${service ?? "~"} ${node}`,
      cell: (proxy) => <ServiceCell proxy={proxy} />,
    },
    {
      id: "state",
      title: "State",
      narrow: "line",
      order: ({ streams, resolved }) => (streams === 0 ? 0 : resolved ? 2 : 1),
      cell: (proxy) => <State proxy={proxy} />,
    },
    {
      id: "rate",
      title: "Entries/s",
      isNumber: true,
      order: ({ entriesPerSecond }) => entriesPerSecond,
      cell: ({ entriesPerSecond }) => <Figure field="entriesPerSecond" value={entriesPerSecond} as="rate" />,
    },
    {
      id: "total",
      title: "Entries",
      isNumber: true,
      order: ({ entriesTotal }) => entriesTotal,
      cell: ({ entriesTotal }) => <Figure field="entriesTotal" value={entriesTotal} as="count" />,
    },
    {
      id: "last",
      title: "Last entry",
      isNumber: true,
      order: ({ lastEntry }) => lastEntry,
      cell: ({ lastEntry }) => formatAgo(lastEntry, now),
    },
    {
      id: "since",
      title: "Connected",
      isNumber: true,
      order: ({ since }) => since,
      cell: ({ since, streams }) => (streams === 0 ? "gone" : formatAgo(since, now)),
    },
  ];
}

function ServiceCell({ proxy: { service, serviceId, instance, node } }: { readonly proxy: ProxyRow }) {
  return (
    <div className="min-w-0">
      {service === null || serviceId === null ? (
        <span className="text-text-3">no name</span>
      ) : (
        <Link to="/service" search={{ id: serviceId }} className="hover:text-accent-text hover:underline">
          <ServiceName name={service} />
        </Link>
      )}
      <div className="truncate text-xs text-text-3" title={node}>
        {instance ?? (node === "" ? "no node id" : node)}
      </div>
    </div>
  );
}

function State({ proxy }: { readonly proxy: ProxyRow }) {
  const { Icon, color, text } = stateOf(proxy);
  return (
    <div className="max-w-md">
      <span className={`flex items-start gap-1.5 ${color}`}>
        <Icon size={15} className="mt-0.5 shrink-0" aria-hidden />
        {text}
      </span>
      {proxy.clockSkewed > 0 && (
        <div className="text-xs text-warn">{proxy.clockSkewed} entries with an implausible start time: check its clock.</div>
      )}
    </div>
  );
}

function stateOf({ streams, resolved, reason, entriesTotal }: ProxyRow) {
  if (streams === 0)
    return { Icon: Unplug, color: "text-text-3", text: resolved ? "Gone; was counted" : `Gone. ${reason ?? ""}` };
  if (resolved) return { Icon: CircleCheck, color: "text-good", text: "Counted" };
  return {
    Icon: entriesTotal === 0 ? CircleDashed : TriangleAlert,
    color: entriesTotal === 0 ? "text-text-3" : "text-warn",
    text: reason,
  };
}
