-- Latency percentiles of some entities by step, oldest first: at (seconds, start of the step), the key, and the histogram
-- buckets of 50, 75, 90, 95 and 99 %. Steps without a known latency are left out. Keys come as parallel arrays.
SELECT
    intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at,
    scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point,
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS buckets
FROM {table:Identifier} AS t
WHERE scope IN {scopes:Array(String)}
  AND service IN {services:Array(String)}
  -- Less to compare whole keys with.
  AND instance IN {instances:Array(String)} AND dest_service IN {dest_services:Array(String)}
  AND {{range}}
  AND t.timed > 0
  AND (scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point) IN (
    SELECT k.1, k.2, k.3, k.4, k.5, k.6, k.7, k.8, k.9
    FROM (
        SELECT arrayJoin(arrayZip(
            {scopes:Array(String)}, {services:Array(String)}, {normals:Array(UInt8)}, {instances:Array(String)}, {endpoints:Array(String)},
            {dest_services:Array(String)}, {dest_normals:Array(UInt8)}, {dest_instances:Array(String)}, {detect_points:Array(String)}
        )) AS k
    )
  )
GROUP BY at, scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point
ORDER BY at
LIMIT 500000
