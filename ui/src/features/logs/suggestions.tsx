import type { Suggestion } from "./suggest.ts";

interface SuggestionsProps {
  readonly offers: readonly Suggestion[];
  readonly active: number;
  readonly onChoose: (offer: Suggestion) => void;
}

/** What the search bar offers, under it. The field keeps the focus; the keyboard moves through it from there. */
export function Suggestions({ offers, active, onChoose }: SuggestionsProps) {
  return (
    <div
      id="log-suggestions"
      role="listbox"
      aria-label="Filters"
      className="card absolute z-20 mt-1 max-h-96 w-full max-w-xl overflow-auto p-1"
    >
      {offers.map((offer, i) => (
        <div
          key={offer.key}
          id={`log-suggestion-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          className="flex cursor-pointer items-baseline gap-3 rounded-md px-3 py-1.5 hover:bg-sunken aria-selected:bg-accent-soft aria-selected:text-accent-text"
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(offer);
          }}
        >
          <span className="shrink-0 font-mono text-[13px]">{offer.title}</span>
          <span className="ml-auto min-w-0 truncate text-xs text-text-3">{offer.note}</span>
        </div>
      ))}
    </div>
  );
}
