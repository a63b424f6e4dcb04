import { expect, test } from "vitest";
import { SyntaxFault } from "../../../../query/expression/lex.ts";
import { parse } from "../../../../query/expression/parse.ts";
import { print } from "../../../../query/expression/print.ts";
import type { Expression } from "../../../../query/expression/tree.ts";

/** The tree as text with every pair of operands in parentheses, outside of calls. */
function shown(expression: Expression): string {
  if (expression.kind !== "binary") return print(expression);
  return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
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
  ["a > 1 + 2", "(a > (1 + 2))"],
  ["a >= bool 1 == BOOL 0", "((a >= 1) == 0)"],
  ["a<1&&b<=2||c!=3", "(((a < 1) && (b <= 2)) || (c != 3))"],
  ["a > 1 || b > 1 && c > 1", "((a > 1) || ((b > 1) && (c > 1)))"],
  ["(a > 1 || b > 1) && c > 1", "(((a > 1) || (b > 1)) && (c > 1))"],
  ["(avg(service_sla) < 9500) * (avg(service_cpm) > 1)  == 1", "(((avg(service_sla) < 9500) * (avg(service_cpm) > 1)) == 1)"],
  ["avg(service_cpm)/60", "(avg(service_cpm) / 60)"],
  ["service_percentile{p='50,95'}", "service_percentile{p='50,95'}"],
  ["service_percentile{p=\"50\",_='1'}", "service_percentile{p='50',_='1'}"],
  ["service_cpm{}", "service_cpm"],
  ['m{p="it\'s"}', 'm{p="it\'s"}'],
  ["abs( a - 1 )", "abs(a - 1)"],
  ["round(a,2)+ceil(b)*floor(c)", "(round(a,2) + (ceil(b) * floor(c)))"],
  ["increase(service_cpm, 1)", "increase(service_cpm,1)"],
  ["rate(m{p='50'},10)", "rate(m{p='50'},10)"],
  ["relabels(service_percentile{p='50'},p='50',p='P50')", "relabels(service_percentile{p='50'},p='50',p='P50')"],
  ["aggregate_labels(m,sum)", "aggregate_labels(m,sum)"],
  ["aggregate_labels(m * 2, avg (a , b))", "aggregate_labels(m * 2,avg(a,b))"],
  ["sort_values(m,3,DES)", "sort_values(m,3,des,avg)"],
  ["sort_values(m,3,asc,)", "sort_values(m,3,asc,avg)"],
  ["sort_values(m,3,asc,max)", "sort_values(m,3,asc,max)"],
  ["sort_label_values(m, asc, a, b)", "sort_label_values(m,asc,a,b)"],
  ["view_as_seq(a, b + 1)", "view_as_seq(a,b + 1)"],
  ["is_present(a)", "is_present(a)"],
  ["baseline(service_cpm, upper)", "baseline(service_cpm,upper)"],
  ["top_n(service_cpm,10,DES)", "top_n(service_cpm,10,des)"],
  ["top_n(service_cpm, 3, asc, attr0='MESH', attr1 != 'x')", "top_n(service_cpm,3,asc,attr0='MESH',attr1!='x')"],
  ["top_n_of(top_n(a,5,des),top_n(b, 5, des), 5, Des)", "top_n_of(top_n(a,5,des),top_n(b,5,des),5,des)"],
  ["sum(top_n(service_cpm,3,des))", "sum(top_n(service_cpm,3,des))"],
  ["\tlatest(\r\n service_cpm )", "latest(service_cpm)"],
  ["4xx_count", "4xx_count"],
  ["12.50", "12.5"],
])("%s binds as %s", (text, tree) => {
  expect(shown(parse(text))).toBe(tree);
});

test.each([
  ["service_cpm >", /^line 1:13 unexpected '<EOF>', expecting a number, a metric, a function or '\('$/],
  ["a = b", /^line 1:2 extraneous input '=' expecting <EOF>$/],
  ["a & b", /^line 1:2 token recognition error at: '&'$/],
  ["", /^line 1:0 /],
  ["1 +", /^line 1:3 /],
  ["-1", /^line 1:0 /],
  ["service_cpm)", /^line 1:11 extraneous input '\)' expecting <EOF>$/],
  ["a b", /^line 1:2 extraneous input 'b' expecting <EOF>$/],
  ["AVG(a)", /^line 1:3 extraneous input '\(' expecting <EOF>$/],
  ["avg(service_cpm", /^line 1:15 unexpected '<EOF>', expecting '\)'$/],
  ["service_percentile{p=50}", /^line 1:21 unexpected '50', expecting a quoted text$/],
  ["service_percentile{p='50'", /^line 1:25 unexpected '<EOF>', expecting '}'$/],
  ["service_percentile{p='50',}", /^line 1:26 unexpected '}', expecting a label$/],
  ["m{avg='1'}", /^line 1:2 unexpected 'avg', expecting a label$/],
  ["top_n(service_cpm,1.5,des)", /^line 1:18 unexpected '1.5', expecting a whole number$/],
  ["top_n(service_cpm,5,desc)", /^line 1:20 unexpected 'desc', expecting 'asc', 'des'$/],
  ["top_n(service_cpm,5,des,layer='MESH')", /^line 1:24 unexpected 'layer', expecting 'attr0', 'attr1'/],
  ["top_n_of(top_n(a,5,des),5)", /^line 1:25 /],
  ["top_n_of(a,5,des)", /^line 1:9 unexpected 'a', expecting 'top_n'$/],
  ["increase(a+1,1)", /^line 1:10 unexpected '\+', expecting ','$/],
  ["increase(avg(a),1)", /^line 1:9 unexpected 'avg', expecting a metric$/],
  ["aggregate_labels(a,count)", /^line 1:19 unexpected 'count', expecting 'avg', 'sum', 'max', 'min'$/],
  ["sort_label_values(a,asc)", /^line 1:23 unexpected '\)', expecting ','$/],
  ["baseline(a,middle)", /^line 1:11 unexpected 'middle', expecting 'value', 'upper', 'lower'$/],
  ["round(a)", /^line 1:7 unexpected '\)', expecting ','$/],
  ["_", /^line 1:0 unexpected '_', expecting a metric$/],
  ["Bool", /^line 1:0 /],
  ["attr0", /^line 1:0 /],
  ["avg", /^line 1:3 unexpected '<EOF>', expecting '\('$/],
  ["9".repeat(400), /^line 1:0 the number is too large$/],
  ["'text'", /^line 1:0 /],
  ["1.", /^line 1:1 /],
  [`${"(".repeat(65)}1${")".repeat(65)}`, /nested deeper than/],
  [Array(2_000).fill("1").join("+"), /more than 2000 tokens/],
])("%j is refused with the place where it goes wrong", (text, message) => {
  expect(fault(text)).toMatch(message);
});
