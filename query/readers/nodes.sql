-- Names of the nodes that handed something over since a moment (s), in order.
SELECT DISTINCT node
FROM node_progress
WHERE handed_over_until >= fromUnixTimestamp({since:UInt32})
ORDER BY node
LIMIT 1000
