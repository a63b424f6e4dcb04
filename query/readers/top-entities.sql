-- Entities of one scope ranked by the mean of their values per step: key, value (integer).
-- A value is parts x scale / whole, rounded down, as oap/catalog/metric.ts reads it; whole is a column, or the step's time with a
-- column that tells whether anything was seen. `sign` 1 ranks upwards, -1 downwards.
SELECT service, normal, instance, endpoint, toInt64(avg(value)) AS value
FROM (
    SELECT
        service, normal, instance, endpoint,
        if(
            sum({presence:Identifier}) = 0,
            NULL,
            intDiv(
                (toInt64(sum({part1:Identifier})) * {weight1:Int64} + toInt64(sum({part2:Identifier})) * {weight2:Int64}) * {scale:Int64},
                if({by_time:UInt8} = 1, {step_seconds:Int64}, toInt64(sum({presence:Identifier})))
            )
        ) AS value
    FROM {table:Identifier}
    WHERE scope = {scope:String}
      AND ({service:String} = '' OR service = {service:String})
      AND minute >= fromUnixTimestamp({from:UInt32}) AND minute < fromUnixTimestamp({to:UInt32})
      AND (length({only:Array(String)}) = 0 OR service IN {only:Array(String)})
      AND (length({without:Array(String)}) = 0 OR service NOT IN {without:Array(String)})
    GROUP BY service, normal, instance, endpoint, minute
)
WHERE value IS NOT NULL
GROUP BY service, normal, instance, endpoint
ORDER BY value * {sign:Int8}, service, instance, endpoint
LIMIT {n:UInt32}
