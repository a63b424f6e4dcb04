import { useState } from "react";
import { LogsLink } from "../../components/logs-link.tsx";
import { ErrorShare, Figure } from "../../components/number.tsx";
import { threeDigits } from "../../components/table/sort-rows.ts";
import { type ColumnOf, SortableTable } from "../../components/table/sortable-table.tsx";
import type { MeshServiceDetail } from "../../lib/mesh-types.ts";

type Endpoint = MeshServiceDetail["endpoints"][number];

interface EndpointsProps {
  /** Whose they are. */
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
  readonly truncated: boolean;
}

export function Endpoints({ service, endpoints, truncated }: EndpointsProps) {
  const [sort, setSort] = useState({ column: "calls", descending: true });
  if (endpoints.length === 0) return null;
  return (
    <section aria-label="Endpoints">
      <h2 className="mb-2 font-semibold">
        Endpoints {truncated && <span className="font-normal text-text-3">the {endpoints.length} busiest</span>}
      </h2>
      <SortableTable
        label="Endpoints"
        rows={endpoints}
        columns={[...COLUMNS, logsColumn(service)]}
        keyOf={({ name }) => name}
        sort={sort}
        onSort={setSort}
      />
    </section>
  );
}

const COLUMNS: ColumnOf<Endpoint>[] = [
  { id: "name", title: "Endpoint", narrow: "line", order: ({ name }) => name, cell: ({ name }) => <EndpointName name={name} /> },
  {
    id: "calls",
    title: "Calls",
    isNumber: true,
    order: ({ traffic }) => threeDigits(traffic.calls),
    cell: ({ traffic }) => <Figure field="calls" value={traffic.calls} as="count" />,
  },
  {
    id: "errors",
    title: "Errors",
    isNumber: true,
    order: ({ traffic }) => traffic.errorShare,
    cell: ({ traffic }) => <ErrorShare value={traffic.errorShare} />,
  },
  {
    id: "p50",
    title: "p50",
    isNumber: true,
    narrow: "hidden",
    order: ({ traffic }) => traffic.p50,
    cell: ({ traffic }) => <Figure field="p50" value={traffic.p50} as="ms" />,
  },
  {
    id: "p95",
    title: "p95",
    isNumber: true,
    order: ({ traffic }) => traffic.p95,
    cell: ({ traffic }) => <Figure field="p95" value={traffic.p95} as="ms" />,
  },
  {
    id: "p99",
    title: "p99",
    isNumber: true,
    narrow: "hidden",
    order: ({ traffic }) => traffic.p99,
    cell: ({ traffic }) => <Figure field="p99" value={traffic.p99} as="ms" />,
  },
];

function logsColumn(service: string): ColumnOf<Endpoint> {
  return {
    id: "logs",
    title: "",
    isNumber: true,
    narrow: "corner",
    cell: ({ name }) => (
      <LogsLink
        parts={[
          { name: "callee", value: service },
          { name: "endpoint", value: name },
        ]}
        label={`Logs of ${name}`}
      />
    ),
  };
}

/** Method and path apart. */
function EndpointName({ name }: { readonly name: string }) {
  const [, method, path] = /^([A-Z_]+):(.*)$/s.exec(name) ?? [];
  if (method === undefined) return <span className="font-mono text-[13px]">{name}</span>;
  return (
    <span className="font-mono text-[13px] break-all">
      <span className="mr-2 text-text-3">{method}</span>
      {path}
    </span>
  );
}
