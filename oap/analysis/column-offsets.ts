/** Where each column stands in a slot's row. Derived from the catalog, so that the two cannot differ; the hot loop
 *  reads it once into constants of its own, because it must not look anything up. */
import { COLUMNS, type Column } from "../catalog/columns.ts";

/** What nearly every call adds to. These stand first, so that a call adds to them in one run, zeros included. */
const COMMON: readonly Column[] = [
  "calls",
  "timed",
  "latency_us",
  "latency_ms",
  "apdex_satisfied",
  "request_bytes",
  "response_bytes",
  "internal_request_ns",
  "internal_request_count",
  "internal_response_ns",
  "internal_response_count",
];
const ORDER = [...COMMON, ...COLUMNS.filter((column) => !COMMON.includes(column))];

export const COMMON_COLUMNS = COMMON.length;
export const COLUMN_COUNT = ORDER.length;
/** Where each column of the catalog, in its order, stands in a row. */
export const OFFSETS: readonly number[] = COLUMNS.map((column) => ORDER.indexOf(column));

/** The same by name. status_1xx to status_5xx follow status_none, tls_tls and tls_mtls follow tls_none, in the order of TlsMode. */
export const OFFSET_OF = Object.fromEntries(ORDER.map((column, offset) => [column, offset])) as Readonly<Record<Column, number>>;
