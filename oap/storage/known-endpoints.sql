-- The endpoints seen since a time, of all nodes: what a register of endpoint names starts from. Reads the whole of a small table.
SELECT service, endpoint
FROM endpoint_meta
GROUP BY service, normal, endpoint
HAVING max(last_seen) >= toDateTime({since:UInt32}, 'UTC')
LIMIT 1000000
