import { array, assert, constantFrom, property, string } from "fast-check";
import { expect, test } from "vitest";
import { PromqlFault } from "../../../../query/promql/fault.ts";
import { parse } from "../../../../query/promql/parse.ts";
import { print } from "../../../../query/promql/print.ts";

test.each([
  [
    "sum by(service)(service_cpm{layer='MESH', service=~\"a.*\"})>bool 3",
    'sum by (service) (service_cpm{layer="MESH",service=~"a.*"}) > bool 3',
  ],
  ["avg_over_time(service_cpm [5m] offset 1w)", "avg_over_time(service_cpm[5m] offset 1w)"],
  ["topk(3,a)/on(service)group_left(x)b", "topk(3, a) / on (service) group_left (x) b"],
  ["a-3", "a - 3"],
  ["-(a)", "-(a)"],
  ["{'x.y', \"l.m\"!='1'}", '{__name__="x.y","l.m"!="1"}'],
  ["a[300] offset -90m", "a[5m] offset -1h30m"],
  ["sum(a) without(x,y)", "sum without (x, y) (a)"],
  ["1h30m + 0x1F + .5e1", "5400 + 31 + 5"],
  ["a # a comment\n AND ignoring(b) c", "a and ignoring (b) c"],
  ["'a\\n\\x41\\u0042\\'' ", '"a\\nAB\'"'],
  ["a{b=`\\d`}", 'a{b="\\\\d"}'],
  ["- -3 + -2 ^ 2", "3 + -2 ^ 2"],
  ["clamp(a, -Inf, 1_000)", "clamp(a, -Inf, 1000)"],
])("%s is %s", (text, printed) => {
  expect(print(parse(text))).toBe(printed);
  expect(print(parse(printed))).toBe(printed);
  expect(parse(printed)).toEqual(parse(text));
});

test.each([
  ["", "1:1: parse error: unexpected end of input"],
  ["a b", '1:3: parse error: unexpected "b"'],
  ["a\n+ )", '2:3: parse error: unexpected ")"'],
  ["foo(bar)", '1:4: parse error: unknown function with name "foo"'],
  ["a{b='x}", "1:8: parse error: unexpected end of input"],
  ["a{b='\\d'}", "1:5: parse error: '\\d' is not closed, or has an escape that there is not"],
  ["{}", "1:1: parse error: a selector needs a metric or a label"],
  [
    "rate(a[5m])",
    "1:1: parse error: rate() is of counters, and metrics here are none: they are values by minute, second or call",
  ],
  ["a[5m:1m]", "1:1: parse error: subqueries are not answered here"],
  ["a @ 5", '1:1: parse error: "a @ 5" is not answered here'],
  ["1 atan2 2", "1:3: parse error: atan2 is not answered here"],
  ["stddev(a)", "1:1: parse error: stddev is not answered here: there are sum, avg, min, max, count, group, topk, bottomk"],
  ["1 + bool 2", "1:3: parse error: bool modifier can only be used on comparison operators"],
  ["a and on(b) group_left c", '1:3: parse error: no grouping allowed for "and" operation'],
  ["(a)[5m]", "1:1: parse error: only a selector of series has a range"],
  ["sum(a) offset 5m", "1:1: parse error: only a selector of series has an offset"],
  ["sum(a, b)", "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2"],
  ["round()", "1:1: parse error: round() takes 1 to 2 arguments"],
])("%s is refused with its place and why", (text, message) => {
  expect(() => parse(text)).toThrow(new PromqlFault(message));
});

test("long and deep texts are refused before they are evaluated", () => {
  expect(() => parse(`${"(".repeat(300)}a${")".repeat(300)}`)).toThrow("1:202: parse error: nested deeper than 200");
  expect(() => parse(`a${" + a".repeat(300)}`)).toThrow("nested deeper than 200");
  expect(() => parse("a".repeat(100_001))).toThrow("the query has more than 100000 characters");
});

test("whatever the text, it is a tree that prints as itself or a mistake that is told", () => {
  const words = constantFrom(
    "a",
    "sum",
    "by",
    "(",
    ")",
    "{",
    "}",
    "=",
    "'x'",
    "1",
    "5m",
    "[",
    "]",
    "offset",
    "-",
    "/",
    ",",
    "bool",
    "on",
  );
  const texts = (text: string): void => {
    let printed: string;
    try {
      printed = print(parse(text));
    } catch (error) {
      expect(error).toBeInstanceOf(PromqlFault);
      return;
    }
    expect(print(parse(printed))).toBe(printed);
  };
  assert(
    property(array(words, { maxLength: 12 }), (some) => texts(some.join(" "))),
    { numRuns: 1_000 },
  );
  assert(property(string(), texts), { numRuns: 500 });
});
