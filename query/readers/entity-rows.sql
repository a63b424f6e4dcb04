-- All columns of some entities by step, oldest first: at (seconds, start of the step), the key, the sums, the histogram.
-- Reads the primary-key ranges of the given scopes and services only; keys come as parallel arrays.
SELECT
    toUnixTimestamp(minute) AS at,
    scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point,
    sum(t.calls) AS calls,
    sum(t.failed) AS failed,
    sum(t.timed) AS timed,
    sum(t.latency_us) AS latency_us,
    sum(t.latency_ms) AS latency_ms,
    sum(t.apdex_satisfied) AS apdex_satisfied,
    sum(t.apdex_tolerating) AS apdex_tolerating,
    sum(t.internal_request_ns) AS internal_request_ns,
    sum(t.internal_request_count) AS internal_request_count,
    sum(t.internal_response_ns) AS internal_response_ns,
    sum(t.internal_response_count) AS internal_response_count,
    sum(t.request_bytes) AS request_bytes,
    sum(t.response_bytes) AS response_bytes,
    sum(t.grpc_calls) AS grpc_calls,
    sum(t.status_none) AS status_none,
    sum(t.status_1xx) AS status_1xx,
    sum(t.status_2xx) AS status_2xx,
    sum(t.status_3xx) AS status_3xx,
    sum(t.status_4xx) AS status_4xx,
    sum(t.status_5xx) AS status_5xx,
    sum(t.tls_none) AS tls_none,
    sum(t.tls_tls) AS tls_tls,
    sum(t.tls_mtls) AS tls_mtls,
    sum(t.retried) AS retried,
    sum(t.tcp_records) AS tcp_records,
    sum(t.tcp_opened) AS tcp_opened,
    sum(t.tcp_closed) AS tcp_closed,
    sum(t.tcp_carried) AS tcp_carried,
    sum(t.tcp_received) AS tcp_received,
    sum(t.tcp_sent) AS tcp_sent,
    sumMap(t.latency_histogram) AS histogram
FROM {table:Identifier} AS t
WHERE scope IN {scopes:Array(String)}
  AND service IN {services:Array(String)}
  AND minute >= fromUnixTimestamp({from:UInt32}) AND minute < fromUnixTimestamp({to:UInt32})
  AND (scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point) IN (
    SELECT k.1, k.2, k.3, k.4, k.5, k.6, k.7, k.8, k.9
    FROM (
        SELECT arrayJoin(arrayZip(
            {scopes:Array(String)}, {services:Array(String)}, {normals:Array(UInt8)}, {instances:Array(String)}, {endpoints:Array(String)},
            {dest_services:Array(String)}, {dest_normals:Array(UInt8)}, {dest_instances:Array(String)}, {detect_points:Array(String)}
        )) AS k
    )
  )
GROUP BY at, scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point
ORDER BY at
LIMIT 500000
