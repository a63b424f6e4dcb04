import type { FilterPart } from "../../lib/log-filter.ts";
import type { MeshLogHistogram } from "../../lib/mesh-log-types.ts";
import { useLogQuestion } from "./use-log-question.ts";

const query = `query LogHistogram($window: LogWindow!, $filter: MeshLogFilter) {
  meshLogHistogram(window: $window, filter: $filter) { at stepMs calls failed isExact }
}`;

/** Calls over the page's window that fit. */
export function useLogHistogram(parts: readonly FilterPart[]) {
  return useLogQuestion(parts, {
    key: ["log-histogram"],
    question: () => ({ query }),
    select: (data: { readonly meshLogHistogram: MeshLogHistogram }) => data.meshLogHistogram,
  });
}
