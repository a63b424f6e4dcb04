-- Values of one column among the rows that fit, most calls first; rows and calls as in log-total.sql.
SELECT value, sum(row_count) AS row_count, sum(if(server > 0, server, client)) AS calls, max(heaviest) AS weight_max
FROM (
    SELECT value, report.1 AS called, sumIf(weights, report.2 = 1) AS server, sumIf(weights, report.2 = 0) AS client, sumIf(part_rows, report.3 = 1) AS row_count,
        max(part_weight) AS heaviest
    FROM (
        SELECT value, service, callee, detect_point, sum(weight) AS weights, count() AS part_rows, max(weight) AS part_weight
        FROM (
            SELECT *, toString({column:Identifier}) AS value
            FROM (SELECT *, intDiv(response_code, 100) AS code_class FROM access_log)
        )
        WHERE time >= fromUnixTimestamp64Micro({from:Int64}) AND time < fromUnixTimestamp64Micro({to:Int64}) {{log-filter}}
        GROUP BY value, service, callee, detect_point
    )
    ARRAY JOIN multiIf(
        detect_point = 'server', [(service, 1, 1)],
        detect_point = 'client', [(callee, 0, 1)],
        [(service, 1, 1), (callee, 0, 0)]
    ) AS report
    GROUP BY value, called
)
GROUP BY value
ORDER BY calls DESC, row_count DESC, value
LIMIT {limit:UInt32}
