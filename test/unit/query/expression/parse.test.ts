import { expect, test } from "vitest";
import { SyntaxFault } from "../../../../query/expression/lex.ts";
import { type Expression, parse } from "../../../../query/expression/parse.ts";

/** The tree as text with every pair of operands in parentheses. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "metric":
      return expression.name + expression.labels.map(({ key, values }) => `{${key}=${values.join("|")}}`).join("");
    case "aggregate":
      return `${expression.fn}(${shown(expression.of)})`;
    case "binary":
      return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
    case "relabels":
      return `relabels(${shown(expression.of)}, ${expression.from.key}, ${expression.to.key})`;
    case "topN": {
      const attributes = expression.attributes.map(({ attribute, equal, value }) => ` ${attribute}${equal ? "=" : "!="}${value}`);
      return `top_n(${shown(expression.metric)}, ${expression.n}, ${expression.order}${attributes.join("")})`;
    }
  }
}

function fault(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message;
    throw error;
  }
  return "parsed";
}

test.each([
  ["service_sla * 2 /100 + 500 - 50", "((((service_sla * 2) / 100) + 500) - 50)"],
  ["1 + 2 * 3 % 4", "(1 + ((2 * 3) % 4))"],
  ["(1 + 2) * 3", "((1 + 2) * 3)"],
  ["a-b-1", "((a - b) - 1)"],
  ["avg(service_cpm)/60", "(avg(service_cpm) / 60)"],
  ["service_percentile{p='50,95'}", "service_percentile{p=50|95}"],
  ["service_percentile{p=\"50\",x='1'}", "service_percentile{p=50}{x=1}"],
  ["service_cpm{}", "service_cpm"],
  ["relabels(service_percentile{p='50'},p='50',p='P50')", "relabels(service_percentile{p=50}, p, p)"],
  ["top_n(service_cpm,10,DES)", "top_n(service_cpm, 10, des)"],
  ["top_n(service_cpm, 3, asc, attr0='MESH', attr1 != 'x')", "top_n(service_cpm, 3, asc attr0=MESH attr1!=x)"],
  ["sum(top_n(service_cpm,3,des))", "sum(top_n(service_cpm, 3, des))"],
  ["\tlatest(\r\n service_cpm )", "latest(service_cpm)"],
  ["4xx_count", "4xx_count"],
  ["12.50", "12.5"],
])("%s binds as %s", (text, tree) => {
  expect(shown(parse(text))).toBe(tree);
});

test.each([
  ["service_cpm >", /^line 1:12 /],
  ["service_cpm > 1", /^line 1:12 /],
  ["", /^line 1:0 /],
  ["1 +", /^line 1:3 /],
  ["-1", /^line 1:0 /],
  ["service_cpm)", /^line 1:11 /],
  ["a b", /^line 1:2 /],
  ["avg(service_cpm", /^line 1:15 /],
  ["service_percentile{p=50}", /^line 1:21 /],
  ["service_percentile{p='50'", /^line 1:25 /],
  ["top_n(service_cpm,1.5,des)", /^line 1:18 /],
  ["top_n(service_cpm,5,desc)", /^line 1:20 /],
  ["top_n(service_cpm,5,des,layer='MESH')", /^line 1:24 /],
  ["avg", /^line 1:3 /],
  ["round(service_cpm,1)", /^line 1:0 /],
  ["'text'", /^line 1:0 /],
  ["1.", /^line 1:1 /],
  [`${"(".repeat(65)}1${")".repeat(65)}`, /nested deeper than/],
  [Array(2_000).fill("1").join("+"), /more than 2000 tokens/],
])("%j is refused with the place where it goes wrong", (text, message) => {
  expect(fault(text)).toMatch(message);
});
