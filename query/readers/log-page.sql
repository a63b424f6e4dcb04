-- A page of access-log rows. `sign` -1: newest first, 1: oldest first. A row's place is its time and, among rows of the same microsecond, its
-- tie. A page begins at a place (cursor_time, cursor_tie, both times sign), `skip` rows after it; the first one at the lowest place.
SELECT
{{log-columns}}
FROM access_log
WHERE {{log-range}} {{log-filter}}
ORDER BY time_us * {sign:Int8}, toInt64(tie) * {sign:Int8}
LIMIT {limit:UInt32} OFFSET {skip:UInt32}
