/** The additive columns of one row of traffic_minute and its roll-ups: all sums, UInt64. A metric is an expression over
 *  these. The list is the contract between analysis (fills them), storage (its tables hold exactly these) and the
 *  metrics declared beside this file; a test compares it with system.columns. */
export const COLUMNS = [
  "calls", //               HTTP and gRPC calls
  "failed", //              of those, the ones that failed
  "timed", //               of those, the ones whose latency was known
  "latency_us", //          sum over timed calls
  "latency_ms", //          the same in whole ms, at least 1 per call, as SkyWalking counts
  "apdex_satisfied", //     of the timed calls: succeeded within the threshold
  "apdex_tolerating", //    of the timed calls: succeeded within four thresholds
  "internal_request_ns", // time inside the proxy on the way in, over internal_request_count calls
  "internal_request_count",
  "internal_response_ns",
  "internal_response_count",
  "request_bytes", //       HTTP and gRPC, headers and body
  "response_bytes",
  "grpc_calls", //          of calls
  "status_none", //         calls by class of response code; none: there was no response
  "status_1xx",
  "status_2xx",
  "status_3xx",
  "status_4xx",
  "status_5xx",
  "tls_none", //            calls and TCP records by TLS mode of the downstream connection
  "tls_tls",
  "tls_mtls",
  "retried", //             calls with more than one attempt
  "tcp_records", //         TCP connections, counted when they end
  "tcp_opened", //          connections seen to open, and to close
  "tcp_closed",
  "tcp_carried", //         entries that carried TCP bytes: the divisor of SkyWalking's throughput
  "tcp_received", //        bytes from and to the downstream
  "tcp_sent",
] as const;

export type Column = (typeof COLUMNS)[number];

/** The latency histogram beside them: Map(UInt16, UInt64), bucket of analysis/histogram.ts to count. */
export const HISTOGRAM_COLUMN = "latency_histogram";

/** What a row of traffic_minute can belong to, as stored in its column `scope`. */
export const SCOPES = ["service", "instance", "endpoint", "service_relation", "instance_relation"] as const;
export type Scope = (typeof SCOPES)[number];
