INSERT INTO service_meta (service, normal, layer, first_seen, last_seen)
SELECT concat('service-', toString(number), '.bench'), 1, 'MESH', toDateTime({from:UInt32}, 'UTC'), toDateTime({to:UInt32}, 'UTC') FROM numbers(200)
SETTINGS async_insert = 0
