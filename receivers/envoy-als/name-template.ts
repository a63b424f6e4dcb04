/** Name templates: text with placeholders `${candidate,candidate,…}`. A candidate is a path through metadata, segments apart
 *  by dots, a segment with dots in double quotes; keys match in any case. The first candidate that is a non-empty string
 *  other than `-` wins; none: `-`. */
import type { Metadata } from "./struct.ts";

type Part = string | readonly (readonly string[])[];

const NOTHING = "-";

export class NameTemplate {
  readonly #parts: readonly Part[];

  /** @throws Error when a placeholder is not closed or is empty. */
  constructor(template: string) {
    const parts: Part[] = [];
    let at = 0;
    for (;;) {
      const open = template.indexOf("${", at);
      if (open < 0) break;
      const close = template.indexOf("}", open);
      if (close < 0) throw new Error(`placeholder without } in name template ${template}`);
      if (open > at) parts.push(template.slice(at, open));
      parts.push(splitOutsideQuotes(template.slice(open + 2, close), ",").map(pathOf));
      at = close + 1;
    }
    if (at < template.length) parts.push(template.slice(at));
    if (!parts.some((part) => typeof part !== "string")) throw new Error(`no placeholder in name template ${template}`);
    this.#parts = parts;
  }

  /** The name, or null when no placeholder found anything. */
  apply(metadata: Metadata): string | null {
    const { name, found } = this.#filled(metadata);
    return found > 0 ? name : null;
  }

  /** The name, or null when any placeholder found nothing. */
  applyWhole(metadata: Metadata): string | null {
    const { name, found } = this.#filled(metadata);
    return found === this.#parts.filter((part) => typeof part !== "string").length ? name : null;
  }

  #filled(metadata: Metadata): { name: string; found: number } {
    let name = "";
    let found = 0;
    for (const part of this.#parts) {
      const text = typeof part === "string" ? part : firstOf(part, metadata);
      if (typeof part !== "string" && text !== NOTHING) found++;
      name += text;
    }
    return { name, found };
  }
}

function firstOf(candidates: readonly (readonly string[])[], metadata: Metadata): string {
  for (const path of candidates) {
    const value = lookUp(metadata, path);
    if (typeof value === "string" && value !== "" && value !== NOTHING) return value;
  }
  return NOTHING;
}

function lookUp(metadata: Metadata, path: readonly string[]): string | Metadata | undefined {
  let value: string | Metadata | undefined = metadata;
  for (const segment of path) {
    if (typeof value !== "object") return undefined;
    value = field(value, segment);
  }
  return value;
}

/** A key as written, else one that differs in case only. */
export function field(metadata: Metadata, key: string): string | Metadata | undefined {
  const exact = metadata[key];
  if (exact !== undefined) return exact;
  const lower = key.toLowerCase();
  for (const [name, value] of Object.entries(metadata)) if (name.toLowerCase() === lower) return value;
  return undefined;
}

/** Pieces between separators that stand outside of quotes; the quotes stay. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) {
      parts.push(part.trim());
      part = "";
    } else part += character;
  }
  if (quoted) throw new Error(`quote without its end in name template ${text}`);
  return [...parts, part.trim()];
}

/** A path through metadata, its segments bare. */
function pathOf(candidate: string): string[] {
  return splitOutsideQuotes(candidate, ".").map((segment) => segment.replaceAll('"', ""));
}
