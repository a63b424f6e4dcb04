-- Rows of a half-open range in seconds, in place of {{range}}, of tables of minutes and hours (of days: range-days.sql). Tables are sorted by the hour of
-- `minute` before anything else that tells times apart, and end with `minute` itself: a condition on `minute` is looked up there, at the end of the key, and
-- leaves whole days to read. The hint is for the index only, no row is asked. In UTC, as the keys are, whatever the server's zone is.
minute >= fromUnixTimestamp({from:UInt32}) AND minute < fromUnixTimestamp({to:UInt32})
  AND indexHint(toStartOfHour(minute) >= toStartOfHour(toDateTime({from:UInt32}, 'UTC')) AND toStartOfHour(minute) < toDateTime({to:UInt32}, 'UTC'))
