-- Traffic of 20,000 entries a second: in each minute (`every` seconds from one to the next) 200 services, 2,000 instances, 10,000 endpoints
-- and both sides of 5,000 edges, 22,200 rows, numbered from 0. A row's n calls lie in lognormal buckets (sigma 25 buckets of 2 %): each of `buckets` buckets, `spacing` apart, has
-- n x density, rounded by chance. With 150 buckets 1 apart the histograms are those of such traffic; with 12 buckets 12 apart, thinner.
INSERT INTO traffic_minute (
    scope, service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point, minute,
    calls, failed, timed, latency_us, latency_ms, apdex_satisfied, apdex_tolerating,
    internal_request_ns, internal_request_count, internal_response_ns, internal_response_count,
    request_bytes, response_bytes, status_2xx, status_4xx, status_5xx, tls_mtls, retried, latency_histogram
)
WITH
    arrayMap(i -> exp(-0.5 * pow((i - {buckets:UInt16} / 2) * {spacing:UInt16} / 25, 2)) / (25 * sqrt(2 * pi())) * {spacing:UInt16}, range({buckets:UInt16})) AS density,
    intDiv(number, 22200) AS minute_number,
    number % 22200 AS entity,
    multiIf(entity < 200, entity, entity < 2200, intDiv(entity - 200, 10), entity < 12200, intDiv(entity - 2200, 50), intDiv(entity - 12200, 50)) AS s,
    toDateTime({from:UInt32}, 'UTC') + minute_number * {every:UInt32} AS at,
    -- Of the entity, the same in every minute: how busy, how slow and how faulty it is.
    intHash32(entity + 77) AS own,
    exp((own % 1000 - 500) / 400) AS busy,
    toUInt16(430 + intHash32(own) % 150) AS slow,
    if(own % 11 = 0, 0.05, 0.004) AS faulty,
    multiIf(entity < 200, 6000, entity < 2200, 600, 120) * busy AS n,
    toUInt32(cityHash64(number)) AS chance,
    arrayMap((p, i) -> toUInt64(floor(n * p + intHash32(chance + i) / 4294967296)), density, range({buckets:UInt16})) AS counts,
    arrayFilter(c -> c > 0, counts) AS bucket_counts,
    arrayFilter((k, c) -> c > 0, arrayMap(i -> toUInt16(slow + (i - {buckets:UInt16} / 2) * {spacing:UInt16}), range({buckets:UInt16})), counts) AS histogram_buckets,
    arraySum(bucket_counts) AS c,
    toUInt64(floor(c * faulty + (chance % 1000) / 1000)) AS f,
    toUInt64(pow(1.02, slow)) AS mean_us,
    (s + 1 + intDiv((entity - 12200) % 50, 2) * 7) % 200 AS d
SELECT
    multiIf(entity < 200, 'service', entity < 2200, 'instance', entity < 12200, 'endpoint', 'service_relation'),
    concat('service-', toString(s), '.bench'), 1,
    if(entity >= 200 AND entity < 2200, concat('service-', toString(s), '-v1-7d4b9c6f5-x', toString((entity - 200) % 10)), ''),
    if(entity >= 2200 AND entity < 12200, concat(if(entity % 5 = 0, 'POST', 'GET'), ':/api/v1/area-', toString(entity % 10), '/action-', toString(intDiv((entity - 2200) % 50, 10)), if(entity % 7 = 0, '/{var}', '')), ''),
    if(entity >= 12200, concat('service-', toString(d), '.bench'), ''), entity >= 12200, '',
    multiIf(entity < 12200, '', entity % 2 = 0, 'client', 'server'), at,
    c, f, c, c * mean_us, c * greatest(1, intDiv(mean_us, 1000)), toUInt64(c * 0.9), toUInt64(c * 0.07),
    c * 210000 + chance % 100000, c, c * 95000 + chance % 10000, c,
    c * 912 + chance % 5000, c * 2235 + chance % 50000, c - f - intDiv(c, 50), intDiv(c, 50), f, c, intDiv(c, 200),
    mapFromArrays(histogram_buckets, bucket_counts)
FROM numbers({first:UInt64}, {rows:UInt64})
SETTINGS async_insert = 0, max_threads = 1, max_block_size = 8192, min_insert_block_size_rows = 200000, min_insert_block_size_bytes = 0, max_execution_time = 600
