import { useState } from "react";
import { LogsLink } from "../../components/logs-link.tsx";
import { Calls, ErrorShare, Figure } from "../../components/number.tsx";
import { threeDigits } from "../../components/table/sort-rows.ts";
import { type ColumnOf, SortableTable } from "../../components/table/sortable-table.tsx";
import { formatAgo } from "../../lib/format.ts";
import type { MeshServiceDetail } from "../../lib/mesh-types.ts";

type Instance = MeshServiceDetail["instances"][number];

export function Instances({ instances }: { readonly instances: readonly Instance[] }) {
  const [sort, setSort] = useState({ column: "calls", descending: true });
  if (instances.length === 0) return null;
  return (
    <section aria-label="Instances">
      <h2 className="mb-2 font-semibold">Instances</h2>
      <SortableTable
        label="Instances"
        rows={instances}
        columns={COLUMNS}
        keyOf={({ name }) => name}
        sort={sort}
        onSort={setSort}
      />
    </section>
  );
}

const COLUMNS: ColumnOf<Instance>[] = [
  {
    id: "name",
    title: "Instance",
    narrow: "line",
    order: ({ name }) => name,
    cell: ({ name, attributes }) => (
      <div>
        <div className="font-medium">{name}</div>
        <div className="text-xs text-text-3">
          {attributes
            .filter(({ value }) => value !== name)
            .map((one) => `${one.name} ${one.value}`)
            .join(" · ")}
        </div>
      </div>
    ), // prettier-ignore
  },
  {
    id: "calls",
    title: "Calls",
    isNumber: true,
    order: ({ traffic }) => threeDigits(traffic?.calls ?? null),
    cell: ({ traffic }) => <Calls of={traffic} />,
  },
  {
    id: "errors",
    title: "Errors",
    isNumber: true,
    order: ({ traffic }) => traffic?.errorShare ?? null,
    cell: ({ traffic }) => <ErrorShare value={traffic?.errorShare} />,
  },
  {
    id: "p95",
    title: "p95",
    isNumber: true,
    order: ({ traffic }) => traffic?.p95 ?? null,
    cell: ({ traffic }) => <Figure field="p95" value={traffic?.p95} as="ms" />,
  },
  {
    id: "seen",
    title: "Last seen",
    isNumber: true,
    order: ({ lastSeen }) => lastSeen,
    cell: ({ lastSeen }) => formatAgo(lastSeen, Date.now()),
  },
  {
    id: "logs",
    title: "",
    isNumber: true,
    narrow: "corner",
    cell: ({ name }) => <LogsLink parts={[{ name: "instance", value: name }]} label={`Logs of ${name}`} />,
  },
];
