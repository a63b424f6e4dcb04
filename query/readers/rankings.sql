-- Entities ranked by the mean of their values per step, for several rankings at once: ranking (from 1), key, mean (integer). A line with # stands for
-- several, one for each number: c# are the columns that the rankings use; of ranking #, a#, b# and seen# are some of these columns (v1, v2, ...).
-- A value is (a x weight + b x weight) x scale / divisor, rounded down, as oap/catalog/metric.ts reads it; the divisor is `seen` when share# is 1, else time#.
-- `sign` 1 ranks upwards, -1 downwards. A ranking with a service ranks what belongs to it.
-- Rows are grouped by entity alone, which are few, and not by step too: most steps stand in one row. Rows of one step that are not merged yet are added up here.
SELECT ranking, service, normal, instance, endpoint, toInt64(total / steps) AS mean
FROM (
    SELECT
        scope, service, normal, instance, endpoint,
        [
            arraySum((a, b, seen) -> if(seen = 0, 0, intDiv((a * {weight_a#:Int64} + b * {weight_b#:Int64}) * {scale#:Int64}, greatest(1, seen * {share#:Int64} + {time#:Int64}))), {a#:Identifier}, {b#:Identifier}, {seen#:Identifier})
        ] AS totals,
        [
            arrayCount(seen -> seen > 0, {seen#:Identifier})
        ] AS counts
    FROM (
        SELECT
            scope, service, normal, instance, endpoint,
            arrayDistinct(arrayFilter((minute, nth) -> nth > 1, minutes, arrayEnumerateUniq(minutes))) AS several,
            if(empty(several), rows#, arrayConcat(arrayFilter((value, minute) -> NOT has(several, minute), rows#, minutes), arrayMap(step -> arraySum((value, minute) -> if(minute = step, value, 0), rows#, minutes), several))) AS v#
        FROM (
            SELECT
                scope, service, normal, instance, endpoint, groupArray(t.minute) AS minutes,
                groupArray(toInt64({c#:Identifier})) AS rows#
            FROM {table:Identifier} AS t
            WHERE scope IN {scopes:Array(String)}
              AND (has({services:Array(String)}, '') OR service IN {services:Array(String)})
              AND {{range}}
            GROUP BY scope, service, normal, instance, endpoint
        )
    )
)
ARRAY JOIN
    arrayEnumerate({scopes:Array(String)}) AS ranking,
    arrayResize(totals, length({scopes:Array(String)})) AS total,
    arrayResize(counts, length({scopes:Array(String)})) AS steps
WHERE steps > 0
  AND scope = {scopes:Array(String)}[ranking]
  AND ({services:Array(String)}[ranking] = '' OR (service = {services:Array(String)}[ranking] AND normal = {normals:Array(UInt8)}[ranking]))
ORDER BY ranking, mean * {sign:Array(Int8)}[ranking], service, instance, endpoint
LIMIT {n:UInt32} BY ranking
