-- Every edge between services over a window, busiest first, one row per side that reported it. What only details of an edge need is not read without
-- `with_rest`, the coarse histogram's buckets (50, 95, 99; meaningless where `timed` is 0) not without `with_coarse`; then they are 0.
SELECT
    service, dest_service, detect_point,
    sum(t.calls) AS calls, sum(t.failed) AS failed, sum(t.grpc_calls) AS grpc_calls,
    sum(if({with_rest:UInt8} = 1, t.tls_none, 0)) AS tls_none,
    sum(if({with_rest:UInt8} = 1, t.tls_tls, 0)) AS tls_tls, sum(if({with_rest:UInt8} = 1, t.tls_mtls, 0)) AS tls_mtls,
    sum(if({with_rest:UInt8} = 1, t.request_bytes + t.tcp_received, 0)) AS bytes_in,
    sum(if({with_rest:UInt8} = 1, t.response_bytes + t.tcp_sent, 0)) AS bytes_out,
    sum(t.tcp_records) AS tcp_records, greatest(sum(t.tcp_records), sum(t.tcp_opened), sum(t.tcp_carried)) AS tcp_entries,
    sum(if({with_coarse:UInt8} = 1, t.timed, 0)) AS timed,
    quantilesExactWeightedArray(0.5, 0.95, 0.99)(
        if({with_coarse:UInt8} = 1, mapKeys(t.latency_coarse), CAST([], 'Array(UInt8)')),
        if({with_coarse:UInt8} = 1, mapValues(t.latency_coarse), CAST([], 'Array(UInt64)'))
    ) AS coarse
FROM {table:Identifier} AS t
WHERE scope = 'service_relation'
  AND {{range}}
GROUP BY service, dest_service, detect_point
ORDER BY calls + tcp_records DESC, service, dest_service, detect_point
LIMIT {limit:UInt32}
