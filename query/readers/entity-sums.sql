-- Some entities by step, oldest first: at (seconds, start of the step), the key, and the columns of summed.sql, and the histogram (buckets.sql) when
-- that is asked for too. All conditions are in PREWHERE, so that ClickHouse need not work out which belong there.
SELECT
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
    {{key}},
    {{columns}}
FROM {table:Identifier} AS t
PREWHERE {{keys}} AND {{range}}
GROUP BY at, {{key}}
ORDER BY at
LIMIT 1000000
