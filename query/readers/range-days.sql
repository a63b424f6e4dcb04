-- As range.sql, for tables of days, which are sorted by the day. A hint of its own: where a table's key has no such column, ClickHouse works it out
-- from `minute` for every mark, which is half of planning a question about the whole mesh.
identity(minute) >= fromUnixTimestamp({from:UInt32}) AND identity(minute) < fromUnixTimestamp({to:UInt32})
  AND indexHint(toStartOfDay(minute) >= toStartOfDay(toDateTime({from:UInt32}, 'UTC')) AND toStartOfDay(minute) < toDateTime({to:UInt32}, 'UTC'))
