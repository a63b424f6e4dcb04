/** What people type into the search of the access log: `caller:web code:5xx /orders`. Pure. */
import { FILTER_WORDS, type FilterName, type FilterPart, partOf } from "./log-filter.ts";

/** A filter, or words of plain text that follow each other. */
export interface Piece {
  readonly text: string;
  /** Where in what was typed. */
  readonly start: number;
  /** The filter's word; null for plain text, undefined for a word that is none of ours. */
  readonly name: FilterName | null | undefined;
  /** Without its quotes. */
  readonly value: string;
  readonly isQuoted: boolean;
}

export interface TypedFilter {
  readonly parts: readonly FilterPart[];
  /** What was not understood, and why. */
  readonly rest: string;
  readonly problems: readonly string[];
}

/** A space in double quotes divides nothing; a quote that is not closed yet goes to the end. */
const TOKENS = /(?:(?<=^|[\s:=])"(?:\\.|[^"\\])*(?:"|$)|\S)+/g;
const QUOTED = /(?<=^|[\s:=])"((?:\\.|[^"\\])*)(?:"|$)/g;
/** With a slash or a port after its colon it is an address or an endpoint, and paths are searched for it. */
const WORD_LIKE = /^[a-z]+:(?!\/|\d{4,5}(?:\/|$)|\d+\/)/i;
/** Of a value that is told to be wrong. */
const SHOWN_MAX = 60;

/** @param partFor what a piece stands for; null: it is not understood */
export function typedFilter(text: string, partFor: (piece: Piece) => FilterPart | null = pieceAsPart): TypedFilter {
  const pieces = piecesOf(text).map((piece) => ({ piece, part: partFor(piece) }));
  const bad = pieces.flatMap(({ piece, part }) => (part === null ? [piece] : []));
  return {
    parts: pieces.flatMap(({ part }) => part ?? []),
    rest: bad.map((piece) => piece.text).join(" "),
    problems: bad.map(problemOf),
  };
}

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    const last = pieces.at(-1);
    const next = pieceOf(token, index);
    const isGoingOn = last !== undefined && next.name === null && (last.name === null || last.text.endsWith(":"));
    if (isGoingOn) pieces[pieces.length - 1] = pieceOf(text.slice(last.start, index + token.length), last.start);
    else pieces.push(next);
  }
  return pieces;
}

/** The piece that is being typed; undefined after a space, where the next one has not begun. */
export function pieceAtEnd(text: string): Piece | undefined {
  const last = piecesOf(text).at(-1);
  return last !== undefined && (last.start + last.text.length === text.length || last.text.endsWith(":")) ? last : undefined;
}

export function pieceAsPart({ name, value, isQuoted }: Piece): FilterPart | null {
  if (name === undefined || (value === "" && !isQuoted)) return null;
  return partOf(name ?? "path", value);
}

function pieceOf(text: string, start: number): Piece {
  const [, typed = "", rest = ""] = /^([a-z]+):\s*(.*)$/is.exec(text) ?? [];
  const word = typed.toLowerCase();
  const isOurs = Object.hasOwn(FILTER_WORDS, word);
  const name = isOurs ? (word as FilterName) : WORD_LIKE.test(text) ? undefined : null;
  const value = (isOurs ? rest : text).replace(QUOTED, (_, inside: string) => inside.replace(/\\(["\\])/g, "$1"));
  return { text, start, name, value, isQuoted: value !== (isOurs ? rest : text) };
}

function problemOf({ text, name, value }: Piece): string {
  if (name === undefined) {
    const word = text.slice(0, text.indexOf(":") + 1);
    return `“${word}” is no filter. In quotes it is a part of a path: "${text}"`;
  }
  const { help } = FILTER_WORDS[name ?? "path"];
  const shown = value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value;
  return value === "" ? `“${name}:” lacks a value (${help}).` : `“${name ?? "path"}:” does not take “${shown}” (${help}).`;
}
