-- One service by step: at (seconds), calls, failed, timed, percentiles as histogram buckets (50, 95, 99).
SELECT
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at, sum(t.calls) AS calls, sum(t.failed) AS failed, sum(t.timed) AS timed,
    quantilesExactWeightedArray(0.5, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS percentiles
FROM {table:Identifier} AS t
WHERE scope = 'service' AND service = {service:String}
  AND minute >= fromUnixTimestamp({from:UInt32}) AND minute < fromUnixTimestamp({to:UInt32})
GROUP BY at
ORDER BY at
LIMIT 10000
