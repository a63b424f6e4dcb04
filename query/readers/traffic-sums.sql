-- For traffic.sql: sums of the columns in the order of traffic.ts, as one array, for each aggregate of its own costs as much to plan as a small scope does to read.
    sumForEach([
        t.calls, t.tcp_records, t.failed, t.timed, t.latency_us, t.apdex_satisfied, t.apdex_tolerating,
        t.grpc_calls, t.tls_none, t.tls_tls, t.tls_mtls, t.request_bytes, t.tcp_received,
        t.response_bytes, t.tcp_sent, t.tcp_opened, t.tcp_carried, t.status_none,
        t.status_1xx, t.status_2xx, t.status_3xx, t.status_4xx, t.status_5xx
    ]) AS sums
