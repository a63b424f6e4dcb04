import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { PageSearch } from "./url-state.ts";

/** The page's search parameters, and a way to change some of them; with `isStep` the browser goes back to what was before. */
export function usePageSearch(): readonly [PageSearch, (change: PageSearch, isStep?: boolean) => void] {
  const search = useSearch({ strict: false }) as PageSearch;
  const navigate = useNavigate();
  const change = useCallback(
    (changed: PageSearch, isStep = false) =>
      void navigate({ to: ".", search: (before: PageSearch) => ({ ...before, ...changed }), replace: !isStep } as never),
    [navigate],
  );
  return [search, change];
}
