-- What tells entities of a scope apart, and entities of any scope. The other columns of the sort key are empty in all rows of the scope, and each column
-- that a statement names costs it a millisecond.
-- service
service, normal
-- instance
service, normal, instance
-- endpoint
service, normal, endpoint
-- service_relation
service, normal, dest_service, dest_normal, detect_point
-- instance_relation
service, normal, instance, dest_service, dest_normal, dest_instance, detect_point
-- any
scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point
