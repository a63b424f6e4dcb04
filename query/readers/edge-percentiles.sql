-- Latency percentiles of every edge between services over a window, per side: histogram buckets (50, 95, 99) of the column that is asked for,
-- latency_histogram or latency_coarse. The fine ones cost ten times what edges.sql does, so both are asked only when somebody wants to see them.
SELECT
    service, dest_service, detect_point,
    quantilesExactWeightedArray(0.5, 0.95, 0.99)(mapKeys({histogram:Identifier}), mapValues({histogram:Identifier})) AS buckets
FROM {table:Identifier} AS t
WHERE scope = 'service_relation' AND timed > 0
  AND minute >= fromUnixTimestamp({from:UInt32}) AND minute < fromUnixTimestamp({to:UInt32})
GROUP BY service, dest_service, detect_point
LIMIT 100000
