-- Entities of the mesh ranked by what they come to over a range, for several rankings at once: ranking (from 1), key, value (integer). `seen`: of each ranking
-- what its value (ranking-values.sql) is a share of, 0 where nothing was seen. `sign` 1 ranks upwards, -1 downwards.
SELECT ranking, service, normal, instance, endpoint, ranked[ranking] AS value
FROM (
    SELECT scope, service, normal, instance, endpoint, [
            {{values}}
        ] AS ranked, [
            {{seen}}
        ] AS seen
    FROM (
        {{totals}}
    )
)
ARRAY JOIN {{candidates}} AS ranking
ORDER BY ranking, value * {sign:Array(Int8)}[ranking], service, instance, endpoint
LIMIT {n:UInt32} BY ranking
