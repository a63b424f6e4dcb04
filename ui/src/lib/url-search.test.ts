import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSearch, stringifySearch } from "./url-search.ts";

test("values are written as they are, numbers too, and what is absent is not written", () => {
  expect(stringifySearch({ t: "30", id: undefined, hops: "3" })).toBe("?t=30&hops=3");
  expect(stringifySearch({ t: undefined })).toBe("");
});

test("older links, with numbers and quoted text, are read", () => {
  expect(parseSearch("?t=%2230%22&hops=3&req=%2212345678901234567890%22&q=%22true%22")).toEqual({
    t: "30",
    hops: "3",
    req: "12345678901234567890",
    q: "true",
  });
  expect(parseSearch("")).toEqual({});
});

test("any text survives its way through the address", () => {
  for (const q of ["12345678901234567890", "true", '"', '"a"', '"\\"a\\""', "1e5", "null", "a&b=c#d+ e", "é%41;"])
    expect(parseSearch(stringifySearch({ q }))).toEqual({ q });
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (q) => parseSearch(stringifySearch({ q }))["q"] === q));
});
