import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Notice } from "../components/states.tsx";
import type { Answer } from "../lib/graphql-client.ts";

/** Says that what a page shows is not all there is, for every page: no page can forget to. */
export function PartialNotice() {
  const cache = useQueryClient().getQueryCache();
  const reason = useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () =>
      cache
        .getAll()
        .reduce<string | null>((found, query) => found ?? (query.isActive() ? partialOf(query.state.data) : null), null),
  );
  return reason === null ? null : (
    <div className="px-3 pt-3 sm:px-5 [&>p]:mb-0" data-field="partial" data-value={reason}>
      <Notice>{reason}</Notice>
    </div>
  );
}

/** Of an answer, or of one that came in pages. */
function partialOf(data: unknown): string | null {
  const { partial, pages } = (data ?? {}) as Partial<Answer<unknown>> & { readonly pages?: readonly Answer<unknown>[] };
  return partial ?? pages?.find((page) => page.partial !== null)?.partial ?? null;
}
