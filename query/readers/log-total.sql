-- How many rows fit, and how many calls they stand for. A called service that reports calls counts with what it reported, one that
-- does not with what its callers did: a row of detect point `both` reports one call of each kind.
SELECT sum(row_count) AS row_count, sum(if(server > 0, server, client)) AS calls, max(heaviest) AS weight_max
FROM (
    SELECT report.1 AS called, sumIf(weights, report.2 = 1) AS server, sumIf(weights, report.2 = 0) AS client, sumIf(part_rows, report.3 = 1) AS row_count,
        max(part_weight) AS heaviest
    FROM (
        SELECT service, callee, detect_point, sum(weight) AS weights, count() AS part_rows, max(weight) AS part_weight
        FROM access_log
        WHERE time >= fromUnixTimestamp64Micro({from:Int64}) AND time < fromUnixTimestamp64Micro({to:Int64}) {{log-filter}}
        GROUP BY service, callee, detect_point
    )
    ARRAY JOIN multiIf(
        detect_point = 'server', [(service, 1, 1)],
        detect_point = 'client', [(callee, 0, 1)],
        [(service, 1, 1), (callee, 0, 0)]
    ) AS report
    GROUP BY called
)
