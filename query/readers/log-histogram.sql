-- Calls that the rows that fit stand for, by step of time: at (ms), calls, failed, is_sampled; counted in each step as in log-total.sql. {{caller}}: as in
-- log-facet.sql.
SELECT at,
    sum(if(server > 0, server, client) + unsent) AS calls, sum(if(failed_server > 0, failed_server, failed_client) + unsent) AS failed,
    max(is_part_sampled) AS is_sampled
FROM (
    SELECT at, report.2 AS called,
        sumIf(weights, report.3 = 1) AS server, sumIf(weights, report.3 = 0) AS client, sumIf(weights, report.3 = 2) AS unsent,
        sumIf(weights, report.3 = 1 AND is_failed) AS failed_server, sumIf(weights, report.3 = 0 AND is_failed) AS failed_client,
        max(is_row_sampled) AS is_part_sampled
    FROM (
        SELECT
            intDiv(toUnixTimestamp64Milli(time), {step:Int64}) * {step:Int64} AS at,
            kept = 'failed' AS is_failed,
            {{log-reports}},
            sum(weight) AS weights, max(weight != 1) AS is_row_sampled
        FROM access_log
        WHERE {{log-range}} {{log-filter}}
        GROUP BY at, service, {{caller}}, callee, detect_point, is_failed, is_unsent
    )
    ARRAY JOIN reports AS report
    GROUP BY at, called
)
GROUP BY at
ORDER BY at
