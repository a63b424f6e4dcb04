-- Latency percentiles of some entities by step, oldest first: at (seconds, start of the step), the key, and the histogram
-- buckets of 50, 75, 90, 95 and 99 %. Steps without a known latency are left out.
SELECT
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
    {{key}},
    {{columns}}
FROM {table:Identifier} AS t
PREWHERE {{keys}} AND {{range}} AND t.timed > 0
GROUP BY at, {{key}}
ORDER BY at
LIMIT 1000000
