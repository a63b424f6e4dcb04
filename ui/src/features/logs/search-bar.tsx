/** One field for everything: free text is part of a path, `word:value` is a filter; what is set stands before it and can be taken away. */
import { Search, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { type FilterPart, parsePart, withoutPart, withPart, wordsOf } from "../../lib/log-filter.ts";
import type { MeshLogFacet } from "../../lib/mesh-log-types.ts";
import { type Suggestion, suggest } from "./suggest.ts";
import { Suggestions } from "./suggestions.tsx";
import { useSlashKey } from "./use-slash-key.ts";

interface SearchBarProps {
  readonly parts: readonly FilterPart[];
  readonly facets: ReadonlyMap<string, MeshLogFacet>;
  /** What each response flag means. */
  readonly flags: ReadonlyMap<string, string>;
  readonly onChange: (parts: readonly FilterPart[]) => void;
}

export function SearchBar({ parts, facets, flags, onChange }: SearchBarProps) {
  const [text, setText] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  useSlashKey(input);
  const offers = isOpen ? suggest(text, facets, flags) : [];
  const type = (next: string): void => {
    setText(next);
    setActive(next.trim() === "" ? -1 : 0);
    setIsOpen(true);
  };
  const add = (part: FilterPart): void => {
    onChange(withPart(parts, part));
    type("");
    setIsOpen(false);
  };
  const choose = ({ part, insert }: Suggestion): void => {
    if (part !== null) return add(part);
    type(insert ?? "");
    input.current?.focus();
  };
  const enter = (): void => {
    const chosen = offers[active];
    const typed = parsePart(text);
    if (chosen !== undefined) choose(chosen);
    else if (typed !== null) add(typed);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") enter();
    else if (event.key === "ArrowDown" && !isOpen) setIsOpen(true);
    else if (event.key === "ArrowDown") setActive(Math.min(offers.length - 1, active + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(-1, active - 1));
    else if (event.key === "Escape" && isOpen) setIsOpen(false);
    else if (event.key === "Escape") input.current?.blur();
    else if (event.key === "Backspace" && text === "" && parts.length > 0) return onChange(parts.slice(0, -1));
    else return;
    event.preventDefault();
  };
  return (
    <div className="relative min-w-0 flex-1">
      <div className="search-field">
        <Search size={14} aria-hidden className="mr-1 shrink-0 text-text-3" />
        {parts.map((part) => (
          <Chip key={`${part.name}:${part.value}`} part={part} onRemove={() => onChange(withoutPart(parts, part))} />
        ))}
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Search the access log"
          aria-expanded={isOpen && offers.length > 0}
          aria-controls="log-suggestions"
          aria-activedescendant={active >= 0 ? `log-suggestion-${active}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          className="h-6 min-w-40 flex-1 bg-transparent placeholder:text-text-3"
          placeholder={parts.length === 0 ? "Part of a path, or caller: code: flag: min: …" : "Add a filter"}
          value={text}
          onChange={(event) => type(event.target.value)}
          onFocus={() => setIsOpen(true)}
          onBlur={() => setIsOpen(false)}
          onKeyDown={onKeyDown}
        />
        <kbd className="rounded bg-sunken px-1.5 font-mono text-xs text-text-3" title="Press / to search">
          /
        </kbd>
      </div>
      {offers.length > 0 && <Suggestions offers={offers} active={active} onChoose={choose} />}
    </div>
  );
}

function Chip({ part, onRemove }: { readonly part: FilterPart; readonly onRemove: () => void }) {
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
