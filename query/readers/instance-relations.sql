-- Edges between the instances of two services in a range, in both directions.
SELECT service, instance, dest_service, dest_instance, groupUniqArray(detect_point) AS detect_points
FROM {table:Identifier}
WHERE scope = 'instance_relation'
  AND {{range}}
  AND ((service = {a:String} AND dest_service = {b:String}) OR (service = {b:String} AND dest_service = {a:String}))
GROUP BY service, instance, dest_service, dest_instance
ORDER BY service, instance, dest_service, dest_instance
LIMIT 20000
