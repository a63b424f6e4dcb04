/** What takes the room, table by table. */
import { Figure } from "../../components/number.tsx";
import { type ColumnOf, SortableTable } from "../../components/table/sortable-table.tsx";
import { formatBytes, formatCount, formatSpan, formatTime, MISSING } from "../../lib/format.ts";
import { decodeSort, encodeSort } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { FAMILIES, familyOf, foldSmall, titleOf } from "./families.ts";
import type { Storage, StorageTable } from "./use-storage.ts";

const DAY_MS = 86_400_000;

export function Tables({ storage }: { readonly storage: Storage }) {
  const { now } = storage;
  const tables = foldSmall(storage.tables);
  const [search, change] = usePageSearch();
  const columns = columnsOf(Math.max(1, ...tables.map(({ bytes }) => bytes)), now);
  const sort = decodeSort(
    search.sort,
    columns.map(({ id }) => id),
    { column: "size", descending: true },
  );
  return (
    <section aria-label="Tables">
      <h2 className="mb-2 font-semibold">What takes the room</h2>
      <SortableTable
        label="Tables"
        rows={tables}
        columns={columns}
        keyOf={({ name, kind }) => `${name} ${kind}`.trim()}
        sort={sort}
        onSort={(next) => change({ sort: encodeSort(next) })}
      />
    </section>
  );
}

function columnsOf(largest: number, now: number): ColumnOf<StorageTable>[] {
  return [
    {
      id: "what",
      title: "What",
      narrow: "line",
      order: ({ name, kind }) => titleOf(name, kind),
      cell: ({ name, kind }) => <span className="whitespace-nowrap font-medium">{titleOf(name, kind)}</span>,
    },
    { id: "size", title: "Size", order: ({ bytes }) => bytes, cell: (table) => <SizeBar table={table} largest={largest} /> },
    {
      id: "rows",
      title: "Rows",
      isNumber: true,
      order: ({ rows }) => rows,
      cell: ({ rows }) => <Figure field="rows" value={rows} as="count" />,
    },
    {
      id: "perRow",
      title: "Per row",
      isNumber: true,
      narrow: "hidden",
      order: ({ bytes, rows }) => bytes / rows,
      cell: ({ bytes, rows }) => `${formatCount(Math.round(bytes / rows))} B`,
    },
    {
      id: "compression",
      title: "Compression",
      isNumber: true,
      narrow: "hidden",
      order: ({ bytes, uncompressedBytes }) => uncompressedBytes / bytes,
      cell: ({ bytes, uncompressedBytes }) => <Ratio value={uncompressedBytes / bytes} />,
    },
    {
      id: "growth",
      title: "Per day",
      isNumber: true,
      order: ({ bytesPerDay }) => bytesPerDay,
      cell: ({ bytesPerDay }) => <Growth bytes={bytesPerDay} />,
    },
    {
      id: "kept",
      title: "Kept",
      narrow: "line",
      order: ({ retentionDays }) => retentionDays,
      cell: (table) => <Kept table={table} now={now} />,
    },
  ];
}

function SizeBar({ table: { name, bytes }, largest }: { readonly table: StorageTable; readonly largest: number }) {
  return (
    <span className="flex items-center gap-3">
      <span className="h-2.5 w-16 shrink-0 overflow-hidden rounded-sm bg-sunken max-sm:hidden lg:w-40">
        <span
          className="block h-full rounded-sm"
          style={{ width: `${Math.max(1, (bytes / largest) * 100)}%`, background: FAMILIES[familyOf(name)].color }}
        />
      </span>
      <span className="whitespace-nowrap" data-field="bytes" data-value={bytes}>
        {formatBytes(bytes)}
      </span>
    </span>
  );
}

function Ratio({ value }: { readonly value: number }) {
  return <span className={value < 1.05 ? "text-text-3" : undefined}>{value < 1.05 ? MISSING : `${value.toFixed(1)} ×`}</span>;
}

function Growth({ bytes }: { readonly bytes: number | null }) {
  if (bytes === null) return <span className="text-text-3">{MISSING}</span>;
  return <span>{formatBytes(Math.round(bytes))}</span>;
}

/** How much of its lifetime a table covers already, and since when. */
function Kept({ table: { oldest, retentionDays }, now }: { readonly table: StorageTable; readonly now: number }) {
  const limit = retentionDays === null ? "for ever" : `of ${retentionDays} days`;
  if (oldest === null)
    return <span className="text-text-3">{retentionDays === null ? MISSING : `${retentionDays} days after last seen`}</span>;
  const ageMs = Math.max(0, now - oldest);
  const part = retentionDays === null ? 0 : Math.min(1, ageMs / (retentionDays * DAY_MS));
  return (
    <span className="flex items-center gap-2 whitespace-nowrap" title={`Since ${formatTime(oldest)}`}>
      <span aria-hidden className="h-1 w-12 overflow-hidden rounded-sm bg-sunken">
        <span className="block h-full bg-text-3" style={{ width: `${Math.max(part * 100, 3)}%` }} />
      </span>
      {formatSpan(ageMs)} <span className="text-text-3">{limit}</span>
    </span>
  );
}
