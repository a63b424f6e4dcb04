/** Tokens -> expression tree. Precedence climbs from `+ -` over `* / %` to calls and parentheses; all operators are
 *  left-associative. What follows the expression is an error. */
import { lex, SyntaxFault, type Token } from "./lex.ts";

export type Aggregation = "avg" | "sum" | "max" | "min" | "latest" | "count";
export type Operator = "+" | "-" | "*" | "/" | "%";

export interface LabelCondition {
  readonly key: string;
  readonly values: readonly string[];
}

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "metric"; readonly name: string; readonly labels: readonly LabelCondition[] }
  | { readonly kind: "aggregate"; readonly fn: Aggregation; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "relabels";
      readonly of: Expression;
      readonly from: LabelCondition;
      readonly to: LabelCondition;
      readonly text: string;
    }
  | {
      readonly kind: "topN";
      readonly metric: MetricExpression;
      readonly n: number;
      readonly order: "asc" | "des";
      readonly attributes: readonly AttributeCondition[];
    };

export type MetricExpression = Extract<Expression, { kind: "metric" }>;

export interface AttributeCondition {
  readonly attribute: string;
  readonly equal: boolean;
  readonly value: string;
}

const AGGREGATIONS: ReadonlySet<string> = new Set(["avg", "sum", "max", "min", "latest", "count"]);
/** Words of the whole language, built or not: none of them is ever a metric. */
const RESERVED: ReadonlySet<string> = new Set([
  ...AGGREGATIONS,
  "abs",
  "ceil",
  "floor",
  "round",
  "increase",
  "rate",
  "top_n",
  "top_n_of",
  "view_as_seq",
  "is_present",
  "relabels",
  "aggregate_labels",
  "sort_values",
  "sort_label_values",
  "baseline",
  "value",
  "upper",
  "lower",
]); // prettier-ignore
const ATTRIBUTES: ReadonlySet<string> = new Set(["attr0", "attr1", "attr2", "attr3", "attr4", "attr5"]);
const DEPTH_MAX = 64;

/** @throws SyntaxFault */
export function parse(text: string): Expression {
  const parser = new Parser(text);
  const expression = parser.expression();
  parser.expectEnd();
  return expression;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = lex(text);
  }

  expression(): Expression {
    if (++this.#depth > DEPTH_MAX) throw new SyntaxFault(this.#next().at, `nested deeper than ${DEPTH_MAX}`);
    let left = this.#product();
    while (this.#isSymbol("+") || this.#isSymbol("-")) {
      const operator = this.#take().text as Operator;
      left = { kind: "binary", operator, left, right: this.#product() };
    }
    this.#depth--;
    return left;
  }

  expectEnd(): void {
    const token = this.#next();
    if (token.type !== "end") throw new SyntaxFault(token.at, `extraneous input '${token.text}' expecting <EOF>`);
  }

  #product(): Expression {
    let left = this.#operand();
    while (this.#isSymbol("*") || this.#isSymbol("/") || this.#isSymbol("%")) {
      const operator = this.#take().text as Operator;
      left = { kind: "binary", operator, left, right: this.#operand() };
    }
    return left;
  }

  #operand(): Expression {
    const token = this.#take();
    if (token.type === "number") return { kind: "number", value: Number(token.text) };
    if (token.type === "symbol" && token.text === "(") {
      const inner = this.expression();
      this.#symbol(")");
      return inner;
    }
    if (token.type !== "word") throw this.#unexpected(token);
    if (!RESERVED.has(token.text)) return this.#metric(token.text);
    this.#symbol("(");
    const call = this.#call(token);
    this.#symbol(")");
    return call;
  }

  #call(name: Token): Expression {
    const start = this.#next().at;
    if (AGGREGATIONS.has(name.text)) {
      return { kind: "aggregate", fn: name.text as Aggregation, of: this.expression() };
    }
    if (name.text === "relabels") {
      const of = this.expression();
      const text = this.#textFrom(start);
      this.#symbol(",");
      const from = this.#label();
      this.#symbol(",");
      return { kind: "relabels", of, from, to: this.#label(), text };
    }
    if (name.text === "top_n") return this.#topN();
    throw new SyntaxFault(name.at, `function '${name.text}' is not available`);
  }

  #topN(): Expression {
    const metric = this.#metric(this.#word());
    this.#symbol(",");
    const n = this.#take();
    if (n.type !== "number" || n.text.includes(".")) throw this.#unexpected(n);
    this.#symbol(",");
    const token = this.#take();
    const order = token.text.toLowerCase();
    if (order !== "asc" && order !== "des") throw this.#unexpected(token);
    const attributes: AttributeCondition[] = [];
    while (this.#isSymbol(",")) {
      this.#take();
      attributes.push(this.#attribute());
    }
    return { kind: "topN", metric, n: Number(n.text), order, attributes };
  }

  #attribute(): AttributeCondition {
    const name = this.#take();
    if (!ATTRIBUTES.has(name.text)) throw this.#unexpected(name);
    const equal = !this.#isSymbol("!=");
    this.#symbol(equal ? "=" : "!=");
    const value = this.#take();
    if (value.type !== "string") throw this.#unexpected(value);
    return { attribute: name.text, equal, value: value.text };
  }

  #metric(name: string): MetricExpression {
    const labels: LabelCondition[] = [];
    if (this.#isSymbol("{")) {
      this.#take();
      while (!this.#isSymbol("}")) {
        if (labels.length > 0) this.#symbol(",");
        labels.push(this.#label());
      }
      this.#take();
    }
    return { kind: "metric", name, labels };
  }

  #label(): LabelCondition {
    const key = this.#word();
    this.#symbol("=");
    const value = this.#take();
    if (value.type !== "string") throw this.#unexpected(value);
    return { key, values: value.text.split(",") };
  }

  #word(): string {
    const token = this.#take();
    if (token.type !== "word") throw this.#unexpected(token);
    return token.text;
  }

  #symbol(symbol: string): void {
    const token = this.#take();
    if (token.type !== "symbol" || token.text !== symbol) throw this.#unexpected(token, symbol);
  }

  #isSymbol(symbol: string): boolean {
    const token = this.#next();
    return token.type === "symbol" && token.text === symbol;
  }

  #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#next();
    if (token.type !== "end") this.#at++;
    return token;
  }

  #textFrom(start: number): string {
    return this.#text.slice(start, this.#next().at).trim();
  }

  #unexpected(token: Token, expected?: string): SyntaxFault {
    return new SyntaxFault(
      token.at,
      expected === undefined ? `unexpected '${token.text}'` : `unexpected '${token.text}', expecting '${expected}'`,
    );
  }
}
