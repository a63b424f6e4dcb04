-- What belongs to some services, for rankings of that: of each entity the sum of its values of each ranking (ranking-values.sql), and how many there are. A
-- line with # as in rankings.sql. An entity of a service has few rows, so they are grouped by step, which is half as much to plan as that.
SELECT scope, service, normal, instance, endpoint, sumForEach([
        {{values}}
    ]) AS totals, sumForEach([
        {{seen}}
    ]) AS steps
FROM (
    SELECT
        scope, service, normal, instance, endpoint,
        toInt64(sum({c#:Identifier})) AS v#
    FROM {table:Identifier} AS t
    PREWHERE scope IN {scopes:Array(String)} AND service IN {services:Array(String)} AND {{range}}
    GROUP BY scope, service, normal, instance, endpoint, minute
)
GROUP BY scope, service, normal, instance, endpoint
LIMIT 1000000
