-- Rows of some entities of one scope, and of any, whose keys come as parallel arrays. In the order of the sort key, so that only marks of these entities
-- are read.
-- service
scope = 'service'
  AND (service, normal) IN arrayZip({services:Array(String)}, {normals:Array(UInt8)})
-- instance
scope = 'instance'
  AND (service, normal, instance) IN arrayZip({services:Array(String)}, {normals:Array(UInt8)}, {instances:Array(String)})
-- endpoint
scope = 'endpoint'
  AND (service, normal, endpoint) IN arrayZip({services:Array(String)}, {normals:Array(UInt8)}, {endpoints:Array(String)})
-- service_relation
scope = 'service_relation'
  AND (service, normal, dest_service, dest_normal, detect_point) IN arrayZip(
    {services:Array(String)}, {normals:Array(UInt8)}, {dest_services:Array(String)}, {dest_normals:Array(UInt8)}, {detect_points:Array(String)}
  )
-- instance_relation
scope = 'instance_relation'
  AND (service, normal, instance, dest_service, dest_normal, dest_instance, detect_point) IN arrayZip(
    {services:Array(String)}, {normals:Array(UInt8)}, {instances:Array(String)}, {dest_services:Array(String)}, {dest_normals:Array(UInt8)},
    {dest_instances:Array(String)}, {detect_points:Array(String)}
  )
-- any
scope IN {scopes:Array(String)}
  AND (scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point) IN arrayZip(
    {scopes:Array(String)}, {services:Array(String)}, {normals:Array(UInt8)}, {instances:Array(String)}, {endpoints:Array(String)},
    {dest_services:Array(String)}, {dest_normals:Array(UInt8)}, {dest_instances:Array(String)}, {detect_points:Array(String)}
  )
