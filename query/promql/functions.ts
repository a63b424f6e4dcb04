/** The functions of queries. Those of counters are not there: every metric is a value by minute, second or call already. */
import { except, type Matrix, mapped, matrixOf, NAME, type Series, scalarOf, type Value, vectorOf } from "./vector.ts";

export interface QueryFunction {
  readonly least: number;
  readonly most: number;
  /** `moments`: what the question is about, ms. */
  readonly apply: (args: readonly Value[], moments: readonly number[]) => Value;
}

/** Of each value. */
const PLAIN: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  sgn: Math.sign,
};

/** Of all values in a range, of which there is at least one. */
const OVER_TIME: Readonly<Record<string, (values: readonly number[]) => number>> = {
  avg_over_time: (values) => sum(values) / values.length,
  sum_over_time: sum,
  min_over_time: (values) => values.reduce((a, b) => Math.min(a, b)),
  max_over_time: (values) => values.reduce((a, b) => Math.max(a, b)),
  count_over_time: (values) => values.length,
  last_over_time: (values) => values.at(-1) as number,
  present_over_time: () => 1,
};

const OTHER: Readonly<Record<string, QueryFunction>> = {
  round: { least: 1, most: 2, apply: round },
  clamp: { least: 3, most: 3, apply: ([of, low, high]) => clamp(of, low, high, "clamp()") },
  clamp_min: { least: 2, most: 2, apply: ([of, low]) => clamp(of, low, undefined, "clamp_min()") },
  clamp_max: { least: 2, most: 2, apply: ([of, high]) => clamp(of, undefined, high, "clamp_max()") },
  scalar: { least: 1, most: 1, apply: scalar },
  vector: {
    least: 1,
    most: 1,
    apply: ([of]) => ({ type: "vector", series: [{ labels: {}, values: scalarOf(of as Value, "vector()") }] }),
  },
  time: { least: 0, most: 0, apply: (_, moments) => ({ type: "scalar", values: moments.map((at) => at / 1_000) }) },
  sort: { least: 1, most: 1, apply: ([of]) => sorted(of as Value, 1) },
  sort_desc: { least: 1, most: 1, apply: ([of]) => sorted(of as Value, -1) },
};

const OF_COUNTERS: ReadonlySet<string> = new Set(["rate", "irate", "increase", "delta", "idelta", "deriv", "resets", "changes"]);

/** A function by its name, or why there is none. */
export function functionNamed(name: string): QueryFunction | string {
  if (Object.hasOwn(OTHER, name)) return OTHER[name] as QueryFunction;
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain !== undefined)
    return { least: 1, most: 1, apply: ([of]) => mapped(vectorOf(of as Value, `${name}()`), (value) => plain(value)) };
  const fold = Object.hasOwn(OVER_TIME, name) ? OVER_TIME[name] : undefined;
  if (fold !== undefined)
    return {
      least: 1,
      most: 1,
      apply: ([of], moments) => overTime(matrixOf(of as Value, `${name}()`), moments.length, fold, name),
    };
  if (OF_COUNTERS.has(name))
    return `${name}() is of counters, and metrics here are none: they are values by minute, second or call`;
  return `${name}() is not answered here`;
}

function overTime(of: Matrix, moments: number, fold: (values: readonly number[]) => number, name: string): Value {
  const series = of.series.map(
    ({ labels, values }): Series => ({
      labels: name === "last_over_time" ? labels : except(labels, [NAME]),
      values: Array.from({ length: moments }, (_, i) => {
        const present = values.slice(i, i + of.length).filter((value) => value !== null);
        return present.length === 0 ? null : fold(present);
      }),
    }),
  );
  return { type: "vector", series };
}

/** To the nearest multiple, halves up. */
function round([of, nearest]: readonly Value[]): Value {
  const to = nearest === undefined ? null : scalarOf(nearest, "round()");
  return mapped(vectorOf(of as Value, "round()"), (value, i) => {
    const inverse = 1 / (to?.[i] ?? 1); // a multiple of 0.1 is written as one: 3 / 10, not 3 * 0.1
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

function clamp(of: Value | undefined, low: Value | undefined, high: Value | undefined, what: string): Value {
  const least = low === undefined ? null : scalarOf(low, what);
  const most = high === undefined ? null : scalarOf(high, what);
  return mapped(vectorOf(of as Value, what), (value, i) =>
    Math.max(least?.[i] ?? Number.NEGATIVE_INFINITY, Math.min(most?.[i] ?? Number.POSITIVE_INFINITY, value)),
  );
}

/** Of the only series that has a value then; NaN when there is none, or several. */
function scalar([of]: readonly Value[], moments: readonly number[]): Value {
  const series = vectorOf(of as Value, "scalar()");
  const values = moments.map((_, i) => {
    const present = series.flatMap(({ values }) => values[i] ?? []);
    return present.length === 1 ? (present[0] as number) : Number.NaN;
  });
  return { type: "scalar", values };
}

/** By the value at a moment; over a range of time there is no one order, and series stay as they are. */
function sorted(of: Value, sign: 1 | -1): Value {
  const series = vectorOf(of, "sort()");
  const key = ({ values }: Series): number => values[0] ?? Number.NEGATIVE_INFINITY;
  const isOne = series.every(({ values }) => values.length === 1);
  return { type: "vector", series: isOne ? series.toSorted((a, b) => sign * (key(a) - key(b))) : series };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
