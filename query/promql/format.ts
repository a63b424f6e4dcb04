/** Values as Prometheus' API writes them: seconds, and numbers as text. */
import { PromqlFault } from "./fault.ts";
import { numberText } from "./literals.ts";
import type { Series, Value } from "./vector.ts";

type Pair = readonly [number, string];

interface Data {
  readonly resultType: "scalar" | "string" | "vector" | "matrix";
  readonly result: unknown;
}

/** At one moment. */
export function instantData(value: Value, atMs: number): Data {
  const at = atMs / 1_000;
  switch (value.type) {
    case "scalar":
      return { resultType: "scalar", result: [at, numberText(value.values[0] as number)] };
    case "string":
      return { resultType: "string", result: [at, value.value] };
    case "matrix":
      return { resultType: "matrix", result: matrix(value.series, value.points) };
    case "vector": {
      const result = value.series.flatMap(({ labels, values: [first = null] }) =>
        first === null ? [] : [{ metric: labels, value: [at, numberText(first)] satisfies Pair }],
      );
      return { resultType: "vector", result };
    }
  }
}

/** @throws PromqlFault for a value that is no number or series at each moment */
export function rangeData(value: Value, moments: readonly number[]): Data {
  if (value.type === "scalar") return { resultType: "matrix", result: matrix([{ labels: {}, values: value.values }], moments) };
  if (value.type === "vector") return { resultType: "matrix", result: matrix(value.series, moments) };
  const what = value.type === "matrix" ? "range vector" : "string";
  throw new PromqlFault(`invalid expression type "${what}" for range query, must be Scalar or instant Vector`);
}

function matrix(series: readonly Series[], points: readonly number[]) {
  return series.flatMap(({ labels, values }) => {
    const pairs = values.flatMap((value, i): Pair[] =>
      value === null ? [] : [[(points[i] as number) / 1_000, numberText(value)]],
    );
    return pairs.length === 0 ? [] : [{ metric: labels, values: pairs }];
  });
}
