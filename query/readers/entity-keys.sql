-- Rows of some entities of one scope, and of any, whose keys come as parallel arrays. Of one entity these are its rows and no others; of several there
-- may be rows between, such as one of a service that was not asked for as a virtual one: whoever groups by key leaves those out. Whole keys are compared only
-- where they must be, for that takes longer than reading what it leaves out.
-- service
scope = 'service' AND service IN {services:Array(String)} AND normal IN {normals:Array(UInt8)}
-- instance
scope = 'instance' AND service IN {services:Array(String)} AND normal IN {normals:Array(UInt8)}
  AND (service, instance) IN arrayZip({services:Array(String)}, {instances:Array(String)})
-- endpoint
scope = 'endpoint' AND service IN {services:Array(String)} AND normal IN {normals:Array(UInt8)}
  AND (service, endpoint) IN arrayZip({services:Array(String)}, {endpoints:Array(String)})
-- service_relation
scope = 'service_relation' AND service IN {services:Array(String)} AND normal IN {normals:Array(UInt8)}
  AND dest_service IN {dest_services:Array(String)} AND dest_normal IN {dest_normals:Array(UInt8)} AND detect_point IN {detect_points:Array(String)}
  AND (service, dest_service) IN arrayZip({services:Array(String)}, {dest_services:Array(String)})
-- instance_relation
scope = 'instance_relation' AND service IN {services:Array(String)} AND normal IN {normals:Array(UInt8)}
  AND dest_service IN {dest_services:Array(String)} AND dest_normal IN {dest_normals:Array(UInt8)} AND detect_point IN {detect_points:Array(String)}
  AND (service, instance, dest_service, dest_instance) IN arrayZip(
    {services:Array(String)}, {instances:Array(String)}, {dest_services:Array(String)}, {dest_instances:Array(String)}
  )
-- any
scope IN {scopes:Array(String)} AND service IN {services:Array(String)} AND dest_service IN {dest_services:Array(String)}
  AND (scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point) IN arrayZip(
    {scopes:Array(String)}, {services:Array(String)}, {normals:Array(UInt8)}, {instances:Array(String)}, {endpoints:Array(String)},
    {dest_services:Array(String)}, {dest_normals:Array(UInt8)}, {dest_instances:Array(String)}, {detect_points:Array(String)}
  )
