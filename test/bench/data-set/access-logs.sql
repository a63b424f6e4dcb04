-- Access logs over three days: 2.5 million requests, each with four reports (gateway; the first service as a server and as a client; the
-- second as a server), numbered from 0, oldest first. Of the requests 2 % failed, 1 % were slow; one of 16 of the rest was kept.
INSERT INTO access_log (
    time, kept, weight, kind, detect_point, service, instance, node, caller, caller_instance, callee, callee_instance, endpoint, method, protocol,
    authority, path, response_code, grpc_status, response_flags, code_details, failure_reason, duration_us, request_received_us, upstream_first_sent_us,
    upstream_last_sent_us, upstream_first_received_us, upstream_last_received_us, response_first_sent_us, response_last_sent_us,
    request_header_bytes, request_body_bytes, response_header_bytes, response_body_bytes, attempts, tls_mode, tls_version, sni, local_principal,
    peer_principal, request_id, downstream_address, downstream_port, upstream_address, upstream_port, upstream_cluster, route, user_agent
)
WITH
    intDiv(number, 4) AS request,
    number % 4 AS hop,
    cityHash64(request, 1) AS of_request,
    cityHash64(request, 2) AS of_request2,
    cityHash64(number, 3) AS chance,
    190 + of_request % 10 AS gateway,
    intDiv(of_request, 10) % 190 AS first,
    (first + 1 + (intDiv(of_request, 1900) % 25) * 7) % 190 AS second,
    multiIf(hop = 0, gateway, hop < 3, first, second) AS s,
    multiIf(hop = 0, 'UNKNOWN', hop = 1, concat('service-', toString(gateway), '.bench'), hop = 3, concat('service-', toString(first), '.bench'), '') AS from_service,
    multiIf(hop = 0, concat('service-', toString(first), '.bench'), hop = 2, concat('service-', toString(second), '.bench'), '') AS to_service,
    multiIf(hop < 2, first, second) AS called,
    intDiv(of_request, 50000) % 50 AS e,
    of_request2 % 100 AS lot,
    multiIf(lot < 2, 'failed', lot < 3, 'slow', 'rest') AS kind_kept,
    intDiv(of_request2, 100) % 6 AS cause,
    toUInt32((exp(7.6 + (intDiv(of_request2, 1000) % 1000) / 400) + chance % 500) * (4 - hop) * if(lot = 2, 20, 1)) AS us,
    toUInt32(hop * 350) AS offset_us,
    toUInt32(us * 0.9) AS answered_us,
    concat('service-', toString(s), '-v1-7d4b9c6f5-x', toString(intDiv(of_request, 7) % 10)) AS pod,
    if(intDiv(of_request, 3) % 5 = 0, 'POST', 'GET') AS verb,
    concat('/api/v1/area-', toString(e % 10), '/action-', toString(intDiv(e, 10))) AS base,
    lower(hex(of_request)) AS h1,
    lower(hex(cityHash64(request, 9))) AS h2
SELECT
    toDateTime64({from:UInt32}, 6, 'UTC') + toIntervalMicrosecond(request * {request_us:UInt64} + of_request % 90000 + offset_us),
    kind_kept, if(kind_kept = 'rest', 16, 1), 'http', multiIf(hop = 0, 'both', hop = 2, 'client', 'server'),
    concat('service-', toString(s), '.bench'), pod, concat('sidecar~10.1.', toString(s), '.', toString(intDiv(of_request, 7) % 10), '~', pod, '.bench~bench.svc.cluster.local'),
    from_service, if(hop IN (1, 3), concat('service-', toString(if(hop = 1, gateway, first)), '-v1-7d4b9c6f5-x', toString(intDiv(of_request, 7) % 10)), ''),
    to_service, if(hop IN (0, 2), concat('service-', toString(called), '-v1-7d4b9c6f5-x', toString(intDiv(of_request, 7) % 10)), ''),
    concat(verb, ':', base, if(e % 7 = 0, '/{var}', '')), verb, 'HTTP/1.1', concat('service-', toString(called), ':9080'),
    concat(base, if(e % 7 = 0, concat('/', toString(intDiv(of_request2, 7) % 1000000)), '')),
    if(kind_kept = 'failed', [503, 503, 500, 504, 502, 0][cause + 1], if(chance % 40 = 0, 404, 200)), -1,
    if(kind_kept = 'failed', [32, 2, 0, 4, 64, 16384][cause + 1], 0),
    if(kind_kept = 'failed', ['upstream_reset_before_response_started{connection_failure}', 'no_healthy_upstream', 'via_upstream', 'response_timeout',
        'upstream_reset_before_response_started{connection_termination}', 'downstream_remote_disconnect'][cause + 1], 'via_upstream'),
    if(kind_kept = 'failed' AND cause = 0, 'delayed connect error: Connection refused', ''),
    us, toUInt32(us * 0.01), toUInt32(us * 0.03), toUInt32(us * 0.04), answered_us, toUInt32(us * 0.95), toUInt32(us * 0.96), us,
    600 + chance % 90, if(verb = 'POST', 200 + chance % 4000, 0), 187, 500 + chance % 20000, 1 + toUInt8(chance % 100 = 0), if(hop = 0, 'tls', 'mtls'), 'TLSv1.3',
    concat('outbound_.9080_._.service-', toString(called), '.bench.svc.cluster.local'), concat('spiffe://cluster.local/ns/bench/sa/service-', toString(s)),
    if(from_service = 'UNKNOWN' OR from_service = '', '', concat('spiffe://cluster.local/ns/bench/sa/', splitByChar('.', from_service)[1])),
    concat(substring(h1, 1, 8), '-', substring(h1, 9, 4), '-4', substring(h1, 13, 3), '-a', substring(h2, 1, 3), '-', substring(h2, 4, 12)),
    concat('10.1.', toString(if(hop = 1, gateway, first)), '.', toString(intDiv(of_request, 7) % 10)), 32768 + chance % 28000,
    concat('10.1.', toString(called), '.', toString(intDiv(of_request, 7) % 10)), 9080,
    if(hop IN (0, 2), concat('outbound|9080||service-', toString(called), '.bench.svc.cluster.local'), 'inbound|9080||'), 'default',
    ['Go-http-client/2.0', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0', 'curl/8.9.1', 'okhttp/4.12.0', 'python-requests/2.32'][1 + of_request2 % 5]
FROM numbers({first:UInt64}, {rows:UInt64})
SETTINGS async_insert = 0, max_threads = 1, max_block_size = 8192, min_insert_block_size_rows = 200000, min_insert_block_size_bytes = 0, max_execution_time = 600
