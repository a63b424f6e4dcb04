-- The numbers of all entities of one scope over a window, busiest first; percentiles as histogram buckets (50, 75, 90, 95, 99).
-- `service` and `dest` empty: of every service. Without `with_percentiles` the histogram, most of what there is to read, is not read; then they are 0.
SELECT
    service, instance, endpoint, dest_service, detect_point,
    sum(t.calls) AS calls, sum(t.failed) AS failed, sum(t.timed) AS timed, sum(t.latency_us) AS latency_us,
    sum(t.apdex_satisfied) AS apdex_satisfied, sum(t.apdex_tolerating) AS apdex_tolerating, sum(t.grpc_calls) AS grpc_calls,
    sum(t.tls_none) AS tls_none, sum(t.tls_tls) AS tls_tls, sum(t.tls_mtls) AS tls_mtls,
    sum(t.request_bytes) + sum(t.tcp_received) AS bytes_in, sum(t.response_bytes) + sum(t.tcp_sent) AS bytes_out,
    sum(t.tcp_records) AS tcp_records, greatest(sum(t.tcp_records), sum(t.tcp_opened), sum(t.tcp_carried)) AS tcp_entries,
    sum(t.status_none) AS status_none, sum(t.status_1xx) AS status_1xx, sum(t.status_2xx) AS status_2xx, sum(t.status_3xx) AS status_3xx,
    sum(t.status_4xx) AS status_4xx, sum(t.status_5xx) AS status_5xx,
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(
        if({with_percentiles:UInt8} = 1, mapKeys(t.latency_histogram), CAST([], 'Array(UInt16)')),
        if({with_percentiles:UInt8} = 1, mapValues(t.latency_histogram), CAST([], 'Array(UInt64)'))
    ) AS percentiles
FROM {table:Identifier} AS t
WHERE scope = {scope:String}
  AND {{range}}
  AND ({service:String} = '' OR service = {service:String})
  AND ({dest:String} = '' OR dest_service = {dest:String})
GROUP BY service, instance, endpoint, dest_service, detect_point
ORDER BY calls + tcp_records DESC, service, instance, endpoint, dest_service, detect_point
LIMIT {limit:UInt32}
