import { expect, test } from "vitest";
import type { MeshLogFacet } from "../../lib/mesh-log-types.ts";
import { piecesOf, typedFilter } from "../../lib/typed-filter.ts";
import { meant, suggest } from "./suggest.ts";

const facet = (field: string, ...values: string[]): [string, MeshLogFacet] => [
  field,
  { field, truncated: false, isExact: true, values: values.map((value) => ({ value, calls: 1, rows: 1 })) },
];
const FACETS = new Map([
  facet("CALLER", "web.shop", "edge.istio"),
  facet("CALLEE", "web.shop", "cart.shop"),
  facet("CODE", "503", "0"),
]);
const FLAGS = new Map([
  ["UF", "No connection could be made."],
  ["NR", "No route."],
]);
const offers = (text: string) => suggest(piecesOf(text).at(-1), FACETS, FLAGS);
const titles = (text: string): string[] => offers(text).map(({ title }) => title);

test("free text is a part of the path, and words that begin so are offered after it", () => {
  expect(titles("/orders")).toEqual(["path has /orders"]);
  expect(titles("ca")).toEqual(["path has ca", "caller:", "callee:"]);
  expect(titles("")[0]).toBe("path:");
});

test("after a word its values are offered, those seen first, each once; what is typed comes first when it is one of them", () => {
  expect(titles("caller:")).toEqual(["caller web.shop", "caller edge.istio"]);
  expect(titles("service:shop")).toEqual(["service web.shop", "service cart.shop", "service shop"]);
  expect(titles("code:")).toEqual(["code 503", "code no response", "code 5xx", "code 4xx", "code 2xx"]);
  expect(titles("code:5")).toEqual(["code 503", "code 5xx", "code 5"]);
  expect(titles("code:503")).toEqual(["code 503"]);
  expect(titles("callee:mail.example")).toEqual(["callee mail.example"]);
  expect(titles("kept:fa")).toEqual(["kept failed"]);
});

test("flags are offered with what they mean, and found by it", () => {
  expect(titles("flag:")).toEqual(["flag any", "flag no flag", "flag UF", "flag NR"]);
  expect(offers("flag:route").map(({ title, note }) => `${title}: ${note}`)).toEqual(["flag NR: No route."]);
});

test("a value that a word cannot take is not offered", () => {
  expect(titles("min:fast")).toEqual([]);
  expect(titles("min:1.5s")).toEqual(["at least 1.5 s"]);
  expect(titles("bogus:xx")).toEqual([]);
});

test("of several filters the last one is offered for, and the names of all mean those that were seen", () => {
  expect(titles("caller:web code:5")).toEqual(["code 503", "code 5xx", "code 5"]);
  const read = (text: string) => typedFilter(text, (piece) => meant(piece, FACETS, FLAGS)).parts.map(({ value }) => value);
  expect(read("caller:web code:5xx min:250ms")).toEqual(["web.shop", "5xx", "250"]);
  expect(read('caller:"web" callee:mail code:50')).toEqual(["web", "mail", "50"]);
});
