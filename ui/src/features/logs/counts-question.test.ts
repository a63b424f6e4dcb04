import { expect, test } from "vitest";
import { decodeFilter } from "../../lib/log-filter.ts";
import { countsQuestion, facetsOf } from "./counts-question.ts";

test("a field that is filtered is counted without its own filter, the others with all of them", () => {
  const { query, filters } = countsQuestion(decodeFilter("code:503;caller:web"), ["CODE", "FLAGS", "CALLER"]);
  expect(filters).toEqual({ CODE: { callers: ["web"] }, CALLER: { codes: [503] } });
  expect(query).toContain("$CODE: MeshLogFilter, $CALLER: MeshLogFilter");
  expect(query).toContain("facets: meshLogFacets(window: $window, filter: $filter, fields: [FLAGS]");
  expect(query).toContain("facet_CODE: meshLogFacets(window: $window, filter: $CODE, fields: [CODE]");
});

test("without facets only the total is asked for", () => {
  expect(countsQuestion([], []).query).not.toContain("meshLogFacets");
});

test("facets are found by their field, whichever part of the answer they are in", () => {
  const facet = (field: string) => ({ field, values: [], truncated: false, isExact: true });
  const answer = {
    meshLogs: { total: { rows: 0, calls: 0, isExact: true } },
    facets: [facet("FLAGS")],
    facet_CODE: [facet("CODE")],
  };
  expect([...facetsOf(answer).keys()]).toEqual(["FLAGS", "CODE"]);
});
