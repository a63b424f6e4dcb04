/** Which series of two vectors meet, and what becomes of their labels. */
import { PromqlFault } from "./fault.ts";
import type { Matching, Operator } from "./tree.ts";
import { except, type Labels, labelsText, NAME, only, type Series } from "./vector.ts";

export interface MatchedOperation {
  /** What is left of two numbers, null when that is nothing. `kept`: the value that a comparison keeps. */
  readonly apply: (left: number, right: number, kept: number) => number | null;
  /** The result is the left metric still: a comparison drops values and changes none. */
  readonly keepsName: boolean;
}

type Values = readonly (number | null)[];

/** The labels that decide which series meet. */
function keyOf(labels: Labels, matching: Matching | null): Labels {
  if (matching?.on) return only(labels, matching.labels);
  return except(labels, [NAME, ...(matching?.labels ?? [])]);
}

/** Arithmetic and comparisons. @throws PromqlFault when several series of a side that may have one meet at a moment */
export function matched(
  operation: MatchedOperation,
  left: readonly Series[],
  right: readonly Series[],
  matching: Matching | null,
  moments: number,
): Series[] {
  const many = matching?.many ?? null;
  if (many === "right") {
    const swapped = { ...operation, apply: (a: number, b: number) => operation.apply(b, a, b) };
    return ofMany(swapped, right, left, matching as Matching, moments, "left");
  }
  if (many === "left") return ofMany(operation, left, right, matching as Matching, moments, "right");
  const others = single(right, matching, moments, "right");
  const kept = (labels: Labels): Labels => {
    if (operation.keepsName && !matching?.on) return except(labels, matching?.labels ?? []);
    return keyOf(labels, matching);
  };
  return [...single(left, matching, moments, "left")].flatMap(([key, { labels, values }]) => {
    const other = others.get(key);
    return other === undefined ? [] : [{ labels: kept(labels), values: pairs(operation, values, other.values) }];
  });
}

/** Several series of one side may meet one of the other; labels are those of the many. */
function ofMany(
  operation: MatchedOperation,
  many: readonly Series[],
  one: readonly Series[],
  matching: Matching,
  moments: number,
  oneSide: string,
): Series[] {
  const ones = single(one, matching, moments, oneSide);
  const made = many.flatMap(({ labels, values }): Series[] => {
    const other = ones.get(labelsText(keyOf(labels, matching)));
    if (other === undefined) return [];
    const own = except(labels, [...(operation.keepsName ? [] : [NAME]), ...matching.include]);
    return [{ labels: { ...own, ...only(other.labels, matching.include) }, values: pairs(operation, values, other.values) }];
  });
  if (new Set(made.map(({ labels }) => labelsText(labels))).size < made.length)
    throw new PromqlFault("multiple matches for labels: grouping labels must ensure unique matches", "execution");
  return made;
}

function pairs({ apply }: MatchedOperation, values: Values, others: Values): (number | null)[] {
  return values.map((value, i) => {
    const other = others[i] ?? null;
    return value === null || other === null ? null : apply(value, other, value);
  });
}

/** A side of which each key has one value at a moment: series of the same key become one. */
function single(series: readonly Series[], matching: Matching | null, moments: number, side: string): Map<string, Series> {
  const groups = Map.groupBy(series, ({ labels }) => labelsText(keyOf(labels, matching)));
  return new Map(
    [...groups].map(([key, members]) => {
      const [first] = members as [Series];
      if (members.length === 1) return [key, first];
      const values = Array.from({ length: moments }, (_, i) => {
        const present = members.flatMap((one) => one.values[i] ?? []);
        if (present.length > 1)
          throw new PromqlFault(
            `found duplicate series for the match group ${braced(keyOf(first.labels, matching))} on the ${side} side of the operation; ` +
              "on(…), ignoring(…), group_left or group_right say which are to meet",
            "execution",
          );
        return present[0] ?? null;
      });
      return [key, { labels: first.labels, values }];
    }),
  );
}

function braced(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;
}

/** `and`, `or`, `unless`: values of the left side where the right side has one, or has none; with `or` those of both, the left ones first. */
export function setOperation(
  operator: Operator,
  left: readonly Series[],
  right: readonly Series[],
  matching: Matching | null,
  moments: number,
): Series[] {
  const presence = (series: readonly Series[]): Map<string, boolean[]> => {
    const groups = Map.groupBy(series, ({ labels }) => labelsText(keyOf(labels, matching)));
    const isAt = (members: readonly Series[], i: number): boolean => members.some(({ values }) => values[i] !== null);
    return new Map([...groups].map(([key, members]) => [key, Array.from({ length: moments }, (_, i) => isAt(members, i))]));
  };
  const where = (series: readonly Series[], others: Map<string, boolean[]>, wanted: boolean): Series[] =>
    series.map(({ labels, values }) => {
      const other = others.get(labelsText(keyOf(labels, matching)));
      return { labels, values: values.map((value, i) => ((other?.[i] ?? false) === wanted ? value : null)) };
    });
  if (operator === "or") return merged([...left, ...where(right, presence(left), false)]);
  return where(left, presence(right), operator === "and");
}

/** Series with the same labels, of which one has a value at a moment at most, become one. */
function merged(series: readonly Series[]): Series[] {
  return [...Map.groupBy(series, ({ labels }) => labelsText(labels)).values()].map((members) => {
    const [first] = members as [Series];
    if (members.length === 1) return first;
    return {
      labels: first.labels,
      values: first.values.map((_, i) => members.find(({ values }) => values[i] !== null)?.values[i] ?? null),
    };
  });
}
