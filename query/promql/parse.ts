/** Query text -> tree, over the Prometheus project's own grammar. What the grammar knows and this product does not answer is refused here by name. */
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { PromqlFault } from "./fault.ts";
import { functionNamed } from "./functions.ts";
import { durationMs, numberOf, stringOf } from "./literals.ts";
import {
  AGGREGATIONS,
  type AggregateExpression,
  type Aggregation,
  type BinaryExpression,
  COMPARISONS,
  type Expression,
  type Matcher,
  type Matching,
  type Operator,
  type RangeSelector,
  SET_OPERATORS,
  type Selector,
} from "./tree.ts";

/** Longer texts are not looked at. A variable with a thousand services in it comes to a third. */
const CHARS_MAX = 100_000;
/** A chain of operators is as deep as it is long. */
const DEPTH_MAX = 200;

/** @throws PromqlFault with line and column of a mistake */
export function parse(text: string): Expression {
  if (text.length > CHARS_MAX) throw new PromqlFault(`the query has more than ${CHARS_MAX} characters`);
  const { topNode } = parser.parse(text);
  const cursor = topNode.cursor();
  do if (cursor.type.isError) throw unexpected(text, cursor.from);
  while (cursor.next());
  const [root] = childrenOf(topNode);
  if (root === undefined) throw unexpected(text, 0);
  return new Reader(text).expression(root, 0);
}

/** A selector alone, as match[] has it. @throws PromqlFault */
export function parseSelector(text: string): Selector {
  const expression = parse(text);
  if (expression.kind !== "selector") throw new PromqlFault(`match[]: ${JSON.stringify(text)} is no selector of series`);
  return expression;
}

function unexpected(text: string, at: number): PromqlFault {
  const [token = ""] = /^(\w+|\S?)/.exec(text.slice(at)) ?? [];
  const [, called] = token === "(" ? (/(\w+)\s*$/.exec(text.slice(0, at)) ?? []) : [];
  if (called !== undefined) return faultAt(text, at, `unknown function with name "${called}"`);
  return faultAt(text, at, token === "" ? "unexpected end of input" : `unexpected ${JSON.stringify(token)}`);
}

function faultAt(text: string, at: number, what: string): PromqlFault {
  const lines = text.slice(0, at).split("\n");
  return new PromqlFault(`${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}: parse error: ${what}`);
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== "LineComment") children.push(child);
  return children;
}

class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expression(node: SyntaxNode, depth: number): Expression {
    if (depth > DEPTH_MAX) throw this.#fault(node, `nested deeper than ${DEPTH_MAX}`);
    const inner = depth + 1;
    switch (node.name) {
      case "NumberDurationLiteral":
        return { kind: "number", value: numberOf(this.#of(node)) };
      case "StringLiteral":
        return { kind: "string", value: this.#string(node) };
      case "ParenExpr":
        return { kind: "paren", of: this.#only(node, inner) };
      case "UnaryExpr": {
        const [sign, of] = childrenOf(node) as [SyntaxNode, SyntaxNode];
        const value = this.expression(of, inner);
        if (this.#of(sign) === "+") return value;
        return value.kind === "number" ? { kind: "number", value: -value.value } : { kind: "negative", of: value };
      }
      case "VectorSelector":
        return this.#selector(node);
      case "MatrixSelector":
        return this.#range(node, inner);
      case "OffsetExpr":
        return this.#offset(node, inner);
      case "BinaryExpr":
        return this.#binary(node, inner);
      case "AggregateExpr":
        return this.#aggregate(node, inner);
      case "FunctionCall":
        return this.#call(node, inner);
      case "SubqueryExpr":
        throw this.#fault(node, "subqueries are not answered here");
      default:
        throw this.#fault(node, `${JSON.stringify(this.#of(node))} is not answered here`);
    }
  }

  #only(node: SyntaxNode, depth: number): Expression {
    return this.expression(childrenOf(node)[0] as SyntaxNode, depth);
  }

  #selector(node: SyntaxNode): Selector {
    const name = node.getChild("Identifier");
    const matchers: Matcher[] = name === null ? [] : [{ label: "__name__", op: "=", value: this.#of(name) }];
    for (const one of childrenOf(node.getChild("LabelMatchers") ?? node)) {
      if (one.name === "QuotedLabelName") {
        matchers.push({ label: "__name__", op: "=", value: this.#string(childrenOf(one)[0] as SyntaxNode) });
      } else if (one.name === "UnquotedLabelMatcher" || one.name === "QuotedLabelMatcher") {
        const [label, op, value] = childrenOf(one) as [SyntaxNode, SyntaxNode, SyntaxNode];
        matchers.push({ label: this.#label(label), op: this.#of(op) as Matcher["op"], value: this.#string(value) });
      }
    }
    if (matchers.length === 0) throw this.#fault(node, "a selector needs a metric or a label");
    return { kind: "selector", matchers, offsetMs: 0 };
  }

  #range(node: SyntaxNode, depth: number): RangeSelector {
    const [of, range] = childrenOf(node) as [SyntaxNode, SyntaxNode];
    const selector = this.expression(of, depth);
    if (selector.kind !== "selector") throw this.#fault(node, "only a selector of series has a range");
    const rangeMs = this.#duration(range);
    if (rangeMs <= 0) throw this.#fault(range, "a range is longer than 0");
    return { kind: "range", of: selector, rangeMs };
  }

  #offset(node: SyntaxNode, depth: number): Selector | RangeSelector {
    const [of, , duration] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode];
    const offsetMs = this.#duration(duration);
    const selector = this.expression(of, depth);
    if (selector.kind === "selector") return { ...selector, offsetMs };
    if (selector.kind === "range") return { ...selector, of: { ...selector.of, offsetMs } };
    throw this.#fault(node, "only a selector of series has an offset");
  }

  #binary(node: SyntaxNode, depth: number): Expression {
    const children = childrenOf(node);
    const [first, sign, last] = [children[0], children[1], children.at(-1)] as [SyntaxNode, SyntaxNode, SyntaxNode];
    const operator = this.#of(sign).toLowerCase() as Operator;
    if (!/^(?:[-+*/%^]|[=!]=|[<>]=?|and|or|unless)$/.test(operator)) throw this.#fault(sign, `${operator} is not answered here`);
    if (node.getChild("FillModifier") !== null) throw this.#fault(node, "fill is not answered here");
    const bool = node.getChild("BoolModifier") !== null;
    const matching = this.#matching(node.getChild("MatchingModifierClause"));
    if (bool && !COMPARISONS.has(operator)) throw this.#fault(sign, "bool modifier can only be used on comparison operators");
    if (matching !== null && matching.many !== null && SET_OPERATORS.has(operator))
      throw this.#fault(sign, `no grouping allowed for "${operator}" operation`);
    const [left, right] = [this.expression(first, depth), this.expression(last, depth)];
    const made: BinaryExpression = { kind: "binary", operator, left, right, bool, matching };
    // To the grammar a sign is part of a number; a power binds stronger: -2 ^ 2 is -4.
    if (operator !== "^" || first.name !== "NumberDurationLiteral" || left.kind !== "number" || !this.#of(first).startsWith("-"))
      return made;
    return { kind: "negative", of: { ...made, left: { kind: "number", value: -left.value } } };
  }

  #matching(node: SyntaxNode | null): Matching | null {
    if (node === null) return null;
    const [labels, include] = node.getChildren("GroupingLabels");
    const many = node.getChild("GroupLeft") !== null ? "left" : node.getChild("GroupRight") !== null ? "right" : null;
    return { on: node.getChild("On") !== null, labels: this.#labels(labels), many, include: this.#labels(include) };
  }

  #aggregate(node: SyntaxNode, depth: number): AggregateExpression {
    const name = this.#of(node.getChild("AggregateOp") as SyntaxNode).toLowerCase();
    const fn = AGGREGATIONS.find((one): one is Aggregation => one === name);
    if (fn === undefined) throw this.#fault(node, `${name} is not answered here: there are ${AGGREGATIONS.join(", ")}`);
    const args = childrenOf(node.getChild("FunctionCallBody") as SyntaxNode).map((one) => this.expression(one, depth));
    const wanted = fn === "topk" || fn === "bottomk" ? 2 : 1;
    if (args.length !== wanted)
      throw this.#fault(
        node,
        `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      );
    const modifier = node.getChild("AggregateModifier");
    const labels = this.#labels(modifier?.getChild("GroupingLabels") ?? undefined);
    const grouping = modifier === null ? null : { by: modifier.getChild("By") !== null, labels };
    return {
      kind: "aggregate",
      fn,
      of: args.at(-1) as Expression,
      parameter: wanted === 2 ? (args[0] as Expression) : null,
      grouping,
    };
  }

  #call(node: SyntaxNode, depth: number): Expression {
    const fn = this.#of(node.getChild("FunctionIdentifier") as SyntaxNode);
    const args = childrenOf(node.getChild("FunctionCallBody") as SyntaxNode).map((one) => this.expression(one, depth));
    const known = functionNamed(fn);
    if (typeof known === "string") throw this.#fault(node, known);
    if (args.length < known.least || args.length > known.most)
      throw this.#fault(
        node,
        `${fn}() takes ${known.least === known.most ? known.least : `${known.least} to ${known.most}`} arguments`,
      );
    return { kind: "call", fn, args };
  }

  #labels(node: SyntaxNode | undefined): string[] {
    return node === undefined ? [] : childrenOf(node).map((one) => this.#label(one));
  }

  #label(node: SyntaxNode): string {
    return node.name === "QuotedLabelName" ? this.#string(childrenOf(node)[0] as SyntaxNode) : this.#of(node);
  }

  #string(node: SyntaxNode): string {
    const value = stringOf(this.#of(node));
    if (value === null) throw this.#fault(node, `${this.#of(node)} is not closed, or has an escape that there is not`);
    return value;
  }

  /** ms; seconds where there is no unit. */
  #duration(node: SyntaxNode): number {
    const parts = /^(-?)\s*(\S+)$/.exec(this.#of(node).trim());
    const [, sign = "", text = ""] = parts ?? [];
    const ms = durationMs(text) ?? (/^[\d._]+$/.test(text) ? numberOf(text) * 1_000 : null);
    if (ms === null) throw this.#fault(node, `${JSON.stringify(this.#of(node))} is no duration like 5m`);
    return sign === "-" ? -ms : ms;
  }

  #of({ from, to }: SyntaxNode): string {
    return this.#text.slice(from, to);
  }

  #fault({ from }: SyntaxNode, what: string): PromqlFault {
    return faultAt(this.#text, from, what);
  }
}
