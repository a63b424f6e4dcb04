-- The hosts of a cluster, shard by shard: shard number (from 1), host name. `cluster` empty: of all clusters.
SELECT cluster, shard_num, host_name
FROM system.clusters
WHERE {cluster:String} = '' OR cluster = {cluster:String}
ORDER BY cluster, shard_num, replica_num
LIMIT 10000
