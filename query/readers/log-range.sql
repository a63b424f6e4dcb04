-- Rows of access_log in a half-open range in microseconds, in place of {{log-range}}. As in range.sql, the hint has the index look up hours, which the
-- table is sorted by.
time >= fromUnixTimestamp64Micro({from:Int64}) AND time < fromUnixTimestamp64Micro({to:Int64})
  AND indexHint(
    toStartOfHour(time) >= toStartOfHour(toDateTime(intDiv({from:Int64}, 1000000), 'UTC'))
    AND toStartOfHour(time) <= toDateTime(intDiv({to:Int64}, 1000000), 'UTC')
  )
