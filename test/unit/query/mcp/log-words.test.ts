/** The words of a tool's filter, and the links made of them, against the dashboard that reads them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { serviceId } from "../../../../oap/model/entity.ts";
import { Links } from "../../../../query/mcp/links.ts";
import { filterInput, LOG_WORDS, LogFilterShape, type LogFilterWords, logParts } from "../../../../query/mcp/log-words.ts";
import * as page from "../../../../ui/src/lib/log-filter.ts";
import { parseSearch } from "../../../../ui/src/lib/url-search.ts";
import { decodeSearch, decodeWindow } from "../../../../ui/src/lib/url-state.ts";

const SPAN = { from: Date.UTC(2026, 2, 1, 10), to: Date.UTC(2026, 2, 1, 10, 30) };
const links = new Links("http://127.0.0.1:12800", SPAN);
/** What the dashboard makes of an address. */
const opened = (link: string) => decodeSearch(parseSearch(new URL(link).search));

/** A value that each word takes. */
const GOOD: Readonly<Record<string, string>> = {
  code: "503",
  flag: "UF",
  kept: "failed",
  min: "1.5s",
  max: "2min",
  grpc: "13",
  attempts: "2",
  wait: "250ms",
  connect: "2s",
  header: "x-tenant=acme;b=c",
};

test("the words are those of the dashboard's search bar, and ask the same question", () => {
  expect([...LOG_WORDS].sort()).toEqual(Object.keys(page.FILTER_WORDS).sort());
  for (const word of LOG_WORDS) {
    const value = GOOD[word] ?? "a b;c%d:é";
    const parts = logParts({ [word]: value } as LogFilterWords);
    const state = opened(links.logs(parts));
    expect(page.filterInput(page.decodeFilter(state.f)), word).toEqual(filterInput(parts));
    expect(page.filterInput([page.partOf(word, value) as page.FilterPart]), word).toEqual(filterInput(parts));
  }
});

test("values as people write them become what the question takes", () => {
  const asked = (filter: LogFilterWords) => filterInput(logParts(filter));
  expect(asked({ code: [503, "5xx", "none"] })).toEqual({ codes: [503, 0], codeClasses: [5] });
  expect(asked({ flag: "uf" })).toEqual({ flags: ["UF"] });
  expect(asked({ flag: "none", kept: ["failed", "slow"] })).toEqual({ hasFlags: false, kept: ["FAILED", "SLOW"] });
  expect(asked({ wait: "1s", connect: 5, header: "X-Tenant" })).toEqual({
    phases: [
      { name: "WAIT", min: 1_000 },
      { name: "CONNECT", min: 5 },
    ],
    header: { name: "X-Tenant" },
  });
  expect(asked({ min: 250, max: "1.5s", attempts: 2 })).toEqual({ minDuration: 250, maxDuration: 1_500, minAttempts: 2 });
});

test.each<[LogFilterWords, RegExp]>([
  [{ code: "many" }, /^filter\.code: "many" is not 503/],
  [{ flag: "U%" }, /^filter\.flag: /],
  [{ kept: "all" }, /^filter\.kept: "all" is not failed, slow, rest, context/],
  [{ min: "soon" }, /^filter\.min: /],
  [{ header: "=x" }, /^filter\.header: "=x" is not a name/],
  [{ caller: " " }, /^filter\.caller: /],
  [{ caller: Array.from({ length: 40 }, (_, i) => `s${i}`), callee: "x" }, /^filter: 41 values are more than 40/],
])("a value that its word does not take is told by the word: %j", (filter, message) => {
  expect(() => logParts(filter)).toThrow(message);
});

test("a word that is none is refused by its name", () => {
  expect(LogFilterShape.safeParse({ status: "500" }).error?.message).toMatch(/status/);
});

test("links open the page that they are of, over the window that was told", () => {
  const name = "reviews.default";
  const cases = [
    [links.services({ q: ".shop", sort: "-errors" }), "/", { q: ".shop", sort: "-errors" }],
    [links.service(name), "/service", { id: serviceId(name) }],
    [links.map({ around: name, hops: "3" }), "/map", { around: serviceId(name), hops: "3" }],
    [links.map({ view: "table" }), "/map", { view: "table" }],
    [links.failures({ service: name, by: "edge" }), "/failures", { id: serviceId(name), by: "edge" }],
    [links.failures({}), "/failures", {}],
  ] as const;
  for (const [link, path, state] of cases) {
    expect(new URL(link).pathname).toBe(path);
    const { t, ...rest } = opened(link);
    expect(decodeWindow(t)).toEqual({ lastMinutes: null, ...SPAN });
    expect(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))).toEqual(state);
  }
});

test("any text survives its way through a link, digits that no number holds too", () => {
  for (const id of ["12345678901234567890", "true", '"', "1e5", "null", "a&b=c#d", "é%41;"])
    expect(opened(links.request(id)).req).toBe(id);
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 100, unit: "grapheme" }), (id) => opened(links.request(id)).req === id),
    { numRuns: 100 },
  );
});
