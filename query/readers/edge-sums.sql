-- Of either side of an edge, for edges.sql.
    [
        countIf(of_client), sumIf(t.calls, of_client), sumIf(t.failed, of_client), sumIf(t.grpc_calls, of_client),
        sumIf(t.tcp_records, of_client), sumIf(t.tcp_opened, of_client), sumIf(t.tcp_carried, of_client)
    ] AS client,
    [
        countIf(of_server), sumIf(t.calls, of_server), sumIf(t.failed, of_server), sumIf(t.grpc_calls, of_server),
        sumIf(t.tcp_records, of_server), sumIf(t.tcp_opened, of_server), sumIf(t.tcp_carried, of_server)
    ] AS server
