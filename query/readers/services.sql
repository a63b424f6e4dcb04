-- Every service with its layers and when it was seen (ms).
SELECT
    service, normal = 1 AS is_normal, arraySort(groupUniqArray(layer)) AS layers,
    toUnixTimestamp(min(first_seen)) * 1000 AS first_seen, toUnixTimestamp(max(last_seen)) * 1000 AS last_seen
FROM service_meta
GROUP BY service, normal
ORDER BY service, normal DESC
LIMIT 50000
