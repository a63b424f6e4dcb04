-- Edges between services in a range, from both sides: which protocols and TLS modes were seen. `ids` empty: all of them.
SELECT
    service, normal = 1 AS is_normal, dest_service, dest_normal = 1 AS is_dest_normal, detect_point,
    sum(calls) AS all_calls, sum(grpc_calls) AS grpc, sum(tcp_records) + sum(tcp_carried) AS tcp, sum(tls_tls) AS tls, sum(tls_mtls) AS mtls
FROM {table:Identifier}
WHERE scope = 'service_relation'
  AND {{range}}
  AND (length({services:Array(String)}) = 0 OR service IN {services:Array(String)} OR dest_service IN {services:Array(String)})
GROUP BY service, normal, dest_service, dest_normal, detect_point
ORDER BY service, dest_service, detect_point
LIMIT 100000
