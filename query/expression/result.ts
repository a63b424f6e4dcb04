/** What an expression evaluates to. */
export type ResultType = "UNKNOWN" | "SINGLE_VALUE" | "TIME_SERIES_VALUES" | "SORTED_LIST" | "RECORD_LIST";

export interface Owner {
  readonly scope: "Service" | "ServiceInstance" | "Endpoint";
  readonly serviceID: string;
  readonly serviceName: string;
  readonly normal: boolean;
  readonly serviceInstanceID: string | null;
  readonly serviceInstanceName: string | null;
  readonly endpointID: string | null;
  readonly endpointName: string | null;
}

export interface Value {
  readonly id: string | null;
  readonly owner: Owner | null;
  /** null: nothing was seen. */
  readonly value: number | null;
}

export interface Label {
  readonly key: string;
  readonly value: string;
}

export interface Series {
  readonly labels: readonly Label[];
  readonly values: readonly Value[];
}

export interface Result {
  readonly type: ResultType;
  readonly labeled: boolean;
  /** Made by a comparison, or of such: what `&&` and `||` take. */
  readonly compared: boolean;
  readonly series: readonly Series[];
  readonly error: string | null;
}

export function failure(error: string): Result {
  return { type: "UNKNOWN", labeled: false, compared: false, series: [], error };
}

/** A metric of an entity that is none of its scope: no error, and nothing. */
export const NO_ENTITY: Result = { type: "UNKNOWN", labeled: false, compared: false, series: [], error: null };

/** One series for each set of labels; without labels a single one. */
export function timeSeries(labeled: boolean, series: readonly Series[]): Result {
  return { type: "TIME_SERIES_VALUES", labeled, compared: false, series, error: null };
}

export function ranked(values: readonly Value[]): Result {
  return { type: "SORTED_LIST", labeled: false, compared: false, series: [{ labels: [], values }], error: null };
}

export function single(value: number | null): Result {
  return {
    type: "SINGLE_VALUE",
    labeled: false,
    compared: false,
    series: [{ labels: [], values: [{ id: null, owner: null, value }] }],
    error: null,
  };
}

/** The same shape with every value that is there changed: nulls stay, ids and owners too. */
export function mapValues(of: Result, change: (value: number) => number | null): Result {
  const series = of.series.map(({ labels, values }) => ({
    labels,
    values: values.map((value) => (value.value === null ? value : { ...value, value: change(value.value) })),
  }));
  return { ...of, compared: false, series };
}

/** Whether anything was seen. */
export function hasValues({ series }: Result): boolean {
  return series.some(({ values }) => values.some(({ value }) => value !== null));
}

/** As clients read numbers: at most three decimals, half to even, no exponent, no trailing zeros. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (Object.is(value, -0)) return "-0";
  if (Number.isSafeInteger(value)) return String(value); // as nearly all are, in a tenth of the time
  return FORMAT.format(value);
}

const FORMAT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3, useGrouping: false, roundingMode: "halfEven" });
