/** The filter that finds the kept rows of a group of failed calls. Pure. */
import { type FilterName, type FilterPart, partOf } from "../../lib/log-filter.ts";
import type { MeshFailure } from "../../lib/mesh-log-types.ts";
import { OTHER } from "./group-failures.ts";

/** @param service of which all failures are; for groups that name no service. */
export function failureFilter(failure: MeshFailure, service: string | null): FilterPart[] {
  const { detectPoint, source, destination, endpoint, code, flags, codeDetails } = failure;
  const caller: readonly (readonly [FilterName, string | null])[] = [
    ["kept", "failed"],
    ["side", detectPoint],
    ["side", "both"], // a gateway's row reports for both ends
    ["service", source === null && destination === null ? service : null],
    ["caller", known(source)],
    ["callee", known(destination)],
  ];
  // What was added up has the causes of none of its rows.
  const cause: typeof caller =
    codeDetails === OTHER
      ? []
      : [
          ["endpoint", endpoint],
          ["code", code === null ? null : String(code)],
          ...(flags?.length === 0 ? [["flag", "none"] as const] : []),
          ...(flags ?? []).map(({ short }) => ["flag", short] as const),
          ["details", codeDetails],
        ];
  return [...caller, ...cause].flatMap(([name, value]) => (value === null ? [] : (partOf(name, value) ?? [])));
}

function known(service: string | null): string | null {
  return service === OTHER ? null : service;
}
