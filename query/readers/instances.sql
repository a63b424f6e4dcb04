-- Instances of one service that were alive in a range: seen at or after its start, first seen before its end; attributes as last told. Times in ms.
SELECT
    instance, argMax(instance_meta.attributes, instance_meta.last_seen) AS attributes,
    toUnixTimestamp(min(first_seen)) * 1000 AS first_seen, toUnixTimestamp(max(last_seen)) * 1000 AS last_seen
FROM instance_meta
WHERE service = {service:String} AND normal = {normal:UInt8}
GROUP BY instance
HAVING max(instance_meta.last_seen) >= fromUnixTimestamp({from:UInt32}) AND min(instance_meta.first_seen) < fromUnixTimestamp({to:UInt32})
ORDER BY instance
LIMIT 5000
