/** A metric with its labels, and the conditions that stand beside one. */
import type { Tokens } from "./tokens.ts";
import type { AttributeCondition, LabelCondition, MetricExpression } from "./tree.ts";
import { ATTRIBUTES } from "./words.ts";

/** @throws SyntaxFault, as all of these */
export function parseMetric(tokens: Tokens): MetricExpression {
  const name = tokens.name("a metric");
  const labels: LabelCondition[] = [];
  if (tokens.skip("{") && !tokens.skip("}")) {
    do labels.push(parseLabel(tokens));
    while (tokens.skip(","));
    tokens.symbol("}");
  }
  return { kind: "metric", name, labels };
}

/** `key='value,value'` */
export function parseLabel(tokens: Tokens): LabelCondition {
  const key = tokens.name("a label");
  tokens.symbol("=");
  return { key, values: tokens.string().split(",") };
}

/** `attr0='value'` or `attr0!='value'` */
export function parseAttribute(tokens: Tokens): AttributeCondition {
  const attribute = tokens.oneOf(ATTRIBUTES);
  const equal = !tokens.skip("!=");
  if (equal) tokens.symbol("=");
  return { attribute, equal, value: tokens.string() };
}
