/** The filter of access logs as GraphQL gives it -> the parameters of readers/log-filter.sql, checked. */
import { QueryError } from "../oap/model/errors.ts";
import { flagBit } from "../oap/model/response-flags.ts";

type Texts = readonly string[] | null;

export interface LogFilterInput {
  readonly services?: Texts;
  readonly reporters?: Texts;
  readonly callers?: Texts;
  readonly callees?: Texts;
  readonly instances?: Texts;
  readonly nodes?: Texts;
  readonly endpoints?: Texts;
  readonly kinds?: Texts;
  readonly detectPoints?: Texts;
  readonly kept?: readonly LogKept[] | null;
  readonly methods?: Texts;
  readonly protocols?: Texts;
  readonly authorities?: Texts;
  readonly path?: string | null;
  readonly query?: string | null;
  readonly codes?: readonly number[] | null;
  readonly codeClasses?: readonly number[] | null;
  readonly grpcStatuses?: readonly number[] | null;
  readonly flags?: Texts;
  readonly hasFlags?: boolean | null;
  readonly codeDetails?: Texts;
  readonly failureReason?: string | null;
  readonly phases?: readonly PhaseLimits[] | null;
  readonly minDuration?: number | null;
  readonly maxDuration?: number | null;
  readonly minBytes?: number | null;
  readonly maxBytes?: number | null;
  readonly minHeaderBytes?: number | null;
  readonly maxHeaderBytes?: number | null;
  readonly minWeight?: number | null;
  readonly maxWeight?: number | null;
  readonly minAttempts?: number | null;
  readonly maxAttempts?: number | null;
  readonly tlsModes?: Texts;
  readonly tlsVersions?: Texts;
  readonly serverNames?: Texts;
  readonly principals?: Texts;
  readonly requestIds?: Texts;
  readonly traceIds?: Texts;
  readonly addresses?: Texts;
  readonly upstreamClusters?: Texts;
  readonly routes?: Texts;
  readonly userAgent?: string | null;
  readonly header?: { readonly name: string; readonly value?: string | null } | null;
}

/** In ms. */
interface PhaseLimits {
  readonly name: Phase;
  readonly min?: number | null;
  readonly max?: number | null;
}

/** Parts of a call's time, in the order of readers/log-filter.sql. */
const PHASES = ["REQUEST", "CONNECT", "SEND", "WAIT", "RECEIVE", "RESPONSE"] as const;
export type Phase = (typeof PHASES)[number];

/** By their numbers in the column `kept`, from 1. */
export const KEPT = ["FAILED", "SLOW", "REST", "CONTEXT"] as const;
export type LogKept = (typeof KEPT)[number];

/** Names of conditions in readers/log-filter.sql, and their parameters. */
export interface LogFilter {
  readonly conditions: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  /** Whose calls, and calls to whom, are asked for; empty: all. */
  readonly callers: readonly string[];
  readonly callees: readonly string[];
}

const LIST_MAX = 100;
const TEXT_MAX = 1_000;
/** The column's value for "not known". */
export const UNKNOWN_US = 2 ** 32 - 1;
const ANY_PORT = -1;

/** List filters with plain values, and their conditions. */
const LISTS = {
  services: "services",
  reporters: "reporters",
  instances: "instances",
  nodes: "nodes",
  endpoints: "endpoints",
  kinds: "kinds",
  detectPoints: "detect_points",
  methods: "methods",
  protocols: "protocols",
  authorities: "authorities",
  codeDetails: "code_details",
  tlsModes: "tls_modes",
  tlsVersions: "tls_versions",
  serverNames: "server_names",
  principals: "principals",
  requestIds: "request_ids",
  traceIds: "trace_ids",
  upstreamClusters: "upstream_clusters",
  routes: "routes",
} as const;

/** Filters on a part of a text. */
const PARTS = { path: "path", query: "query", failureReason: "failure_reason", userAgent: "user_agent" } as const;

/** Filters with a least or most number: condition, the highest number there is, and what one unit of the input is. */
const LIMITS = {
  minDuration: ["min_duration", Number.MAX_SAFE_INTEGER, 1_000],
  maxDuration: ["max_duration", Number.MAX_SAFE_INTEGER, 1_000],
  minBytes: ["min_bytes", Number.MAX_SAFE_INTEGER, 1],
  maxBytes: ["max_bytes", Number.MAX_SAFE_INTEGER, 1],
  minHeaderBytes: ["min_header_bytes", Number.MAX_SAFE_INTEGER, 1],
  maxHeaderBytes: ["max_header_bytes", Number.MAX_SAFE_INTEGER, 1],
  minWeight: ["min_weight", 2 ** 32 - 1, 1],
  maxWeight: ["max_weight", 2 ** 32 - 1, 1],
  minAttempts: ["min_attempts", 65_535, 1],
  maxAttempts: ["max_attempts", 65_535, 1],
} as const;

/** What is empty or null narrows nothing. @throws QueryError naming the part that cannot be used. */
export function logFilter(input: LogFilterInput): LogFilter {
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  const add = (condition: string, values: Readonly<Record<string, unknown>>): void => {
    conditions.push(condition);
    Object.assign(params, values);
  };
  for (const [key, condition] of entries(LISTS)) {
    const values = texts(input[key], key);
    if (values.length > 0) add(condition, { [condition]: values });
  }
  for (const [key, condition] of entries(PARTS)) {
    const value = text(input[key], key);
    if (value !== "") add(condition, { [condition]: value });
  }
  for (const [key, [condition, max, unit]] of entries(LIMITS)) {
    const value = input[key];
    if (value == null) continue;
    if (!(value >= 0)) throw new QueryError(`filter.${key}: ${value} is below 0`);
    add(condition, { [condition]: Math.min(max, key.startsWith("min") ? Math.ceil(value * unit) : Math.floor(value * unit)) });
  }
  const callers = texts(input.callers, "callers");
  const callees = texts(input.callees, "callees");
  // Together they are about one call: a row that reports two must not fit with the caller of the one and the callee of the other.
  if (callers.length > 0 && callees.length > 0) add("edges", { callers, callees });
  else if (callers.length > 0) add("callers", { callers });
  else if (callees.length > 0) add("callees", { callees });
  const codes = numbers(input.codes, "codes", 0, 65_535);
  const code_classes = numbers(input.codeClasses, "codeClasses", 0, 9);
  if (codes.length + code_classes.length > 0) add("codes", { codes, code_classes });
  const grpc_statuses = numbers(input.grpcStatuses, "grpcStatuses", -1, 127);
  if (grpc_statuses.length > 0) add("grpc_statuses", { grpc_statuses });
  const kept = bounded(input.kept, "kept").map((one) => one.toLowerCase());
  if (kept.length > 0) add("kept", { kept });
  const phases = bounded(input.phases, "phases");
  if (phases.length > 0) add("phases", phaseParams(phases));
  const flags = flagSet(texts(input.flags, "flags"));
  if (flags !== 0) add("flags", { flags });
  if (input.hasFlags != null) add("has_flags", { has_flags: Number(input.hasFlags) });
  const addresses = texts(input.addresses, "addresses");
  if (addresses.length > 0) add("addresses", addressParts(addresses));
  if (input.header != null) addHeader(input.header, add);
  return { conditions, params, callers, callees };
}

function phaseParams(phases: readonly PhaseLimits[]): Readonly<Record<string, unknown>> {
  const limit = (ms: number | null | undefined, otherwise: number, round: (us: number) => number): number => {
    if (ms == null) return otherwise;
    if (!(ms >= 0)) throw new QueryError(`filter.phases: ${ms} ms is below 0`);
    return Math.min(UNKNOWN_US, round(ms * 1_000));
  };
  return {
    phases: phases.map(({ name }) => PHASES.indexOf(name) + 1),
    phase_mins: phases.map(({ min }) => limit(min, 0, Math.ceil)),
    phase_maxs: phases.map(({ max }) => limit(max, UNKNOWN_US, Math.floor)),
  };
}

function addHeader(
  header: NonNullable<LogFilterInput["header"]>,
  add: (condition: string, params: Readonly<Record<string, unknown>>) => void,
): void {
  const name = text(header.name, "header").toLowerCase();
  if (name === "") throw new QueryError("filter.header: its name is empty");
  if (header.value == null) add("header", { header: name });
  else add("header_value", { header: name, header_value: text(header.value, "header") });
}

function entries<T extends object>(from: T): [keyof T, T[keyof T]][] {
  return Object.entries(from) as [keyof T, T[keyof T]][];
}

function texts(values: Texts | undefined, key: string): readonly string[] {
  return bounded(values, key).map((one) => text(one, key));
}

function bounded<T>(values: readonly T[] | null | undefined, key: string): readonly T[] {
  if (values != null && values.length > LIST_MAX)
    throw new QueryError(`filter.${key}: ${values.length} values are more than ${LIST_MAX}`);
  return values ?? [];
}

function text(value: string | null | undefined, key: string): string {
  if (value == null) return "";
  if (value.length > TEXT_MAX) throw new QueryError(`filter.${key}: a text is longer than ${TEXT_MAX} characters`);
  return value;
}

function numbers(values: readonly number[] | null | undefined, key: string, min: number, max: number): readonly number[] {
  for (const value of bounded(values, key))
    if (value < min || value > max) throw new QueryError(`filter.${key}: ${value} is not from ${min} to ${max}`);
  return values ?? [];
}

function flagSet(names: readonly string[]): number {
  let set = 0;
  for (const name of names) {
    const bit = flagBit(name.toUpperCase());
    if (bit === null) throw new QueryError(`filter.flags: there is no response flag ${name}`);
    set |= bit;
  }
  return set >>> 0;
}

/** `10.0.0.1`, `10.0.0.1:80`, `fd00::1` and `[fd00::1]:80` taken apart. */
function addressParts(values: readonly string[]): { hosts: string[]; ports: number[] } {
  const parts = values.map((value) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(value) ?? [];
    return port === undefined
      ? { host: value.replace(/^\[(.*)\]$/, "$1"), port: ANY_PORT }
      : { host: bracketed ?? plain ?? "", port: Number(port) };
  });
  return { hosts: parts.map(({ host }) => host), ports: parts.map(({ port }) => port) };
}
