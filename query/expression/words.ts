/** The words that the language keeps for itself: none of them is a metric or a label. */
import type { Aggregation, Fold } from "./tree.ts";

export const AGGREGATIONS: readonly Aggregation[] = ["avg", "sum", "max", "min", "latest", "count"];
export const FOLDS: readonly Fold[] = ["avg", "sum", "max", "min"];
export const ATTRIBUTES = ["attr0", "attr1", "attr2", "attr3", "attr4", "attr5"] as const;
export const ORDERS = ["asc", "des"] as const;
export const BANDS = ["value", "upper", "lower"] as const;
export const FUNCTIONS = [
  ...AGGREGATIONS,
  "abs",
  "ceil",
  "floor",
  "round",
  "increase",
  "rate",
  "top_n",
  "top_n_of",
  "view_as_seq",
  "is_present",
  "relabels",
  "aggregate_labels",
  "sort_values",
  "sort_label_values",
  "baseline",
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

const LOWER_CASE: ReadonlySet<string> = new Set([...FUNCTIONS, ...ATTRIBUTES, ...BANDS]);
const ANY_CASE: ReadonlySet<string> = new Set(["bool", ...ORDERS]);

export function isFunction(word: string): word is FunctionName {
  return (FUNCTIONS as readonly string[]).includes(word);
}

export function isReserved(word: string): boolean {
  return LOWER_CASE.has(word) || ANY_CASE.has(word.toLowerCase());
}
