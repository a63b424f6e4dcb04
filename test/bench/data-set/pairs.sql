-- Pairs of instances in the last hour: 20,000 pairs (each edge has four), both sides, 40,000 rows a minute numbered from 0, of 30 calls each, in every second bucket.
INSERT INTO traffic_minute (
    scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point, minute,
    calls, failed, timed, latency_us, latency_ms, apdex_satisfied, request_bytes, response_bytes, status_2xx, status_5xx, tls_mtls, latency_histogram
)
WITH
    arrayMap(i -> exp(-0.5 * pow((i * 2 - 75) / 25, 2)) / (25 * sqrt(2 * pi())) * 2, range(75)) AS density,
    number % 40000 AS entity,
    intDiv(entity, 8) AS edge,
    intDiv(edge, 25) AS s,
    (s + 1 + (edge % 25) * 7) % 200 AS d,
    intDiv(entity % 8, 2) AS pair,
    toUInt16(430 + intHash32(edge + 5) % 150) AS slow,
    toUInt32(cityHash64(number, 3)) AS chance,
    arrayMap((p, i) -> toUInt64(floor(30 * p + intHash32(chance + i) / 4294967296)), density, range(75)) AS counts,
    arrayFilter(c -> c > 0, counts) AS bucket_counts,
    arrayFilter((k, c) -> c > 0, arrayMap(i -> toUInt16(slow - 75 + i * 2), range(75)), counts) AS buckets,
    arraySum(bucket_counts) AS c,
    toUInt64(chance % 100 < 9) AS f,
    toUInt64(pow(1.02, slow)) AS mean_us
SELECT
    'instance_relation', concat('service-', toString(s), '.bench'), 1, concat('service-', toString(s), '-v1-7d4b9c6f5-x', toString((edge + pair) % 10)), '',
    concat('service-', toString(d), '.bench'), 1, concat('service-', toString(d), '-v1-7d4b9c6f5-x', toString((edge + pair * 3) % 10)),
    if(entity % 2 = 0, 'client', 'server'), toDateTime({from:UInt32}, 'UTC') + intDiv(number, 40000) * 60,
    c, f, c, c * mean_us, c * greatest(1, intDiv(mean_us, 1000)), c, c * 912, c * 2235, c - f, f, c,
    mapFromArrays(buckets, bucket_counts)
FROM numbers({first:UInt64}, {rows:UInt64})
SETTINGS async_insert = 0, max_threads = 1, max_block_size = 8192, min_insert_block_size_rows = 200000, min_insert_block_size_bytes = 0, max_execution_time = 600
