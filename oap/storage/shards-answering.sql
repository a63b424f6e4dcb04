-- The numbers (from 1) of the shards that answer this host and have their tables.
SELECT DISTINCT _shard_num AS shard
FROM cluster({cluster:String}, system.tables)
WHERE database = {database:String} AND name = 'traffic_minute_local'
ORDER BY shard
