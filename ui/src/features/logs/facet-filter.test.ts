import { expect, test } from "vitest";
import { filterInput } from "../../lib/log-filter.ts";
import { FACETS, type FacetShape, facetPart, facetText } from "./facet-filter.ts";

test("every value of a facet has a filter that finds it and a text", () => {
  const of = (field: string, value: string): [unknown, string] => {
    const shape = FACETS.find((one) => one.field === field) as FacetShape;
    const part = facetPart(shape, value);
    return [part === null ? null : filterInput([part]), facetText(shape, value)];
  };
  expect(of("KEPT", "FAILED")).toEqual([{ kept: ["FAILED"] }, "failed"]);
  expect(of("CODE", "0")).toEqual([{ codes: [0] }, "no response"]);
  expect(of("CODE", "503")).toEqual([{ codes: [503] }, "503"]);
  expect(of("FLAGS", "")).toEqual([{ hasFlags: false }, "no flag"]);
  expect(of("FLAGS", "UMSDR")).toEqual([{ flags: ["UMSDR"] }, "UMSDR"]);
  expect(of("GRPC_STATUS", "-1")).toEqual([{ grpcStatuses: [-1] }, "not logged"]);
  expect(of("ENDPOINT", "")).toEqual([{ endpoints: [""] }, "(empty)"]);
});
