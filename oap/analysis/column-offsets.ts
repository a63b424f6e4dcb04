/** Where each column stands in a slot's row. Derived from the catalog, so that the two cannot differ; read once into
 *  constants because the hot loop must not look anything up. */
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

const offset = (column: Column): number => ORDER.indexOf(column);

export const CALLS = offset("calls");
export const FAILED = offset("failed");
export const TIMED = offset("timed");
export const LATENCY_US = offset("latency_us");
export const LATENCY_MS = offset("latency_ms");
export const APDEX_SATISFIED = offset("apdex_satisfied");
export const APDEX_TOLERATING = offset("apdex_tolerating");
export const INTERNAL_REQUEST_NS = offset("internal_request_ns");
export const INTERNAL_REQUEST_COUNT = offset("internal_request_count");
export const INTERNAL_RESPONSE_NS = offset("internal_response_ns");
export const INTERNAL_RESPONSE_COUNT = offset("internal_response_count");
export const REQUEST_BYTES = offset("request_bytes");
export const RESPONSE_BYTES = offset("response_bytes");
export const GRPC_CALLS = offset("grpc_calls");
/** status_none; the classes 1xx to 5xx follow it. */
export const STATUS = offset("status_none");
/** tls_none; tls_tls and tls_mtls follow it, in the order of TlsMode. */
export const TLS = offset("tls_none");
export const RETRIED = offset("retried");
export const TCP_RECORDS = offset("tcp_records");
export const TCP_OPENED = offset("tcp_opened");
export const TCP_CLOSED = offset("tcp_closed");
export const TCP_CARRIED = offset("tcp_carried");
export const TCP_RECEIVED = offset("tcp_received");
export const TCP_SENT = offset("tcp_sent");
