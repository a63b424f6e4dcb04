INSERT INTO instance_meta (service, normal, instance, attributes, first_seen, last_seen)
WITH intDiv(number, 10) AS s, concat('service-', toString(s), '-v1-7d4b9c6f5-x', toString(number % 10)) AS pod
SELECT concat('service-', toString(s), '.bench'), 1, pod, map('pod', pod, 'namespace', 'bench', 'version', 'v1'), toDateTime({from:UInt32}, 'UTC'), toDateTime({to:UInt32}, 'UTC')
FROM numbers(2000)
SETTINGS async_insert = 0
