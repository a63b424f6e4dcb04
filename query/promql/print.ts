/** A tree as text, in one form: what format_query answers. Parsing it again gives the same tree. */
import { durationText, numberText, stringText } from "./literals.ts";
import type { AggregateExpression, BinaryExpression, Expression, Selector } from "./tree.ts";

export function print(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return numberText(expression.value);
    case "string":
      return stringText(expression.value);
    case "paren":
      return `(${print(expression.of)})`;
    case "negative":
      return `-${print(expression.of)}`;
    case "selector":
      return selector(expression) + offset(expression);
    case "range":
      return `${selector(expression.of)}[${durationText(expression.rangeMs)}]${offset(expression.of)}`;
    case "binary":
      return binary(expression);
    case "aggregate":
      return aggregate(expression);
    case "call":
      return `${expression.fn}(${expression.args.map(print).join(", ")})`;
  }
}

const PLAIN_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

function selector({ matchers }: Selector): string {
  const [first] = matchers;
  const isNamed = first?.label === "__name__" && first.op === "=" && PLAIN_NAME.test(first.value);
  const rest = isNamed ? matchers.slice(1) : matchers;
  const texts = rest.map(({ label, op, value }) => `${labelText(label)}${op}${stringText(value)}`);
  return `${isNamed ? first.value : ""}${texts.length === 0 ? "" : `{${texts.join(",")}}`}`;
}

function offset({ offsetMs }: Selector): string {
  if (offsetMs === 0) return "";
  return ` offset ${offsetMs < 0 ? "-" : ""}${durationText(Math.abs(offsetMs))}`;
}

function binary({ operator, left, right, bool, matching }: BinaryExpression): string {
  const words: string[] = [print(left), operator];
  if (bool) words.push("bool");
  if (matching !== null) {
    words.push(`${matching.on ? "on" : "ignoring"} (${labels(matching.labels)})`);
    if (matching.many !== null) words.push(`group_${matching.many} (${labels(matching.include)})`);
  }
  return [...words, print(right)].join(" ");
}

function aggregate({ fn, of, parameter, grouping }: AggregateExpression): string {
  const by = grouping === null ? "" : ` ${grouping.by ? "by" : "without"} (${labels(grouping.labels)}) `;
  return `${fn}${by}(${parameter === null ? "" : `${print(parameter)}, `}${print(of)})`;
}

function labels(names: readonly string[]): string {
  return names.map(labelText).join(", ");
}

function labelText(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : stringText(name);
}
