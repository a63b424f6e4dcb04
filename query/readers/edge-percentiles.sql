-- Latency percentiles of every edge between services over a window, per side: buckets (50, 95, 99) of the fine histogram. That costs ten times
-- what edges.sql does, so it is asked of few edges only, and when somebody wants to see them.
SELECT
    service, dest_service, detect_point,
    quantilesExactWeightedArray(0.5, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS buckets
FROM (
    {{slice}}
    SELECT service, dest_service, detect_point, latency_histogram
    FROM {table:Identifier}
    WHERE scope = 'service_relation' AND {{range}} AND timed > 0
    {{/slice}}
) AS t
GROUP BY service, dest_service, detect_point
LIMIT 100000
