-- Of a group of failed calls, for failures.sql.
sum(t.calls) AS calls, toUnixTimestamp(min(t.minute)) AS first_seen, toUnixTimestamp(max(t.minute)) AS last_seen
