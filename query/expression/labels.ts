/** Functions on the labels of a result. */
import { fold } from "./fold.ts";
import type { Label, Result, Series } from "./result.ts";
import type { Aggregation, Fold, LabelCondition, Order } from "./tree.ts";

/** Values of one key are a union, different keys an intersection. */
export function select(of: Result, conditions: readonly LabelCondition[]): Result {
  if (conditions.length === 0) return of;
  const series = of.series.filter(({ labels }) =>
    conditions.every(({ key, values }) => labels.some((label) => label.key === key && values.includes(label.value))),
  );
  return { ...of, series };
}

/** Renames a label's key and, pairwise, its values. `text`: the expression that `of` came from. */
export function relabel(of: Result, from: LabelCondition, to: LabelCondition, text: string): Result {
  if (of.error !== null) return of;
  if (!of.labeled) return unlabeled(of, text);
  if (from.values.length !== to.values.length) return { ...of, error: "relabels: both labels must have as many values." };
  const renamed = new Map(from.values.map((value, i) => [value, to.values[i] as string]));
  const series = of.series.map(({ labels, values }) => ({
    values,
    labels: labels.map(({ key, value }) => {
      const name = key === from.key ? renamed.get(value) : undefined;
      return name === undefined ? { key, value } : { key: to.key, value: name };
    }),
  }));
  return { ...of, compared: false, series };
}

/** Sets of labels that agree in `names` become one, folded point by point; without names all of them, and no label is left. */
export function aggregateLabels(of: Result, fn: Fold, names: readonly string[], text: string): Result {
  if (of.error !== null) return of;
  if (!of.labeled) return unlabeled(of, text);
  const first = of.series[0];
  if (first === undefined) return { ...of, compared: false };
  const kept = [...new Set(names)].filter((name) => first.labels.some(({ key }) => key === name)).sort();
  const groups = Map.groupBy(of.series, ({ labels }) => JSON.stringify(kept.map((name) => valueOfLabel(labels, name))));
  const series = [...groups.values()].map((members): Series => {
    const [{ labels, values }] = members as [Series];
    return {
      labels: kept.map((key) => ({ key, value: valueOfLabel(labels, key) })),
      values: values.map(({ id }, i) => ({ id, owner: null, value: foldAt(fn, members, i) })),
    };
  });
  return { ...of, labeled: kept.length > 0, compared: false, series };
}

/** The first `n` sets of labels by an aggregate of each over the range; those of which nothing was seen come last. */
export function sortValues(of: Result, n: number, order: Order, fn: Aggregation): Result {
  if (of.error !== null || !of.labeled) return of;
  const keys = new Map(of.series.map((one) => [one, fold(fn, one.values).value]));
  const sign = order === "asc" ? 1 : -1;
  const series = of.series.toSorted((one, other) => {
    const [a = null, b = null] = [keys.get(one), keys.get(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * compare(a, b);
  });
  return { ...of, compared: false, series: series.slice(0, n) };
}

/** By the values of labels as plain text, the first label strongest. Labels that are not there are ignored. */
export function sortLabelValues(of: Result, order: Order, names: readonly string[]): Result {
  if (of.error !== null || !of.labeled) return of;
  const sign = order === "asc" ? 1 : -1;
  const series = of.series.toSorted((one, other) => {
    for (const name of names) {
      const found = compare(valueOfLabel(one.labels, name), valueOfLabel(other.labels, name));
      if (found !== 0) return sign * found;
    }
    return 0;
  });
  return { ...of, compared: false, series };
}

function unlabeled(of: Result, text: string): Result {
  return { ...of, error: `The result of expression [${text}] is not a labeled result.` };
}

function valueOfLabel(labels: readonly Label[], name: string): string {
  return labels.find(({ key }) => key === name)?.value ?? "";
}

/** Unlike a sum over a range, one of members of which nothing was seen is not 0. */
function foldAt(fn: Fold, members: readonly Series[], i: number): number | null {
  const seen = members.flatMap(({ values }) => values[i] ?? []).filter(({ value }) => value !== null);
  return seen.length === 0 ? null : fold(fn, seen).value;
}

/** Negative, 0 or positive; what cannot be ordered (NaN) is equal to everything. */
function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
