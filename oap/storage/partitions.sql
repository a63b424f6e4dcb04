-- Partitions that hold rows, of every table of ours: table, partition id, kind of access logs or '', rows, bytes on disk, oldest and
-- newest row (s since the epoch; 0 where the partition says nothing of time).
SELECT table, partition_id AS id, extract(partition, '\'(failed|slow|context|rest)\'') AS kind,
    sum(p.rows) AS rows, sum(p.bytes_on_disk) AS bytes,
    toUnixTimestamp(min(p.min_time)) AS oldest, toUnixTimestamp(max(p.max_time)) AS newest
FROM system.parts AS p
WHERE database = currentDatabase() AND active AND p.rows > 0
GROUP BY table, id, kind
ORDER BY table, id, kind
LIMIT 100000
