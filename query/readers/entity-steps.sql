-- One entity by step, oldest first, and before them the whole range (`is_whole` 1; its row is there without any data too): at (seconds, start of
-- the step), the sums of all columns in the order of oap/catalog/columns.ts, and the histogram buckets of 50, 75, 90, 95 and 99 %. Every
-- column is read once, so that a page that asks for sums, series and percentiles of one service reads a few marks.
SELECT
    grouping(at) AS is_whole,
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
    sumForEach([
        {{columns}}
    ]) AS sums,
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS buckets
FROM {table:Identifier} AS t
PREWHERE {{keys}} AND {{range}}
GROUP BY GROUPING SETS ((at), ())
ORDER BY is_whole DESC, at
LIMIT 10000
