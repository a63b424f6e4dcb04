/** Expression tree -> text, with the parentheses that its operators need: parsed again it is the same tree. */
import { LEVELS } from "./parse.ts";
import type {
  AttributeCondition,
  BinaryExpression,
  Expression,
  LabelCondition,
  MetricExpression,
  TopNExpression,
} from "./tree.ts";

export function print(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return expression.value.toLocaleString("en-US", DECIMALS);
    case "metric":
      return metric(expression);
    case "binary":
      return binary(expression);
    case "aggregate":
    case "math":
      return `${expression.fn}(${print(expression.of)})`;
    case "round":
      return `round(${print(expression.of)},${whole(expression.places)})`;
    case "trend":
      return `${expression.fn}(${metric(expression.of)},${whole(expression.steps)})`;
    case "topN":
      return topN(expression);
    case "topNOf":
      return `top_n_of(${expression.of.map(topN).join(",")},${whole(expression.n)},${expression.order})`;
    case "relabels":
      return `relabels(${print(expression.of)},${label(expression.from)},${label(expression.to)})`;
    case "aggregateLabels":
      return `aggregate_labels(${print(expression.of)},${expression.fn}${group(expression.labels)})`;
    case "sortValues":
      return `sort_values(${print(expression.of)},${whole(expression.n)},${expression.order},${expression.fn})`;
    case "sortLabelValues":
      return `sort_label_values(${[print(expression.of), expression.order, ...expression.labels].join(",")})`;
    case "viewAsSeq":
      return `view_as_seq(${expression.of.map(print).join(",")})`;
    case "isPresent":
      return `is_present(${expression.of.map(print).join(",")})`;
    case "baseline":
      return `baseline(${metric(expression.of)},${expression.band})`;
  }
}

const DECIMALS: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 100 };

function whole(value: number): string {
  return value.toLocaleString("en-US", DECIMALS);
}

/** The left operand of an operator may be of the same level, the right one may not. */
function binary({ operator, left, right }: BinaryExpression): string {
  const level = levelOf(operator);
  const operand = (of: Expression, least: number): string =>
    of.kind === "binary" && levelOf(of.operator) < least ? `(${print(of)})` : print(of);
  return `${operand(left, level)} ${operator} ${operand(right, level + 1)}`;
}

function levelOf(operator: BinaryExpression["operator"]): number {
  return LEVELS.findIndex((operators) => operators.includes(operator));
}

function metric({ name, labels }: MetricExpression): string {
  return labels.length === 0 ? name : `${name}{${labels.map(label).join(",")}}`;
}

function topN({ of, n, order, attributes }: TopNExpression): string {
  return `top_n(${[metric(of), whole(n), order, ...attributes.map(attribute)].join(",")})`;
}

function attribute({ attribute: name, equal, value }: AttributeCondition): string {
  return `${name}${equal ? "=" : "!="}${quoted(value)}`;
}

function label({ key, values }: LabelCondition): string {
  return `${key}=${quoted(values.join(","))}`;
}

function group(labels: readonly string[]): string {
  return labels.length === 0 ? "" : `(${labels.join(",")})`;
}

/** A text holds one kind of quotes at most: there is no way to write both. */
function quoted(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
