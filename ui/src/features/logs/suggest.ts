/** What the search bar offers for the piece that is being typed. Pure. */
import { FILTER_WORDS, type FilterName, type FilterPart, partOf, wordsOf } from "../../lib/log-filter.ts";
import type { MeshLogFacet } from "../../lib/mesh-log-types.ts";
import { type Piece, pieceAsPart } from "../../lib/typed-filter.ts";
import { FACETS } from "./facet-filter.ts";

export interface Suggestion {
  readonly key: string;
  /** What choosing it adds. */
  readonly part: FilterPart | null;
  /** What choosing it leaves in the field, where there is more to type. */
  readonly insert: string | null;
  readonly title: string;
  readonly note: string;
}

const OFFERED_MAX = 10;
/** Values of words without a facet of their own name. */
const VALUES: Partial<Record<FilterName, readonly string[]>> = {
  kept: ["failed", "slow", "rest", "context"],
  code: ["5xx", "4xx", "2xx", "none"],
  flag: ["any", "none"],
  side: ["server", "client", "both"],
  kind: ["http", "grpc", "tcp"],
  tls: ["mtls", "tls", "none"],
};

/** @param piece undefined: nothing is typed
 *  @param flags what each response flag means, by its short name. */
export function suggest(
  piece: Piece | undefined,
  facets: ReadonlyMap<string, MeshLogFacet>,
  flags: ReadonlyMap<string, string>,
): readonly Suggestion[] {
  if (piece === undefined) return wordOffers("").slice(0, OFFERED_MAX);
  const { name, value, text } = piece;
  const isWord = name != null;
  const literal = pieceAsPart(piece);
  const offers = isWord ? valueOffers(name, value, facets, flags) : wordOffers(text);
  const isNoFlag = literal?.name === "flag" && /^[A-Z]/.test(literal.value) && flags.size > 0 && !flags.has(literal.value);
  const own = literal === null || isNoFlag ? [] : [offerOf(literal, isWord ? "as typed" : "")];
  // A name typed in part means the name that was seen, unless it is one itself.
  const isPart = isWord && value !== "" && !offers.some(({ part }) => part?.value === literal?.value);
  const others = offers.filter(({ key }, i) => key !== own[0]?.key && offers.findIndex((one) => one.key === key) === i);
  const offered = others.slice(0, OFFERED_MAX - own.length);
  return isPart ? [...offered, ...own] : [...own, ...offered];
}

/** What a piece means that has been typed to its end: a name typed in part what is offered first for it, unless it is in quotes.
 *  null: it is not understood. */
export function meant(
  piece: Piece,
  facets: ReadonlyMap<string, MeshLogFacet>,
  flags: ReadonlyMap<string, string>,
): FilterPart | null {
  const isName = piece.name != null && piece.value !== "" && !piece.isQuoted && FILTER_WORDS[piece.name].kind === "list";
  return (isName ? suggest(piece, facets, flags)[0]?.part : undefined) ?? pieceAsPart(piece);
}

function wordOffers(typed: string): Suggestion[] {
  const wanted = typed.toLowerCase();
  return Object.entries(FILTER_WORDS)
    .filter(([name]) => name.startsWith(wanted))
    .map(([name, { help }]) => ({ key: `word ${name}`, part: null, insert: `${name}:`, title: `${name}:`, note: help }));
}

function valueOffers(
  name: FilterName,
  value: string,
  facets: ReadonlyMap<string, MeshLogFacet>,
  flags: ReadonlyMap<string, string>,
): Suggestion[] {
  const fields = name === "service" ? ["CALLER", "CALLEE"] : FACETS.filter((one) => one.name === name).map(({ field }) => field);
  const seen = fields.flatMap((field) => facets.get(field)?.values.map((one) => one.value) ?? []);
  const known = [...seen, ...(VALUES[name] ?? []), ...(name === "flag" ? flags.keys() : [])];
  const meaning = (one: string): string => (name === "flag" ? (flags.get(one) ?? "") : "");
  const wanted = value.toLowerCase();
  return known
    .filter((one) => one !== "" && `${one} ${meaning(one)}`.toLowerCase().includes(wanted))
    .flatMap((one) => partOf(name, one) ?? [])
    .map((part) => offerOf(part, meaning(part.value)));
}

function offerOf(part: FilterPart, note: string): Suggestion {
  const [what, value] = wordsOf(part);
  return { key: `${part.name}:${part.value}`, part, insert: null, title: `${what} ${value}`, note };
}
