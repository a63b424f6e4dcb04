-- For traffic.sql, when only calls are asked for: the first sums of traffic-sums.sql.
    sumForEach([t.calls, t.tcp_records, t.failed]) AS sums
