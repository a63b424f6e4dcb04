-- Of either side of an edge, for edges.sql.
    [
        countIf(detect_point = 'client'), sumIf(t.calls, detect_point = 'client'), sumIf(t.failed, detect_point = 'client'), sumIf(t.grpc_calls, detect_point = 'client'),
        sumIf(t.tcp_records, detect_point = 'client'), sumIf(t.tcp_opened, detect_point = 'client'), sumIf(t.tcp_carried, detect_point = 'client')
    ] AS client,
    [
        countIf(detect_point = 'server'), sumIf(t.calls, detect_point = 'server'), sumIf(t.failed, detect_point = 'server'), sumIf(t.grpc_calls, detect_point = 'server'),
        sumIf(t.tcp_records, detect_point = 'server'), sumIf(t.tcp_opened, detect_point = 'server'), sumIf(t.tcp_carried, detect_point = 'server')
    ] AS server
