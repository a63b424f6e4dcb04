-- Entities of the mesh ranked by the mean of their values per step, for several rankings at once: ranking (from 1), key, mean (integer). A line with # stands
-- for several, one for each number: c# are the columns that the rankings use, v# what a column holds, step by step. `totals` and `steps`: of each ranking the sum
-- of its values (ranking-values.sql) and how many there are.
-- `sign` 1 ranks upwards, -1 downwards. A ranking with a service ranks what belongs to it.
-- Rows are grouped by entity alone, which are few, and not by step too: most steps stand in one row. Rows of one step that are not merged yet are added up here.
-- A name that is used more than once comes out of a query within: ClickHouse puts what it stands for wherever it is used, and plans all of it each time.
SELECT ranking, service, normal, instance, endpoint, toInt64(totals[ranking] / steps[ranking]) AS mean
FROM (
    SELECT scope, service, normal, instance, endpoint, [
            {{totals}}
        ] AS totals, [
            {{steps}}
        ] AS steps
    FROM (
        SELECT
            scope, service, normal, instance, endpoint,
            if(empty(several), rows#, arrayConcat(arrayFilter((value, minute) -> NOT has(several, minute), rows#, minutes), arrayMap(step -> arraySum((value, minute) -> if(minute = step, value, 0), rows#, minutes), several))) AS v#
        FROM (
            SELECT
                scope, service, normal, instance, endpoint, minutes,
                arrayDistinct(arrayFilter((minute, nth) -> nth > 1, minutes, arrayEnumerateUniq(minutes))) AS several,
                rows#
            FROM (
                SELECT
                    scope, service, normal, instance, endpoint, groupArray(t.minute) AS minutes,
                    groupArray(toInt64({c#:Identifier})) AS rows#
                FROM {table:Identifier} AS t
                PREWHERE scope IN {scopes:Array(String)}
                  AND (has({services:Array(String)}, '') OR service IN {services:Array(String)})
                  AND {{range}}
                GROUP BY scope, service, normal, instance, endpoint
            )
        )
    )
)
ARRAY JOIN arrayFilter(
    (ranking, values, of_scope, of_service, of_normal) -> values > 0 AND scope = of_scope AND (of_service = '' OR (service = of_service AND normal = of_normal)),
    arrayEnumerate(totals), steps, {scopes:Array(String)}, {services:Array(String)}, {normals:Array(UInt8)}
) AS ranking
ORDER BY ranking, mean * {sign:Array(Int8)}[ranking], service, instance, endpoint
LIMIT {n:UInt32} BY ranking
