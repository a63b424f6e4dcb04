/** Text -> tokens of the metrics expression language. */
export type TokenType = "word" | "number" | "string" | "symbol" | "end";

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** Column in the text, from 0. */
  readonly at: number;
}

/** What is no expression. The message begins as clients expect it: `line 1:<column>`. */
export class SyntaxFault extends Error {
  constructor(at: number, message: string) {
    super(`line 1:${at} ${message}`);
  }
}

const SPACE = /[ \t\r\n]+/y;
const NUMBER = /\d+(\.\d+)?(?![A-Za-z_0-9])/y;
const WORD = /[A-Za-z0-9_]+/y;
const STRING = /'[^']*'|"[^"]*"/y;
const SYMBOL = /&&|\|\||[!=<>]=|[()+\-*/%{},=<>]/y;
/** Far above what dashboards send; every term is one level of the evaluation. */
const TOKENS_MAX = 2_000;

/** @throws SyntaxFault at the first character that begins no token. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const found = firstToken(match, at);
    if (found === null) throw new SyntaxFault(at, `token recognition error at: '${text[at]}'`);
    if (found.type === "number" && !Number.isFinite(Number(found.text))) throw new SyntaxFault(at, "the number is too large");
    if (tokens.length === TOKENS_MAX) throw new SyntaxFault(at, `the expression has more than ${TOKENS_MAX} tokens`);
    tokens.push(found);
    at += found.type === "string" ? found.text.length + 2 : found.text.length;
  }
  tokens.push({ type: "end", text: "<EOF>", at });
  return tokens;
}

function firstToken(match: (pattern: RegExp) => string | null, at: number): Token | null {
  const string = match(STRING);
  if (string !== null) return { type: "string", text: string.slice(1, -1), at };
  const number = match(NUMBER);
  if (number !== null) return { type: "number", text: number, at };
  const word = match(WORD);
  if (word !== null) return { type: "word", text: word, at };
  const symbol = match(SYMBOL);
  return symbol === null ? null : { type: "symbol", text: symbol, at };
}
