-- Latency percentiles of some endpoints over a window as histogram buckets (50, 95, 99). Keys come as parallel arrays; the tuple in the order of
-- the sort key leaves the marks of these endpoints only.
SELECT
    service, normal, endpoint,
    quantilesExactWeightedArray(0.5, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS buckets
FROM (
    {{slice}}
    SELECT service, normal, endpoint, latency_histogram
    FROM {table:Identifier}
    WHERE scope = 'endpoint' AND {{range}}
      AND (service, normal, instance, endpoint) IN (
        SELECT k.1, k.2, '', k.3
        FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {normals:Array(UInt8)}, {endpoints:Array(String)})) AS k)
      )
      AND timed > 0
    {{/slice}}
) AS t
GROUP BY service, normal, endpoint
LIMIT 10000
