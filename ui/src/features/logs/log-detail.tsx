/** All that a row holds, in groups. A value that can be searched for is a button that does. */
import type { ReactNode } from "react";
import { formatClock } from "../../lib/format.ts";
import { type FilterPart, partOf } from "../../lib/log-filter.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";
import { type DetailField, detailGroups } from "./detail-groups.ts";
import { howItEnded } from "./extent.ts";
import { Phases } from "./phases.tsx";
import { isContext } from "./weight.tsx";

interface LogDetailProps {
  readonly log: MeshLog;
  readonly onFilter?: (part: FilterPart) => void;
}

export function LogDetail({ log, onFilter }: LogDetailProps) {
  return (
    <div className="flex flex-col gap-4">
      {log.flags.length > 0 && (
        <ul aria-label="Response flags" className="flex flex-col gap-1">
          {log.flags.map(({ short, text }) => (
            <li
              key={short}
              className={`flex gap-2 rounded-md px-3 py-1.5 ${log.kept === "FAILED" ? "bg-bad-soft text-bad" : "bg-sunken"}`}
            >
              <span className="font-mono text-xs leading-5">{short}</span> {text}
            </li>
          ))}
        </ul>
      )}
      {(log.weight !== 1 || log.kept === "SLOW") && <p className="text-text-2">{standing(log)}</p>}
      <Group title={`At ${formatClock(log.time)}, ${howItEnded(log)}`}>
        <Phases phases={log.phases} duration={log.duration} />
      </Group>
      {detailGroups(log).map(({ title, fields }) => (
        <Group key={title} title={title}>
          <dl className="grid grid-cols-[7.75rem_1fr] gap-x-3 gap-y-0.5">
            {fields.map((field) => (
              <Field key={field.title} field={field} onFilter={onFilter} />
            ))}
          </dl>
        </Group>
      ))}
    </div>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-xs font-semibold text-text-3">{title}</h3>
      {children}
    </section>
  );
}

function Field({
  field: { title, value, word },
  onFilter,
}: {
  readonly field: DetailField;
  readonly onFilter?: LogDetailProps["onFilter"] | undefined;
}) {
  const part = word === undefined ? null : partOf(word, value);
  return (
    <>
      <dt className="text-text-3">{title}</dt>
      <dd className="min-w-0 wrap-anywhere">
        {part !== null && onFilter !== undefined ? (
          <button
            type="button"
            className="cursor-pointer text-left decoration-dotted underline-offset-2 hover:text-accent-text hover:underline"
            title="Filter by this"
            onClick={() => onFilter(part)}
          >
            {value}
          </button>
        ) : (
          value
        )}
      </dd>
    </>
  );
}

function standing(log: MeshLog): string {
  const { kept, weight } = log;
  if (isContext(log)) return "Brought along: kept only because another report of the same request was. It counts for no call.";
  const slow = kept === "SLOW" ? "Slower than 99 of 100 calls of its service lately. " : "";
  return weight === 1 ? slow.trim() : `${slow}One of a sample: it stands for about ${weight} calls.`;
}
