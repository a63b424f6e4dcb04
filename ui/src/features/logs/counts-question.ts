/** The question for the total and the facets. A field that is filtered is asked for without its own filter, so that its other values can be
 *  seen and added. Pure. */
import { type FilterPart, filterInput } from "../../lib/log-filter.ts";
import type { MeshLogFacet, MeshLogTotal } from "../../lib/mesh-log-types.ts";
import { FACETS } from "./facet-filter.ts";

export const VALUES_MAX = 12;

export type CountsAnswer = { readonly meshLogs: { readonly total: MeshLogTotal } } & Readonly<Record<string, unknown>>;

export interface CountsQuestion {
  readonly query: string;
  /** Variables of the filtered fields. */
  readonly filters: Readonly<Record<string, object>>;
}

export function countsQuestion(parts: readonly FilterPart[], fields: readonly string[]): CountsQuestion {
  const ask = (name: string, filter: string, asked: readonly string[]): string =>
    `${name}: meshLogFacets(window: $window, filter: $${filter}, fields: [${asked.join(", ")}], first: ${VALUES_MAX}) { field truncated isExact values { value calls rows } }`;
  const shapes = FACETS.filter(({ field }) => fields.includes(field));
  const isFiltered = (field: string): boolean =>
    parts.some(({ name }) => FACETS.find((one) => one.field === field)?.name === name);
  const own = shapes.filter(({ field }) => isFiltered(field));
  const rest = shapes.filter(({ field }) => !isFiltered(field)).map(({ field }) => field);
  const lines = [
    "meshLogs(window: $window, filter: $filter) { total { rows calls isExact } }",
    ...(rest.length > 0 ? [ask("facets", "filter", rest)] : []),
    ...own.map(({ field }) => ask(`facet_${field}`, field, [field])),
  ];
  const types = own.map(({ field }) => `, $${field}: MeshLogFilter`).join("");
  return {
    query: `query LogCounts($window: LogWindow!, $filter: MeshLogFilter${types}) {\n${lines.join("\n")}\n}`,
    filters: Object.fromEntries(own.map(({ field, name }) => [field, filterInput(parts.filter((part) => part.name !== name))])),
  };
}

/** Facets by field. */
export function facetsOf({ meshLogs: _, ...answers }: CountsAnswer): ReadonlyMap<string, MeshLogFacet> {
  return new Map(
    Object.values(answers as Record<string, readonly MeshLogFacet[]>).flatMap((list) => list.map((one) => [one.field, one])),
  );
}
