import type { FilterPart } from "../../lib/log-filter.ts";
import type { MeshLogFacet, MeshLogTotal } from "../../lib/mesh-log-types.ts";
import { type CountsAnswer, countsQuestion, facetsOf } from "./counts-question.ts";
import { useLogQuestion } from "./use-log-question.ts";

export interface LogCounts {
  readonly total: MeshLogTotal;
  readonly facets: ReadonlyMap<string, MeshLogFacet>;
}

/** How many rows fit, and the values of these fields among them. */
export function useLogCounts(parts: readonly FilterPart[], fields: readonly string[]) {
  return useLogQuestion(parts, {
    key: ["log-counts", fields],
    question: () => {
      const { query, filters } = countsQuestion(parts, fields);
      return { query, variables: filters };
    },
    select: (data: CountsAnswer): LogCounts => ({ total: data.meshLogs.total, facets: facetsOf(data) }),
  });
}
