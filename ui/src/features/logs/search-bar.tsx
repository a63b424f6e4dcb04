/** One field for everything: free text is part of a path, `word:value` is a filter; what is set stands before it and can be taken away. */
import { Search } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { type FilterPart, withoutPart, withPart } from "../../lib/log-filter.ts";
import type { MeshLogFacet } from "../../lib/mesh-log-types.ts";
import { pieceAtEnd, typedFilter } from "../../lib/typed-filter.ts";
import { FilterChip } from "./filter-chip.tsx";
import { meant, type Suggestion, suggest } from "./suggest.ts";
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
  const [problems, setProblems] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  useSlashKey(input);
  const piece = pieceAtEnd(text);
  const before = text.slice(0, piece?.start ?? text.length);
  const offers = isOpen ? suggest(piece, facets, flags) : [];
  const type = (next: string): void => {
    setText(next);
    setActive(pieceAtEnd(next) === undefined ? -1 : 0);
    setIsOpen(true);
    setProblems([]);
  };
  /** Takes what is understood; the rest stays to be mended. */
  const add = (typed: string, last: readonly FilterPart[]): void => {
    const read = typedFilter(typed, (one) => meant(one, facets, flags));
    const added = [...read.parts, ...last];
    if (added.length > 0) onChange(added.reduce(withPart, parts));
    type(read.rest);
    setProblems(read.problems);
    setIsOpen(false);
  };
  const choose = ({ part, insert }: Suggestion): void => {
    if (part !== null) return add(before, [part]);
    type(before + (insert ?? ""));
    input.current?.focus();
  };
  const enter = (): void => {
    const chosen = offers[active];
    if (chosen !== undefined) choose(chosen);
    else add(text, []);
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
          <FilterChip key={`${part.name}:${part.value}`} part={part} onRemove={() => onChange(withoutPart(parts, part))} />
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
          className="h-6 min-w-24 flex-1 sm:min-w-40 bg-transparent placeholder:text-text-3"
          placeholder={parts.length === 0 ? "Part of a path, or caller: code: flag: min: …" : "Add a filter"}
          value={text}
          onChange={(event) => type(event.target.value)}
          onFocus={() => setIsOpen(true)}
          onBlur={() => setIsOpen(false)}
          onKeyDown={onKeyDown}
        />
        <kbd className="rounded bg-sunken px-1.5 font-mono text-xs text-text-3 max-sm:hidden" title="Press / to search">
          /
        </kbd>
      </div>
      {offers.length > 0 && <Suggestions offers={offers} active={active} onChoose={choose} />}
      {problems.map((problem) => (
        <p key={problem} role="alert" className="pt-1 text-[13px] text-warn">
          {problem}
        </p>
      ))}
    </div>
  );
}
