-- Rows of a half-open range in seconds, in place of {{range}}, of tables of minutes and hours (of days: range-days.sql). Tables are sorted by the hour of
-- `minute` before anything else that tells times apart, and end with `minute` itself: the hint has the index look up hours, no row is asked. `identity` keeps
-- `minute` from it: looked up at the end of the key, mark by mark, it takes longer than all else and leaves out nothing. In UTC, as the keys are, whatever
-- the server's zone is.
identity(minute) >= fromUnixTimestamp({from:UInt32}) AND identity(minute) < fromUnixTimestamp({to:UInt32})
  AND indexHint(toStartOfHour(minute) >= toStartOfHour(toDateTime({from:UInt32}, 'UTC')) AND toStartOfHour(minute) < toDateTime({to:UInt32}, 'UTC'))
