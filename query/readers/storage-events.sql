-- What the disk guard dropped, newest first. Times in s.
SELECT toUnixTimestamp(time) AS at, shard, table, kind, rows, bytes, toUnixTimestamp(oldest) AS oldest, toUnixTimestamp(newest) AS newest
FROM storage_event
ORDER BY time DESC, bytes DESC
LIMIT {limit:UInt32}
