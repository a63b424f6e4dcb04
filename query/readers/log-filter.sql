-- Conditions on rows of access_log, one under each name; log-filter.ts picks those that a question uses. Together they would cost 50 ms of planning
-- for each statement. In a statement, {{log-filter}} stands for the picked ones.

-- services
service IN {services:Array(String)} OR caller IN {services:Array(String)} OR callee IN {services:Array(String)}
-- reporters
service IN {reporters:Array(String)}
-- callers
caller IN {callers:Array(String)} OR (detect_point != 'server' AND service IN {callers:Array(String)})
-- callees
callee IN {callees:Array(String)} OR (detect_point != 'client' AND service IN {callees:Array(String)})
-- edges
(detect_point != 'client' AND caller IN {callers:Array(String)} AND service IN {callees:Array(String)}) OR (detect_point != 'server' AND service IN {callers:Array(String)} AND callee IN {callees:Array(String)})
-- instances
instance IN {instances:Array(String)} OR caller_instance IN {instances:Array(String)} OR callee_instance IN {instances:Array(String)}
-- own_instances
instance IN {own_instances:Array(String)}
-- nodes
node IN {nodes:Array(String)}
-- endpoints
endpoint IN {endpoints:Array(String)}
-- kinds
kind IN {kinds:Array(String)}
-- detect_points
detect_point IN {detect_points:Array(String)}
-- kept
kept IN {kept:Array(Enum8('failed' = 1, 'slow' = 2, 'rest' = 3, 'context' = 4))}
-- methods
method IN {methods:Array(String)}
-- protocols
protocol IN {protocols:Array(String)}
-- authorities
authority IN {authorities:Array(String)}
-- path
positionCaseInsensitiveUTF8(path, {path:String}) > 0
-- query
positionCaseInsensitiveUTF8(query, {query:String}) > 0
-- codes
response_code IN {codes:Array(UInt16)} OR intDiv(response_code, 100) IN {code_classes:Array(UInt16)}
-- grpc_statuses
grpc_status IN {grpc_statuses:Array(Int8)}
-- flags
bitAnd(response_flags, {flags:UInt32}) != 0
-- flags_all
bitAnd(response_flags, {flags_all:UInt32}) = {flags_all:UInt32}
-- has_flags
(response_flags != 0) = {has_flags:UInt8}
-- code_details
code_details IN {code_details:Array(String)} OR extract(code_details, '^[^{(:]*') IN {code_details:Array(String)}
-- failure_reason
positionCaseInsensitiveUTF8(failure_reason, {failure_reason:String}) > 0
-- phases
arrayAll((phase, least, most) -> [
    if(request_received_us = 4294967295, -1, toInt64(request_received_us)),
    if(upstream_first_sent_us = 4294967295, -1, toInt64(upstream_first_sent_us)),
    if(upstream_last_sent_us = 4294967295 OR upstream_first_sent_us = 4294967295, -1, toInt64(upstream_last_sent_us) - upstream_first_sent_us),
    if(upstream_first_received_us = 4294967295 OR upstream_last_sent_us = 4294967295, -1, toInt64(upstream_first_received_us) - upstream_last_sent_us),
    if(upstream_last_received_us = 4294967295 OR upstream_first_received_us = 4294967295, -1, toInt64(upstream_last_received_us) - upstream_first_received_us),
    if(response_last_sent_us = 4294967295 OR response_first_sent_us = 4294967295, -1, toInt64(response_last_sent_us) - response_first_sent_us)
][phase] BETWEEN least AND most, {phases:Array(UInt8)}, {phase_mins:Array(Int64)}, {phase_maxs:Array(Int64)})
-- min_duration
duration_us >= {min_duration:UInt64} AND duration_us != 4294967295
-- max_duration
duration_us <= {max_duration:UInt64} AND duration_us != 4294967295
-- min_bytes
request_body_bytes >= {min_bytes:UInt64} OR response_body_bytes >= {min_bytes:UInt64}
-- max_bytes
request_body_bytes <= {max_bytes:UInt64} AND response_body_bytes <= {max_bytes:UInt64}
-- min_header_bytes
request_header_bytes >= {min_header_bytes:UInt64} OR response_header_bytes >= {min_header_bytes:UInt64}
-- max_header_bytes
request_header_bytes <= {max_header_bytes:UInt64} AND response_header_bytes <= {max_header_bytes:UInt64}
-- min_weight
weight >= {min_weight:UInt32}
-- max_weight
weight <= {max_weight:UInt32}
-- min_attempts
attempts >= {min_attempts:UInt16}
-- max_attempts
attempts <= {max_attempts:UInt16}
-- tls_modes
tls_mode IN {tls_modes:Array(String)}
-- tls_versions
tls_version IN {tls_versions:Array(String)}
-- server_names
sni IN {server_names:Array(String)}
-- principals
local_principal IN {principals:Array(String)} OR peer_principal IN {principals:Array(String)}
-- request_ids
request_id IN {request_ids:Array(String)}
-- trace_ids
trace_id IN {trace_ids:Array(String)}
-- addresses
arrayExists((host, port) -> (downstream_address = host AND port IN (-1, downstream_port)) OR (upstream_address = host AND port IN (-1, upstream_port)), {hosts:Array(String)}, {ports:Array(Int32)})
-- upstream_clusters
upstream_cluster IN {upstream_clusters:Array(String)}
-- routes
route IN {routes:Array(String)}
-- user_agent
positionCaseInsensitiveUTF8(user_agent, {user_agent:String}) > 0
-- header
mapContains(request_headers, {header:String}) OR mapContains(response_headers, {header:String})
-- header_value
(mapContains(request_headers, {header:String}) AND request_headers[{header:String}] = {header_value:String})
OR (mapContains(response_headers, {header:String}) AND response_headers[{header:String}] = {header_value:String})
-- keywords
arrayAll(keyword -> positionCaseInsensitiveUTF8(concatWithSeparator('\n', service, instance, node, caller, callee, endpoint, method, protocol, authority, path, query, toString(response_code), code_details, failure_reason, tls_version, sni, local_principal, peer_principal, request_id, downstream_address, upstream_address, upstream_cluster, route, user_agent), keyword) > 0, {keywords:Array(String)})
-- without_keywords
NOT arrayExists(keyword -> positionCaseInsensitiveUTF8(concatWithSeparator('\n', service, instance, node, caller, callee, endpoint, method, protocol, authority, path, query, toString(response_code), code_details, failure_reason, tls_version, sni, local_principal, peer_principal, request_id, downstream_address, upstream_address, upstream_cluster, route, user_agent), keyword) > 0, {without_keywords:Array(String)})
-- place
(toUnixTimestamp64Micro(time) * {sign:Int8}, toInt64(tie) * {sign:Int8}) >= ({cursor_time:Int64}, {cursor_tie:Int64})
