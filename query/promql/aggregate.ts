/** Several series to one, moment by moment. Values that are not there are skipped. */
import { PromqlFault } from "./fault.ts";
import type { AggregateExpression, Aggregation } from "./tree.ts";
import { except, type Labels, labelsText, NAME, only, type Series, scalarOf, type Value, vectorOf } from "./vector.ts";

type Grouping = AggregateExpression["grouping"];

/** @throws PromqlFault for values of a type that there is nothing to aggregate in */
export function aggregate(fn: Aggregation, of: Value, parameter: Value | null, grouping: Grouping, moments: number): Value {
  const series = vectorOf(of, fn);
  const groups = [...Map.groupBy(series, ({ labels }) => labelsText(groupOf(labels, grouping))).values()];
  if (fn === "topk" || fn === "bottomk") {
    const sizes = scalarOf(parameter as Value, fn);
    const kept = groups.flatMap((members) => highest(members, sizes, fn === "topk" ? -1 : 1, moments));
    return { type: "vector", series: kept.filter(({ values }) => values.some((value) => value !== null)) };
  }
  const folded = groups.map((members): Series => {
    const [{ labels }] = members as [Series];
    return { labels: groupOf(labels, grouping), values: foldAll(fn, members, moments) };
  });
  return { type: "vector", series: folded };
}

function groupOf(labels: Labels, grouping: Grouping): Labels {
  if (grouping === null) return {};
  return grouping.by ? only(labels, grouping.labels) : except(labels, [NAME, ...grouping.labels]);
}

function foldAll(fn: Aggregation, members: readonly Series[], moments: number): (number | null)[] {
  return Array.from({ length: moments }, (_, i) => {
    const present = members.flatMap(({ values }) => values[i] ?? []);
    return present.length === 0 ? null : fold(fn, present);
  });
}

/** Of at least one value. */
function fold(fn: Aggregation, values: readonly number[]): number {
  const sum = (): number => values.reduce((total, value) => total + value, 0);
  // Of NaN and numbers the numbers.
  const chosen = (isBetter: (value: number, best: number) => boolean): number =>
    values.reduce((best, value) => (Number.isNaN(best) || isBetter(value, best) ? value : best));
  switch (fn) {
    case "sum":
      return sum();
    case "avg":
      return sum() / values.length;
    case "min":
      return chosen((value, best) => value < best);
    case "max":
      return chosen((value, best) => value > best);
    case "count":
      return values.length;
    case "group":
      return 1;
    default:
      throw new PromqlFault(`${fn} is not answered here`);
  }
}

/** Each of the members with the values that are among the first of their moment; of a single moment in order. */
function highest(members: readonly Series[], sizes: readonly number[], sign: 1 | -1, moments: number): Series[] {
  const kept = members.map(({ labels, values }) => ({ labels, values: values.map((): number | null => null) }));
  let ranked: number[] = [];
  for (let i = 0; i < moments; i++) {
    const values = members.map((member) => member.values[i] ?? null);
    ranked = values.flatMap((value, member) => (value === null ? [] : [member]));
    ranked.sort((a, b) => {
      const [x, y] = [values[a] as number, values[b] as number];
      // NaN is last, whatever is asked for.
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return sign * (x - y);
    });
    ranked.length = Math.min(ranked.length, Math.max(0, Math.floor(sizes[i] ?? 0) || 0));
    for (const member of ranked) (kept[member] as { values: (number | null)[] }).values[i] = values[member] as number;
  }
  return moments === 1 ? ranked.map((member) => kept[member] as Series) : kept;
}
