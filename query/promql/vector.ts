/** What an expression evaluates to, at each of the moments that a question is about. */
import { PromqlFault } from "./fault.ts";

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly labels: Labels;
  /** One for each moment; null: there is none. */
  readonly values: readonly (number | null)[];
}

export type Value =
  | { readonly type: "scalar"; readonly values: readonly number[] }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "vector"; readonly series: readonly Series[] }
  | Matrix;

/** Of the i-th moment: the values from i on, as many as `length`. `points`: when each value is of, ms. */
export interface Matrix {
  readonly type: "matrix";
  readonly points: readonly number[];
  readonly length: number;
  readonly series: readonly Series[];
}

export const NAME = "__name__";

export function vectorOf(value: Value, what: string): readonly Series[] {
  if (value.type === "vector") return value.series;
  throw new PromqlFault(`${what} takes an instant vector, not a ${nameOf(value)}`);
}

export function scalarOf(value: Value, what: string): readonly number[] {
  if (value.type === "scalar") return value.values;
  throw new PromqlFault(`${what} takes a scalar, not a ${nameOf(value)}`);
}

export function matrixOf(value: Value, what: string): Matrix {
  if (value.type === "matrix") return value;
  throw new PromqlFault(`${what} takes a range of series like service_cpm[5m], not a ${nameOf(value)}`);
}

export function nameOf({ type }: Value): string {
  return { scalar: "scalar", string: "string", vector: "instant vector", matrix: "range vector" }[type];
}

/** `change` gets values that are there, and the number of their moment; the result is of another metric, so it has no name. */
export function mapped(series: readonly Series[], change: (value: number, i: number) => number): Value {
  return {
    type: "vector",
    series: series.map(({ labels, values }) => ({
      labels: except(labels, [NAME]),
      values: values.map((value, i) => (value === null ? null : change(value, i))),
    })),
  };
}

export function only(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(labels, name)).map((name) => [name, labels[name] as string]));
}

export function except(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

/** The same for the same labels in any order. */
export function labelsText(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
