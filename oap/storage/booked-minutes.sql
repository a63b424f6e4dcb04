-- Minutes whose rows do not add up to what hand-overs booked on them, of all nodes, in [from, to). A batch can hold calls a minute
-- ahead of its hand-over. The batches' sums come first: a batch inserts them last. Minutes of which the disk guard dropped rows within
-- the last two hours do not count.
SELECT toUInt32(at) AS minute, sum(told) AS booked, sum(held) AS stored
FROM (
    SELECT toDateTime(tupleElement(minute, 1), 'UTC') AS at, tupleElement(minute, 2) AS told, toUInt64(0) AS held
    FROM node_progress
    ARRAY JOIN booked AS minute
    WHERE handed_over_until >= toDateTime({from:UInt32}, 'UTC') - 120
      AND tupleElement(minute, 1) >= {from:UInt32} AND tupleElement(minute, 1) < {to:UInt32}
    UNION ALL
    SELECT minute AS at, toUInt64(0) AS told, calls + tcp_records AS held
    FROM traffic_minute
    WHERE scope IN ('service', 'service_relation')
      AND minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC')
      -- For the index only: the table is sorted by hours, and a condition on minutes alone leaves whole days to read.
      AND indexHint(toStartOfHour(minute) >= toStartOfHour(toDateTime({from:UInt32}, 'UTC')) AND toStartOfHour(minute) < toDateTime({to:UInt32}, 'UTC'))
)
WHERE at > (
    SELECT max(newest) FROM storage_event
    WHERE table = 'traffic_minute' AND time >= toDateTime({from:UInt32}, 'UTC') - 3600
)
GROUP BY at
HAVING booked != stored
ORDER BY at
LIMIT 1000
