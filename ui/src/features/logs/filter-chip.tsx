import { X } from "lucide-react";
import { type FilterPart, wordsOf } from "../../lib/log-filter.ts";

/** A filter that is set, in words. */
export function FilterChip({ part, onRemove }: { readonly part: FilterPart; readonly onRemove: () => void }) {
  const [what, value] = wordsOf(part);
  return (
    <span
      className="inline-flex max-w-full items-center rounded-md bg-accent-soft text-[13px] text-accent-text"
      data-filter={part.name}
    >
      <span className="truncate py-0.5 pl-2" title={`${what} ${value}`}>
        <span className="opacity-75">{what}</span> <span className="font-medium">{value}</span>
      </span>
      <button
        type="button"
        className="cursor-pointer rounded-r-md px-1.5 py-1 hover:bg-accent/20"
        aria-label={`Remove the filter ${what} ${value}`}
        onClick={onRemove}
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}
