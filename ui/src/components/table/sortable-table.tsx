/** A table whose columns sort. Rows are links of their own; the header cells are buttons. */
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import type { Sort } from "../../lib/url-state.ts";
import { sortRows } from "./sort-rows.ts";

export interface ColumnOf<Row> {
  readonly id: string;
  readonly title: string;
  readonly isNumber?: boolean;
  /** On a phone: a line of its own, the end of the first line, or (below 768 px already) not shown. Absent: beside the others in one line. */
  readonly narrow?: "line" | "corner" | "hidden";
  /** What rows are ordered by; null goes last. Absent: the column does not sort. */
  readonly order?: (row: Row) => number | string | null;
  readonly cell: (row: Row) => ReactNode;
}

interface SortableTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly ColumnOf<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

export function SortableTable<Row>({ label, rows, columns, keyOf, sort, onSort }: SortableTableProps<Row>) {
  const sorted = sortRows(rows, columns.find(({ id }) => id === sort.column)?.order, sort.descending, keyOf);
  return (
    <div className="card overflow-auto">
      <table className="grid-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)} data-row={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.id} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeaderCellProps<Row> {
  readonly column: ColumnOf<Row>;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const { id, title, isNumber, order } = column;
  const isSorted = sort.column === id;
  const className = classOf(column);
  if (order === undefined) {
    return (
      <th scope="col" className={className}>
        {title}
      </th>
    );
  }
  const next = { column: id, descending: isSorted ? !sort.descending : isNumber === true };
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  return (
    <th scope="col" className={className} aria-sort={isSorted ? (sort.descending ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        className={`inline-flex cursor-pointer items-center gap-1 ${isSorted ? "text-text" : ""}`}
        onClick={() => onSort(next)}
      >
        {title}
        {isSorted && <Arrow size={12} aria-hidden />}
      </button>
    </th>
  );
}

function classOf<Row>({ isNumber, narrow }: ColumnOf<Row>): string | undefined {
  const place = narrow === "hidden" ? "max-md:hidden" : narrow;
  return [isNumber ? "num" : undefined, place].filter((one) => one !== undefined).join(" ") || undefined;
}
