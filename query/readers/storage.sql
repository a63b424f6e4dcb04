-- Every table of ours, access logs by kind: rows, bytes on disk, bytes uncompressed, time of the oldest and newest row (s; 0 where rows
-- have none), and of the partitions written in the last week: bytes, first and last time. Reads what ClickHouse knows of its parts.
SELECT replaceRegexpOne(table, '_local$', '') AS name, extract(partition, '\'(failed|slow|context|rest)\'') AS kind,
    sum(p.rows) AS rows, sum(p.bytes_on_disk) AS bytes, sum(p.data_uncompressed_bytes) AS uncompressed,
    toUnixTimestamp(min(p.min_time)) AS oldest, toUnixTimestamp(max(p.max_time)) AS newest,
    sumIf(p.bytes_on_disk, p.max_time >= fromUnixTimestamp({since:UInt32})) AS recent_bytes,
    toUnixTimestamp(minIf(p.min_time, p.max_time >= fromUnixTimestamp({since:UInt32}))) AS recent_from
FROM system.parts AS p
WHERE database = currentDatabase() AND active AND p.rows > 0
GROUP BY name, kind
ORDER BY bytes DESC
LIMIT 1000
