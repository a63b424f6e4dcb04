import { useQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";
import { type Reporting, silenceOf } from "./silence.ts";

const QUERY = "{ meshSetup { now otherNodes proxies { streams lastEntry } server { reportsDurable } } }";
/** Silence begins after minutes. */
const REFRESH_MS = 20_000;

/** One question for all pages; null: nothing to say. */
export function useSilence(isAsked: boolean): string | null {
  const { data } = useQuery({
    queryKey: ["silence"],
    queryFn: ({ signal }) => ask<{ meshSetup: Reporting }>(QUERY, {}, signal),
    select: (answer) => silenceOf(answer.data.meshSetup),
    refetchInterval: REFRESH_MS,
    enabled: isAsked,
  });
  return isAsked ? (data ?? null) : null;
}
