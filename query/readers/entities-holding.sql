-- Entities of a scope that hold values of a metric within a range, those seen last first: the key. `seen`: the column that tells whether there is a value.
SELECT service, normal, instance, endpoint, dest_service, dest_normal, dest_instance
FROM {table:Identifier} AS t
WHERE scope = {scope:String} AND detect_point = {detect_point:String} AND {seen:Identifier} > 0
  AND {{range}}
GROUP BY service, normal, instance, endpoint, dest_service, dest_normal, dest_instance
ORDER BY max(minute) DESC, service, instance, endpoint, dest_service, dest_instance
LIMIT {limit:UInt16}
