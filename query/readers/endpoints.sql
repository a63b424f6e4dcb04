-- Endpoints of one service whose name holds a text (all for ''), newest first.
SELECT endpoint, toUnixTimestamp(max(last_seen)) * 1000 AS last_seen
FROM endpoint_meta
WHERE service = {service:String} AND normal = {normal:UInt8} AND position(endpoint, {keyword:String}) > 0
GROUP BY endpoint
HAVING max(endpoint_meta.last_seen) >= fromUnixTimestamp({from:UInt32}) AND min(endpoint_meta.first_seen) < fromUnixTimestamp({to:UInt32})
ORDER BY last_seen DESC, endpoint
LIMIT {limit:UInt32}
