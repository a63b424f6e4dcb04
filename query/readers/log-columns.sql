-- What is read of a row of access_log, in place of {{log-columns}}. `tie`: a hash of what tells reports apart (53 bits). Times in microseconds.
    toUnixTimestamp64Micro(time) AS time_us,
    bitShiftRight(cityHash64(service, instance, detect_point, request_id, downstream_port, duration_us, response_code), 11) AS tie,
    toInt8(kept) AS kept_number, weight, kind, detect_point, service, instance, node, caller, caller_instance, callee, callee_instance, endpoint, method,
    protocol, authority, path, query, response_code, grpc_status, response_flags, code_details, failure_reason, duration_us, request_received_us,
    upstream_first_sent_us, upstream_last_sent_us, upstream_first_received_us, upstream_last_received_us, response_first_sent_us,
    response_last_sent_us, request_header_bytes, request_body_bytes, response_header_bytes, response_body_bytes, attempts, tls_mode,
    tls_version, sni, local_principal, peer_principal, request_id, downstream_address, downstream_port, upstream_address, upstream_port,
    upstream_cluster, route, user_agent, request_headers, response_headers, trace_id
