import { expect, test } from "vitest";
import { encodeFilter, wordsOf } from "./log-filter.ts";
import { pieceAtEnd, piecesOf, typedFilter } from "./typed-filter.ts";

const read = (text: string): string | undefined => {
  const { parts, rest } = typedFilter(text);
  expect(rest).toBe("");
  return encodeFilter(parts);
};

test("filters with spaces between them are as many filters", () => {
  expect(read("caller:web code:5xx min:250ms")).toBe("caller:web;code:5xx;min:250");
  expect(read("  CALLER: web.shop   code:503 ")).toBe("caller:web.shop;code:503");
  expect(read("code: 503 caller:web")).toBe("code:503;caller:web");
});

test("text without a word is a part of the path, with its spaces", () => {
  expect(read("/orders of today")).toBe("path:/orders of today");
  expect(read("code:503 /orders  x min:1s")).toBe("code:503;path:/orders  x;min:1000");
  for (const path of ["/orders:42", "http://x", "web:8080", "web:80/orders", "GET:/orders/0", "web.shop:80", "10.0.0.1:80"])
    expect(read(path)).toBe(`path:${path}`);
});

test("double quotes hold a value together", () => {
  expect(read('agent:"Mozilla 5.0" reason:"TLS error: x"')).toBe("agent:Mozilla 5.0;reason:TLS error: x");
  expect(read('header:x-a="b c" code:503')).toBe("header:x-a=b c;code:503");
  expect(read('"bogus:xx"')).toBe("path:bogus:xx");
  expect(read('query:"a \\"b\\" c" principal:""')).toBe('query:a "b" c;principal:');
  expect(read('agent:"not closed')).toBe("agent:not closed");
  expect(read('/a"b c')).toBe('path:/a"b c');
});

test("what is not understood stays, and is told; the rest is taken", () => {
  const told = (text: string): unknown[] => {
    const { parts, rest, problems } = typedFilter(text);
    return [parts.map((part) => wordsOf(part).join(" ")), rest, ...problems];
  };
  expect(told("caller:web code:many min:fast")).toEqual([
    ["caller web"],
    "code:many min:fast",
    "“code:” does not take “many” (503, 5xx, or none).",
    "“min:” does not take “fast” (at least this long: 250ms, 1.5s).",
  ]);
  expect(told("code: caller:web")).toEqual([["caller web"], "code:", "“code:” lacks a value (503, 5xx, or none)."]);
  expect(told("bogus:xx")).toEqual([[], "bogus:xx", '“bogus:” is no filter. In quotes it is a part of a path: "bogus:xx"']);
  expect(told("status:500")[1]).toBe("status:500");
  expect(told("constructor:x")[1]).toBe("constructor:x");
  expect(told("  ")).toEqual([[], ""]);
});

test("pieces tell where they were typed", () => {
  expect(piecesOf("code:503  my path caller: w").map(({ text, start }) => [text, start])).toEqual([
    ["code:503", 0],
    ["my path", 10],
    ["caller: w", 18],
  ]);
});

test("a space ends a piece, unless its value is still to come or in quotes", () => {
  const atEnd = (text: string) => pieceAtEnd(text)?.text;
  expect([atEnd("code:503"), atEnd("code:503 mi"), atEnd("code:503 ")]).toEqual(["code:503", "mi", undefined]);
  expect([atEnd("code: "), atEnd('agent:"a '), atEnd("")]).toEqual(["code:", 'agent:"a ', undefined]);
});
