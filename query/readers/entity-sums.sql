-- Some entities by step, oldest first: at (seconds, start of the step), the key, and the sums of all columns in the order of
-- oap/catalog/columns.ts. Reads the primary-key ranges of the given scopes and services only; keys come as parallel arrays.
SELECT
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
    scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point,
    [
        sum(t.calls), sum(t.failed), sum(t.timed), sum(t.latency_us), sum(t.latency_ms),
        sum(t.apdex_satisfied), sum(t.apdex_tolerating), sum(t.internal_request_ns), sum(t.internal_request_count), sum(t.internal_response_ns),
        sum(t.internal_response_count), sum(t.request_bytes), sum(t.response_bytes), sum(t.grpc_calls), sum(t.status_none),
        sum(t.status_1xx), sum(t.status_2xx), sum(t.status_3xx), sum(t.status_4xx), sum(t.status_5xx),
        sum(t.tls_none), sum(t.tls_tls), sum(t.tls_mtls), sum(t.retried), sum(t.tcp_records),
        sum(t.tcp_opened), sum(t.tcp_closed), sum(t.tcp_carried), sum(t.tcp_received), sum(t.tcp_sent)
    ] AS sums
FROM {table:Identifier} AS t
WHERE scope IN {scopes:Array(String)}
  AND service IN {services:Array(String)}
  AND {{range}}
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
