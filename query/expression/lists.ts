/** Functions that take several results. */
import { failure, hasValues, type Result, ranked, single, type Value } from "./result.ts";
import type { Order } from "./tree.ts";

export const N_TOO_SMALL = "TopN value must be > 0.";

/** The first `n` of some ranked lists, in one. The first error of one of them is the answer. */
export function topNOf(lists: readonly Result[], n: number, order: Order): Result {
  const wrong = lists.find(({ error }) => error !== null);
  if (wrong !== undefined) return wrong;
  if (n < 1) return failure(N_TOO_SMALL);
  if (lists.some(({ type }) => type !== "SORTED_LIST")) return failure("top_n_of: every argument must be a ranked list.");
  const seen = lists.flatMap(({ series }) => series.flatMap(({ values }) => values)).filter(({ value }) => value !== null);
  const sign = order === "asc" ? 1 : -1;
  return ranked(seen.sort((a: Value, b: Value) => sign * ((a.value as number) - (b.value as number))).slice(0, n));
}

/** The first result with any value; without any the first one as it is. */
export function viewAsSeq(results: readonly Result[]): Result {
  const found = results.find((result) => result.error === null && hasValues(result)) ?? (results[0] as Result);
  return { ...found, compared: false };
}

/** 1 where any result has a value, else 0. */
export function isPresent(results: readonly Result[]): Result {
  return single(Number(results.some((result) => result.error === null && hasValues(result))));
}
