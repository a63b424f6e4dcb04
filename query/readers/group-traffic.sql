-- A group of services over a window as if they were one: the sums of all columns in the order of oap/catalog/columns.ts, and the histogram buckets of
-- 50, 75, 90, 95 and 99 % of all their calls together. One row, with empty sums where nothing was seen. Services come as parallel arrays.
SELECT
    sumForEach([
        t.calls, t.failed, t.timed, t.latency_us, t.latency_ms,
        t.apdex_satisfied, t.apdex_tolerating, t.internal_request_ns, t.internal_request_count, t.internal_response_ns,
        t.internal_response_count, t.request_bytes, t.response_bytes, t.grpc_calls, t.status_none,
        t.status_1xx, t.status_2xx, t.status_3xx, t.status_4xx, t.status_5xx,
        t.tls_none, t.tls_tls, t.tls_mtls, t.retried, t.tcp_records,
        t.tcp_opened, t.tcp_closed, t.tcp_carried, t.tcp_received, t.tcp_sent
    ]) AS sums,
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS buckets
FROM {table:Identifier} AS t
WHERE scope = 'service'
  AND service IN {services:Array(String)}
  AND (service, normal) IN (SELECT k.1, k.2 FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {normals:Array(UInt8)})) AS k))
  AND {{range}}
