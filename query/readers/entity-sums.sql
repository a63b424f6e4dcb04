-- Some entities by step, oldest first: at (seconds, start of the step), the key, and the sums of the columns c# (a line with # is there once
-- for each). Of the columns those that are asked for are read. All conditions are in PREWHERE, so that ClickHouse need not work out which belong there.
SELECT
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
    {{key}},
    [
        sum({c#:Identifier})
    ] AS sums
FROM {table:Identifier} AS t
PREWHERE {{keys}} AND {{range}}
GROUP BY at, {{key}}
ORDER BY at
LIMIT 1000000
