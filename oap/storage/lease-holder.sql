-- The last term of a lease: term, holder, and its age in ms by the database's clock. Nowhere else do we ask that clock.
SELECT term, holder, toInt64(toUnixTimestamp64Milli(now64(3)) - toUnixTimestamp64Milli(taken_at)) AS age_ms
FROM lease
WHERE name = {name:String}
ORDER BY term DESC
LIMIT 1
