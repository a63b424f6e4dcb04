/** Which labels a selector takes. Patterns that list names, as dashboards write them for variables, are looked up; all others are left to ClickHouse. */
import { StorageError } from "../../oap/model/errors.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import { CANNOT_COMPILE_REGEXP, matchingNames } from "../readers/matching-names.ts";
import { PromqlFault } from "./fault.ts";
import type { Matcher } from "./tree.ts";
import type { Labels } from "./vector.ts";

/** The only values that a label may have; null when that is no list. */
export function valuesOf(matchers: readonly Matcher[], label: string): readonly string[] | null {
  const lists = matchers
    .filter((one) => one.label === label)
    .flatMap((one) => {
      const list = one.op === "=" ? [one.value] : one.op === "=~" ? listOf(one.value) : null;
      return list === null ? [] : [list];
    });
  const [first, ...rest] = lists;
  return first === undefined ? null : [...new Set(first)].filter((value) => rest.every((list) => list.includes(value)));
}

/** What a matcher says that is none of a label, as top_n='10'; null when it is not there. @throws PromqlFault when it is compared in any other way */
export function control(matchers: readonly Matcher[], label: string): string | null {
  const found = matchers.find((one) => one.label === label);
  if (found !== undefined && found.op !== "=") throw new PromqlFault(`${label} takes = only`);
  return found?.value ?? null;
}

/** Those of the rows whose labels satisfy all matchers; a label that is not there is the empty text. @throws PromqlFault on what is no pattern */
export async function satisfying<Row extends { readonly labels: Labels }>(
  rows: readonly Row[],
  matchers: readonly Matcher[],
  reader: SqlReader,
): Promise<readonly Row[]> {
  let left = rows;
  for (const matcher of matchers) {
    const textOf = ({ labels }: Row): string => (Object.hasOwn(labels, matcher.label) ? (labels[matcher.label] as string) : "");
    const taken = await taking(matcher, [...new Set(left.map(textOf))], reader);
    left = left.filter((row) => taken.has(textOf(row)));
  }
  return left;
}

/** Those of the values that a matcher takes. */
async function taking({ label, op, value }: Matcher, values: readonly string[], reader: SqlReader): Promise<Set<string>> {
  if (op === "=" || op === "!=") return new Set(values.filter((one) => (one === value) === (op === "=")));
  const matching = await matchingValues(label, value, values, reader);
  return new Set(values.filter((one) => matching.has(one) === (op === "=~")));
}

/** Those of the values that a pattern matches as a whole. @throws PromqlFault */
export async function matchingValues(
  label: string,
  pattern: string,
  values: readonly string[],
  reader: SqlReader,
): Promise<ReadonlySet<string>> {
  if (pattern === ".*") return new Set(values);
  if (pattern === ".+") return new Set(values.filter((one) => one !== ""));
  const list = listOf(pattern);
  if (list !== null) return new Set(list);
  try {
    return await matchingNames(reader, pattern, values);
  } catch (error) {
    if (error instanceof StorageError && error.clickhouseCode === CANNOT_COMPILE_REGEXP)
      throw new PromqlFault(`${label}: ${JSON.stringify(pattern)} is no regular expression`);
    throw error;
  }
}

/** `a|b\.c`, in brackets or not, as the list of what it matches; null for any other pattern. */
function listOf(pattern: string): string[] | null {
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(pattern)?.[1] ?? pattern;
  if (!/^(?:[^\\.+*?()[\]{}^$]|\\[^0-9A-Za-z])*$/s.test(inner)) return null;
  const list = [""];
  for (const token of inner.match(/\\?./gsu) ?? []) {
    if (token === "|") list.push("");
    else list[list.length - 1] += token.replace(/^\\/, "");
  }
  return list;
}
