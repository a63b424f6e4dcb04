-- Every edge between services over a window, busiest first, one row per side that reported it. Percentiles: edge-percentiles.sql.
SELECT
    service, dest_service, detect_point,
    sum(t.calls) AS calls, sum(t.failed) AS failed, sum(t.grpc_calls) AS grpc_calls,
    sum(t.tls_none) AS tls_none, sum(t.tls_tls) AS tls_tls, sum(t.tls_mtls) AS tls_mtls,
    sum(t.request_bytes) + sum(t.tcp_received) AS bytes_in, sum(t.response_bytes) + sum(t.tcp_sent) AS bytes_out,
    sum(t.tcp_records) AS tcp_records, greatest(sum(t.tcp_records), sum(t.tcp_opened), sum(t.tcp_carried)) AS tcp_entries
FROM {table:Identifier} AS t
WHERE scope = 'service_relation'
  AND minute >= fromUnixTimestamp({from:UInt32}) AND minute < fromUnixTimestamp({to:UInt32})
GROUP BY service, dest_service, detect_point
ORDER BY calls + tcp_records DESC, service, dest_service, detect_point
LIMIT {limit:UInt32}
