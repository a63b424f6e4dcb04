/** Text -> expression tree. Precedence climbs from `||` over `&&`, comparisons, `+ -` and `* / %` to calls and parentheses; all
 *  operators are left-associative. What follows the expression is an error. */
import { SyntaxFault } from "./lex.ts";
import { type ArgumentParser, parseCall } from "./parse-call.ts";
import { parseMetric } from "./parse-metric.ts";
import { Tokens } from "./tokens.ts";
import type { Expression, Operator } from "./tree.ts";
import { isFunction } from "./words.ts";

/** Weakest first. */
export const LEVELS: readonly (readonly Operator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<=", "<", ">=", ">"],
  ["+", "-"],
  ["*", "/", "%"],
];
const COMPARISONS = 2;
const DEPTH_MAX = 64;

/** @throws SyntaxFault */
export function parse(text: string): Expression {
  const parser = new Parser(new Tokens(text));
  const expression = parser.expression();
  parser.tokens.expectEnd();
  return expression;
}

class Parser implements ArgumentParser {
  readonly tokens: Tokens;
  #depth = 0;

  constructor(tokens: Tokens) {
    this.tokens = tokens;
  }

  expression(): Expression {
    if (++this.#depth > DEPTH_MAX) throw new SyntaxFault(this.tokens.next().at, `nested deeper than ${DEPTH_MAX}`);
    const expression = this.#level(0);
    this.#depth--;
    return expression;
  }

  #level(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#operand();
    let left = this.#level(level + 1);
    for (let operator = this.#operator(operators); operator !== undefined; operator = this.#operator(operators)) {
      if (level === COMPARISONS) this.tokens.skipWord("bool"); // means nothing: comparisons answer 1 or 0 anyway
      left = { kind: "binary", operator, left, right: this.#level(level + 1) };
    }
    return left;
  }

  #operator(operators: readonly Operator[]): Operator | undefined {
    return operators.find((operator) => this.tokens.skip(operator));
  }

  #operand(): Expression {
    const { tokens } = this;
    const { type, text } = tokens.next();
    if (type === "number") return { kind: "number", value: Number(tokens.take().text) };
    if (tokens.skip("(")) {
      const inner = this.expression();
      tokens.symbol(")");
      return inner;
    }
    if (type !== "word") throw tokens.unexpected("a number, a metric, a function or '('");
    if (!isFunction(text)) return parseMetric(tokens);
    tokens.take();
    tokens.symbol("(");
    const call = parseCall(text, this);
    tokens.symbol(")");
    return call;
  }
}
