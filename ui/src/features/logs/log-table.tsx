/** Rows, newest first. One row at a time takes the focus: arrow keys move it, and Enter opens it. */
import { type KeyboardEvent, useRef, useState } from "react";
import { LogRow } from "./log-row.tsx";
import type { KeyedRow } from "./rows.ts";
import { useFirstArrow } from "./use-first-arrow.ts";

interface LogTableProps {
  readonly rows: readonly KeyedRow[];
  /** Key of the row whose details are shown. */
  readonly opened: string | null;
  readonly isDated: boolean;
  readonly onOpen: (key: string | null) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };

export function LogTable({ rows, opened, isDated, onOpen }: LogTableProps) {
  const [current, setCurrent] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const focusable = rows.some(({ key }) => key === current) ? current : (rows[0]?.key ?? null);
  const focus = (at: number): void => {
    const row = body.current?.rows[at]?.querySelector("button");
    row?.focus({ preventScroll: true });
    row?.closest("tr")?.scrollIntoView({ block: "nearest" });
  };
  useFirstArrow(() =>
    focus(
      Math.max(
        0,
        rows.findIndex(({ key }) => key === focusable),
      ),
    ),
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex(({ key }) => key === current);
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    focus(next);
    if (opened !== null && !event.repeat) onOpen(rows[next]?.key ?? null);
  };
  // Browsers stop a page that changes its address as often as a held key repeats.
  const onKeyUp = (event: KeyboardEvent): void => {
    if (STEPS[event.key] !== undefined && opened !== null && current !== null && current !== opened) onOpen(current);
  };
  return (
    <table className="log-table" aria-label="Access log">
      <thead className="max-sm:sr-only">
        <tr>
          <th scope="col" className={isDated ? "w-44" : "w-33"}>
            Time
          </th>
          <th scope="col" className="w-[28%] @5xl:w-[34%]">
            Who calls whom
          </th>
          <th scope="col">Request</th>
          <th scope="col" className="w-26">
            Response
          </th>
          <th scope="col" className="num w-26">
            Duration
          </th>
          <th scope="col" className="num w-20" title="How many calls the row stands for, when not just itself">
            Stands for
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onKeyDown} onKeyUp={onKeyUp}>
        {rows.map(({ key, log }) => (
          <LogRow
            key={key}
            rowKey={key}
            log={log}
            isDated={isDated}
            isOpen={key === opened}
            isFocusable={key === focusable}
            onFocus={setCurrent}
            onOpen={onOpen}
          />
        ))}
      </tbody>
    </table>
  );
}
