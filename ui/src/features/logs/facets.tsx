/** Values among the rows that fit, with the calls they stand for: a click adds a filter, another takes it away. */
import { ChevronDown, ChevronRight } from "lucide-react";
import { formatCount } from "../../lib/format.ts";
import { type FilterPart, hasPart } from "../../lib/log-filter.ts";
import type { MeshLogFacet } from "../../lib/mesh-log-types.ts";
import { FACETS, type FacetShape, facetPart, facetText } from "./facet-filter.ts";

interface FacetsProps {
  readonly facets: ReadonlyMap<string, MeshLogFacet> | undefined;
  /** What each response flag means. */
  readonly flags: ReadonlyMap<string, string>;
  readonly parts: readonly FilterPart[];
  /** Those that are open. */
  readonly fields: readonly string[];
  /** On narrow screens, where they are not beside the rows. */
  readonly isShown: boolean;
  /** Something else needs the room beside the rows, unless there is plenty. */
  readonly isCrowded: boolean;
  readonly onFields: (fields: readonly string[]) => void;
  readonly onToggle: (part: FilterPart) => void;
}

export function Facets({ facets, flags, parts, fields, isShown, isCrowded, onFields, onToggle }: FacetsProps) {
  const place = isShown
    ? "absolute inset-y-0 left-0 z-10 bg-surface shadow-(--shadow) lg:static lg:shadow-none"
    : isCrowded
      ? "hidden 2xl:block"
      : "hidden lg:block";
  return (
    <aside aria-label="Facets" className={`w-60 shrink-0 overflow-auto border-r border-line px-3 py-2 ${place}`}>
      {FACETS.map((shape) => {
        const isOpen = fields.includes(shape.field);
        const Arrow = isOpen ? ChevronDown : ChevronRight;
        return (
          <section key={shape.field} aria-label={shape.title} className="py-1" data-facet={shape.field}>
            <button
              type="button"
              className="flex w-full cursor-pointer items-center gap-1 py-0.5 text-xs font-medium text-text-3 hover:text-text"
              aria-expanded={isOpen}
              onClick={() => onFields(isOpen ? fields.filter((one) => one !== shape.field) : [...fields, shape.field])}
            >
              <Arrow size={12} aria-hidden /> {shape.title}
            </button>
            {isOpen && <Values shape={shape} facet={facets?.get(shape.field)} flags={flags} parts={parts} onToggle={onToggle} />}
          </section>
        );
      })}
    </aside>
  );
}

interface ValuesProps extends Pick<FacetsProps, "flags" | "parts" | "onToggle"> {
  readonly shape: FacetShape;
  readonly facet: MeshLogFacet | undefined;
}

function Values({ shape, facet, flags, parts, onToggle }: ValuesProps) {
  if (facet === undefined) return <div className="skeleton my-1 h-4" />;
  if (facet.values.length === 0) return <p className="py-0.5 pl-4 text-xs text-text-3">nothing</p>;
  return (
    <ul className="pl-1">
      {facet.values.map(({ value, calls, rows }) => {
        const part = facetPart(shape, value);
        const text = facetText(shape, value);
        const isOn = part !== null && hasPart(parts, part);
        return (
          <li key={value}>
            <button
              type="button"
              disabled={part === null}
              aria-pressed={isOn}
              className="flex w-full cursor-pointer items-baseline gap-2 rounded px-1.5 py-0.5 text-left hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
              title={`${text}: ${shape.field === "FLAGS" ? (flags.get(value) ?? "") : ""} ${facet.isExact ? "" : "about "}${formatCount(calls)} calls, ${formatCount(rows)} rows`}
              onClick={() => part !== null && onToggle(part)}
            >
              <span className="min-w-0 flex-1 truncate text-[13px]">{text}</span>
              <span className="shrink-0 text-xs text-text-3" data-value={calls} data-rows={rows}>
                {calls === 0 ? `${formatCount(rows)} rows` : `${facet.isExact ? "" : "~"}${formatCount(calls)}`}
              </span>
            </button>
          </li>
        );
      })}
      {facet.truncated && <li className="px-1.5 text-xs text-text-3">and more: search for them</li>}
    </ul>
  );
}
