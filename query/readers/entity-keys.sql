-- Rows of some entities of one scope, and of any, whose keys come as parallel arrays. Of one entity these are its rows and no others; of several there
-- may be rows between, such as one of a service that was not asked for as a virtual one: whoever groups by key leaves those out. Whole keys are compared only
-- where they must be, for that takes longer than reading what it leaves out. The index is asked for the pair that finds most; `identity` keeps the rest from it,
-- for each condition that is tried on every mark takes longer than the rows that it would have left out.
-- service
scope = 'service' AND service IN {services:Array(String)} AND identity(normal) IN {normals:Array(UInt8)}
-- instance
scope = 'instance' AND (service, instance) IN arrayZip({services:Array(String)}, {instances:Array(String)}) AND identity(normal) IN {normals:Array(UInt8)}
-- endpoint
scope = 'endpoint' AND (service, endpoint) IN arrayZip({services:Array(String)}, {endpoints:Array(String)}) AND identity(normal) IN {normals:Array(UInt8)}
-- service_relation
scope = 'service_relation' AND (service, dest_service) IN arrayZip({services:Array(String)}, {dest_services:Array(String)})
  AND identity(normal) IN {normals:Array(UInt8)} AND identity(dest_normal) IN {dest_normals:Array(UInt8)}
  AND identity(detect_point) IN {detect_points:Array(String)}
-- instance_relation
scope = 'instance_relation' AND (service, instance) IN arrayZip({services:Array(String)}, {instances:Array(String)})
  AND identity(normal) IN {normals:Array(UInt8)} AND identity(dest_normal) IN {dest_normals:Array(UInt8)}
  AND identity(detect_point) IN {detect_points:Array(String)}
  AND (identity(service), identity(instance), identity(dest_service), identity(dest_instance)) IN arrayZip(
    {services:Array(String)}, {instances:Array(String)}, {dest_services:Array(String)}, {dest_instances:Array(String)}
  )
-- any
scope IN {scopes:Array(String)} AND (service, dest_service) IN arrayZip({services:Array(String)}, {dest_services:Array(String)})
  AND (
    identity(scope), identity(service), identity(normal), identity(instance), identity(endpoint), identity(dest_service), identity(dest_normal),
    identity(dest_instance), identity(detect_point)
  ) IN arrayZip(
    {scopes:Array(String)}, {services:Array(String)}, {normals:Array(UInt8)}, {instances:Array(String)}, {endpoints:Array(String)},
    {dest_services:Array(String)}, {dest_normals:Array(UInt8)}, {dest_instances:Array(String)}, {detect_points:Array(String)}
  )
