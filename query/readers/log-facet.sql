-- Values of one column among the rows that fit, most calls first; rows and calls as in log-total.sql. Where `of_edge` is caller or callee,
-- values are those of the calls that a row reports, whichever end reported them: a row that reports two calls is in two values. {{value}}: the column.
-- {{caller}}: caller, or '' where nothing depends on it: a third of the work is grouping by it.
SELECT value, sum(row_count) AS row_count, sum(if(server > 0, server, client) + unsent) AS calls, max(is_part_sampled) AS is_sampled
FROM (
    SELECT
        multiIf({of_edge:String} = 'caller', report.1, {of_edge:String} = 'callee', report.2, row_value) AS value, report.2 AS called,
        sumIf(weights, report.3 = 1) AS server, sumIf(weights, report.3 = 0) AS client, sumIf(weights, report.3 = 2) AS unsent,
        sumIf(part_rows, nth = 1 OR {of_edge:String} != '') AS row_count, max(is_row_sampled) AS is_part_sampled
    FROM (
        SELECT
            toString({{value}}) AS row_value,
            {{log-reports}},
            sum(weight) AS weights, count() AS part_rows, max(weight != 1) AS is_row_sampled
        FROM access_log
        WHERE {{log-range}} {{log-filter}}
        GROUP BY row_value, service, {{caller}}, callee, detect_point, is_unsent
    )
    ARRAY JOIN reports AS report, arrayEnumerate(reports) AS nth
    GROUP BY value, called
)
GROUP BY value
ORDER BY calls DESC, row_count DESC, value
LIMIT {limit:UInt32}
