-- The sums of all columns of traffic_minute and its roll-ups, in the order of oap/catalog/columns.ts.
    sumForEach([
        t.calls, t.failed, t.timed, t.latency_us, t.latency_ms,
        t.apdex_satisfied, t.apdex_tolerating, t.internal_request_ns, t.internal_request_count, t.internal_response_ns,
        t.internal_response_count, t.request_bytes, t.response_bytes, t.grpc_calls, t.status_none,
        t.status_1xx, t.status_2xx, t.status_3xx, t.status_4xx, t.status_5xx,
        t.tls_none, t.tls_tls, t.tls_mtls, t.retried, t.tcp_records,
        t.tcp_opened, t.tcp_closed, t.tcp_carried, t.tcp_received, t.tcp_sent
    ]) AS sums
