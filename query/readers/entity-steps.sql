-- One entity by step, oldest first, and before them the whole range (`is_whole` 1; its row is there without any data too): at (seconds, start of
-- the step), the sums of all columns in the order of oap/catalog/columns.ts, and the histogram buckets of 50, 75, 90, 95 and 99 %. Every
-- column is read once; all of a key is given, so that a page that asks for sums, series and percentiles of one service reads a few marks.
SELECT
    grouping(at) AS is_whole,
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
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
WHERE scope = {scope:String} AND service = {service:String} AND normal = {normal:UInt8} AND instance = {instance:String}
  AND endpoint = {endpoint:String} AND dest_service = {dest_service:String} AND dest_normal = {dest_normal:UInt8}
  AND dest_instance = {dest_instance:String} AND detect_point = {detect_point:String}
  AND {{range}}
GROUP BY GROUPING SETS ((at), ())
ORDER BY is_whole DESC, at
LIMIT 10000
