-- One entity by step, oldest first, and before them the whole range (`is_whole` 1; its row is there without any data too): at (seconds, start of
-- the step), the sums of all columns (all-sums.sql) and the histogram (buckets.sql). Every column is read once, so that a page that asks for sums,
-- series and percentiles of one service reads a few marks.
SELECT
    grouping(at) AS is_whole,
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
    {{columns}}
FROM {table:Identifier} AS t
PREWHERE {{keys}} AND {{range}}
GROUP BY GROUPING SETS ((at), ())
ORDER BY is_whole DESC, at
LIMIT 10000
