-- Entities ranked by the mean of their values per step, for several rankings at once: ranking (from 1), key, mean (integer).
-- A value is (column a x weight a + column b x weight b) x scale / divisor, rounded down, as oap/catalog/metric.ts reads it.
-- c1 to c8 are the columns that the rankings use; a, b, over and seen are positions among them; over 0: the divisor is `time`.
-- `sign` 1 ranks upwards, -1 downwards. A ranking with a service ranks what belongs to it.
SELECT
    ranking, service, normal, instance, endpoint,
    toInt64(avg(intDiv(
        (sums[{a:Array(UInt8)}[ranking]] * {weight_a:Array(Int64)}[ranking] + sums[{b:Array(UInt8)}[ranking]] * {weight_b:Array(Int64)}[ranking])
            * {scale:Array(Int64)}[ranking],
        if({over:Array(UInt8)}[ranking] = 0, {time:Array(Int64)}[ranking], greatest(1, sums[{over:Array(UInt8)}[ranking]]))
    ))) AS mean
FROM (
    SELECT
        scope, service, normal, instance, endpoint,
        arrayMap(x -> toInt64(x), [
            sum({c1:Identifier}), sum({c2:Identifier}), sum({c3:Identifier}), sum({c4:Identifier}),
            sum({c5:Identifier}), sum({c6:Identifier}), sum({c7:Identifier}), sum({c8:Identifier})
        ]) AS sums
    FROM {table:Identifier}
    WHERE scope IN {scopes:Array(String)}
      AND (has({services:Array(String)}, '') OR service IN {services:Array(String)})
      AND {{range}}
    GROUP BY scope, service, normal, instance, endpoint, minute
)
ARRAY JOIN arrayEnumerate({scopes:Array(String)}) AS ranking
WHERE scope = {scopes:Array(String)}[ranking]
  AND ({services:Array(String)}[ranking] = '' OR (service = {services:Array(String)}[ranking] AND normal = {normals:Array(UInt8)}[ranking]))
  AND sums[{seen:Array(UInt8)}[ranking]] > 0
GROUP BY ranking, service, normal, instance, endpoint
ORDER BY ranking, mean * {sign:Array(Int8)}[ranking], service, instance, endpoint
LIMIT {n:UInt32} BY ranking
