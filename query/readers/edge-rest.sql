-- Of either side of an edge: connections without TLS, with TLS, with mTLS, bytes in and out.
    [
        sumIf(t.tls_none, of_client), sumIf(t.tls_tls, of_client), sumIf(t.tls_mtls, of_client),
        sumIf(t.request_bytes + t.tcp_received, of_client), sumIf(t.response_bytes + t.tcp_sent, of_client)
    ] AS client_rest,
    [
        sumIf(t.tls_none, of_server), sumIf(t.tls_tls, of_server), sumIf(t.tls_mtls, of_server),
        sumIf(t.request_bytes + t.tcp_received, of_server), sumIf(t.response_bytes + t.tcp_sent, of_server)
    ] AS server_rest
