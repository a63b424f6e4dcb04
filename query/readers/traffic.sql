-- The numbers of all entities of one scope over a window, busiest first: sums of the columns in the order of traffic.ts, as one array, for
-- each aggregate of its own costs as much to plan as a small scope does to read; percentiles as histogram buckets (50, 75, 90, 95, 99).
-- `service` and `dest` empty: of every service. Without `with_percentiles` the histogram, most of what there is to read, is not read; then they are 0.
SELECT
    service, instance, endpoint, dest_service, detect_point,
    sumForEach([
        t.calls, t.failed, t.timed, t.latency_us, t.apdex_satisfied, t.apdex_tolerating,
        t.grpc_calls, t.tls_none, t.tls_tls, t.tls_mtls, t.request_bytes, t.tcp_received,
        t.response_bytes, t.tcp_sent, t.tcp_records, t.tcp_opened, t.tcp_carried, t.status_none,
        t.status_1xx, t.status_2xx, t.status_3xx, t.status_4xx, t.status_5xx
    ]) AS sums,
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(
        if({with_percentiles:UInt8} = 1, mapKeys(t.latency_histogram), CAST([], 'Array(UInt16)')),
        if({with_percentiles:UInt8} = 1, mapValues(t.latency_histogram), CAST([], 'Array(UInt64)'))
    ) AS percentiles
FROM (
    {{slice}}
    SELECT *
    FROM {table:Identifier}
    WHERE scope = {scope:String} AND {{range}}
      AND ({service:String} = '' OR service = {service:String}) AND ({dest:String} = '' OR dest_service = {dest:String})
    {{/slice}}
) AS t
GROUP BY service, instance, endpoint, dest_service, detect_point
ORDER BY sums[1] + sums[15] DESC, service, instance, endpoint, dest_service, detect_point
LIMIT {limit:UInt32}
