-- How many rows fit, and how many calls they stand for. A called service that reports calls counts with what it reported, one that
-- does not with what its callers did. A call of which nothing was sent to the called service is known to its caller only, and counts with that. A row
-- of detect point `both` reports one call of each kind: of them those count that are from one of `of_callers` and to one of `of_callees`, where these
-- are not empty. {{caller}}: as in log-facet.sql.
SELECT sum(row_count) AS row_count, sum(if(server > 0, server, client) + unsent) AS calls, max(is_part_sampled) AS is_sampled
FROM (
    SELECT report.2 AS called, sumIf(weights, report.3 = 1) AS server, sumIf(weights, report.3 = 0) AS client, sumIf(weights, report.3 = 2) AS unsent,
        sumIf(part_rows, nth = 1) AS row_count, max(is_row_sampled) AS is_part_sampled
    FROM (
        SELECT
            {{log-reports}},
            sum(weight) AS weights, count() AS part_rows, max(weight != 1) AS is_row_sampled
        FROM access_log
        WHERE {{log-range}} {{log-filter}}
        GROUP BY service, {{caller}}, callee, detect_point, is_unsent
    )
    ARRAY JOIN reports AS report, arrayEnumerate(reports) AS nth
    GROUP BY called
)
