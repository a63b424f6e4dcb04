INSERT INTO endpoint_meta (service, normal, endpoint, first_seen, last_seen)
SELECT DISTINCT service, 1, endpoint, toDateTime({from:UInt32}, 'UTC'), toDateTime({to:UInt32}, 'UTC')
FROM traffic_minute WHERE scope = 'endpoint' AND minute >= toDateTime({to:UInt32}, 'UTC') - 120
SETTINGS async_insert = 0
