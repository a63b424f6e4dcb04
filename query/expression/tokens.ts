/** The tokens of an expression, taken one after the other. What does not fit is told with its column and what was expected. */
import { lex, SyntaxFault, type Token } from "./lex.ts";
import { isReserved } from "./words.ts";

export class Tokens {
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @throws SyntaxFault at the first character that begins no token */
  constructor(text: string) {
    this.#tokens = lex(text);
  }

  next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  take(): Token {
    const token = this.next();
    if (token.type !== "end") this.#at++;
    return token;
  }

  isSymbol(symbol: string): boolean {
    const { type, text } = this.next();
    return type === "symbol" && text === symbol;
  }

  /** Takes the next token if it is this symbol. */
  skip(symbol: string): boolean {
    const isNext = this.isSymbol(symbol);
    if (isNext) this.#at++;
    return isNext;
  }

  symbol(symbol: string): void {
    if (!this.skip(symbol)) throw this.unexpected(`'${symbol}'`);
  }

  /** Takes the next token if it is this word, in any case. */
  skipWord(word: string): void {
    const { type, text } = this.next();
    if (type === "word" && text.toLowerCase() === word) this.#at++;
  }

  /** The name of a metric or label: no word of the language. `_` alone names labels only. */
  name(what: "a metric" | "a label"): string {
    const { type, text } = this.next();
    if (type !== "word" || isReserved(text) || (text === "_" && what === "a metric")) throw this.unexpected(what);
    return this.take().text;
  }

  string(): string {
    if (this.next().type !== "string") throw this.unexpected("a quoted text");
    return this.take().text;
  }

  integer(): number {
    const { type, text } = this.next();
    if (type !== "number" || text.includes(".")) throw this.unexpected("a whole number");
    return Number(this.take().text);
  }

  /** One of some words; orders are read in any case. */
  oneOf<T extends string>(words: readonly T[], read: (text: string) => string = (text) => text): T {
    const { type, text } = this.next();
    const found = type === "word" ? words.find((word) => word === read(text)) : undefined;
    if (found === undefined) throw this.unexpected(words.map((word) => `'${word}'`).join(", "));
    this.#at++;
    return found;
  }

  expectEnd(): void {
    const { type, text, at } = this.next();
    if (type !== "end") throw new SyntaxFault(at, `extraneous input '${text}' expecting <EOF>`);
  }

  unexpected(expected: string): SyntaxFault {
    const { text, at } = this.next();
    return new SyntaxFault(at, `unexpected '${text}', expecting ${expected}`);
  }
}
