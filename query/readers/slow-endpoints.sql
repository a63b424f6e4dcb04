-- Endpoints of the whole mesh (or of one service) whose latency is highest, by the coarse histogram: the bucket of the wanted percentile, and among
-- equal ones the buckets of percentiles near it. l1 is the wanted one.
SELECT
    service, normal, endpoint, sum(t.calls) AS calls, sum(t.failed) AS failed,
    quantilesExactWeightedArray({l1:Float64}, {l2:Float64}, {l3:Float64}, {l4:Float64})(mapKeys(t.latency_coarse), mapValues(t.latency_coarse)) AS near,
    near[1] AS coarse
FROM (
    {{slice}}
    SELECT service, normal, endpoint, calls, failed, latency_coarse
    FROM {table:Identifier}
    WHERE scope = 'endpoint' AND {{range}} AND ({service:String} = '' OR service = {service:String}) AND timed > 0
    {{/slice}}
) AS t
GROUP BY service, normal, endpoint
HAVING calls >= {min_calls:UInt64}
ORDER BY coarse DESC, arraySum(near) DESC, calls DESC, service, endpoint
LIMIT {limit:UInt32}
