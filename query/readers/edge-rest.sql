-- Of either side of an edge: connections without TLS, with TLS, with mTLS, bytes in and out.
    [
        sumIf(t.tls_none, detect_point = 'client'), sumIf(t.tls_tls, detect_point = 'client'), sumIf(t.tls_mtls, detect_point = 'client'),
        sumIf(t.request_bytes + t.tcp_received, detect_point = 'client'), sumIf(t.response_bytes + t.tcp_sent, detect_point = 'client')
    ] AS client_rest,
    [
        sumIf(t.tls_none, detect_point = 'server'), sumIf(t.tls_tls, detect_point = 'server'), sumIf(t.tls_mtls, detect_point = 'server'),
        sumIf(t.request_bytes + t.tcp_received, detect_point = 'server'), sumIf(t.response_bytes + t.tcp_sent, detect_point = 'server')
    ] AS server_rest
