/** The arguments of a function, between its parentheses. */
import { parseAttribute, parseLabel, parseMetric } from "./parse-metric.ts";
import type { Tokens } from "./tokens.ts";
import type { AttributeCondition, Expression, Order, TopNExpression } from "./tree.ts";
import { AGGREGATIONS, BANDS, FOLDS, type FunctionName, ORDERS } from "./words.ts";

/** What they are read from. */
export interface ArgumentParser {
  readonly tokens: Tokens;
  expression(): Expression;
}

/** @throws SyntaxFault */
export function parseCall(fn: FunctionName, parser: ArgumentParser): Expression {
  const { tokens } = parser;
  switch (fn) {
    case "abs":
    case "ceil":
    case "floor":
      return { kind: "math", fn, of: parser.expression() };
    case "round":
      return { kind: "round", of: first(parser), places: tokens.integer() };
    case "increase":
    case "rate":
      return { kind: "trend", fn, of: firstMetric(tokens), steps: tokens.integer() };
    case "top_n":
      return topN(tokens);
    case "top_n_of":
      return topNOf(tokens);
    case "view_as_seq":
      return { kind: "viewAsSeq", of: expressions(parser) };
    case "is_present":
      return { kind: "isPresent", of: expressions(parser) };
    case "relabels":
      return relabels(parser);
    case "aggregate_labels":
      return { kind: "aggregateLabels", of: first(parser), fn: tokens.oneOf(FOLDS), labels: groupLabels(tokens) };
    case "sort_values":
      return sortValues(parser);
    case "sort_label_values":
      return { kind: "sortLabelValues", of: first(parser), order: order(tokens), labels: labelsAfterComma(tokens) };
    case "baseline":
      return { kind: "baseline", of: firstMetric(tokens), band: tokens.oneOf(BANDS) };
    default:
      return { kind: "aggregate", fn, of: parser.expression() };
  }
}

/** An expression and the comma after it. */
function first(parser: ArgumentParser): Expression {
  const of = parser.expression();
  parser.tokens.symbol(",");
  return of;
}

function firstMetric(tokens: Tokens) {
  const of = parseMetric(tokens);
  tokens.symbol(",");
  return of;
}

function expressions(parser: ArgumentParser): Expression[] {
  const all: Expression[] = [];
  do all.push(parser.expression());
  while (parser.tokens.skip(","));
  return all;
}

function order(tokens: Tokens): Order {
  return tokens.oneOf(ORDERS, (text) => text.toLowerCase());
}

function topN(tokens: Tokens): TopNExpression {
  const of = firstMetric(tokens);
  const n = tokens.integer();
  tokens.symbol(",");
  const direction = order(tokens);
  const attributes: AttributeCondition[] = [];
  while (tokens.skip(",")) attributes.push(parseAttribute(tokens));
  return { kind: "topN", of, n, order: direction, attributes };
}

function topNOf(tokens: Tokens): Expression {
  const of: TopNExpression[] = [];
  do {
    tokens.oneOf(["top_n"]);
    tokens.symbol("(");
    of.push(topN(tokens));
    tokens.symbol(")");
    tokens.symbol(",");
  } while (tokens.next().type === "word");
  const n = tokens.integer();
  tokens.symbol(",");
  return { kind: "topNOf", of, n, order: order(tokens) };
}

function relabels(parser: ArgumentParser): Expression {
  const of = first(parser);
  const from = parseLabel(parser.tokens);
  parser.tokens.symbol(",");
  return { kind: "relabels", of, from, to: parseLabel(parser.tokens) };
}

/** `(label, ...)`, or nothing. */
function groupLabels(tokens: Tokens): string[] {
  const labels: string[] = [];
  if (!tokens.skip("(")) return labels;
  do labels.push(tokens.name("a label"));
  while (tokens.skip(","));
  tokens.symbol(")");
  return labels;
}

/** The aggregation may be left out, even after its comma. */
function sortValues(parser: ArgumentParser): Expression {
  const { tokens } = parser;
  const of = first(parser);
  const n = tokens.integer();
  tokens.symbol(",");
  const direction = order(tokens);
  const isNamed = tokens.skip(",") && !tokens.isSymbol(")");
  return { kind: "sortValues", of, n, order: direction, fn: isNamed ? tokens.oneOf(AGGREGATIONS) : "avg" };
}

function labelsAfterComma(tokens: Tokens): string[] {
  const labels: string[] = [];
  tokens.symbol(",");
  do labels.push(tokens.name("a label"));
  while (tokens.skip(","));
  return labels;
}
