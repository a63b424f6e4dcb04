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
  readonly series: readonly Series[];
  readonly error: string | null;
}

export function failure(error: string): Result {
  return { type: "UNKNOWN", labeled: false, series: [], error };
}

export function single(value: number | null): Result {
  return {
    type: "SINGLE_VALUE",
    labeled: false,
    series: [{ labels: [], values: [{ id: null, owner: null, value }] }],
    error: null,
  };
}

/** As clients read numbers: at most three decimals, half to even, no exponent, no trailing zeros. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (Object.is(value, -0)) return "-0";
  return FORMAT.format(value);
}

const FORMAT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3, useGrouping: false, roundingMode: "halfEven" });
