-- Failed calls: 3,000 different causes a minute (edge, endpoint, side, code, flags, details), 1 to 9 calls each; most belong to a few services.
INSERT INTO failure_minute (service, normal, dest_service, dest_normal, endpoint, detect_point, response_code, response_flags, code_details, minute, calls)
WITH
    cityHash64(number, 11) AS chance,
    -- Three of four rows belong to twenty called services that fail most.
    toUInt32(if(chance % 4 < 3, intHash32(chance % 20) % 200, intDiv(chance, 7) % 200)) AS d,
    toUInt32((d + 200 - 1 - (intDiv(chance, 1400) % 25) * 7 % 200) % 200) AS s,
    intDiv(chance, 35000) % 50 AS e,
    intDiv(chance, 1750000) % 10 AS cause
SELECT
    concat('service-', toString(s), '.bench'), 1, concat('service-', toString(d), '.bench'), 1,
    concat(if(e % 5 = 0, 'POST', 'GET'), ':/api/v1/area-', toString(e % 10), '/action-', toString(intDiv(e, 10)), if((d * 50 + e + 2200) % 7 = 0, '/{var}', '')),
    if(number % 2 = 0, 'client', 'server'),
    [503, 503, 500, 500, 500, 504, 502, 503, 404, 0][cause + 1],
    [32, 2, 0, 0, 0, 4, 64, 128, 0, 16384][cause + 1], -- UF, UH, UT, UC, UO, DC
    ['upstream_reset_before_response_started', 'no_healthy_upstream', 'via_upstream', 'via_upstream', 'via_upstream', 'response_timeout',
     'upstream_reset_before_response_started', 'overflow', 'via_upstream', 'downstream_remote_disconnect'][cause + 1],
    toDateTime({from:UInt32}, 'UTC') + intDiv(number, 3000) * 60,
    1 + intDiv(chance, 17) % 9
FROM numbers({first:UInt64}, {rows:UInt64})
SETTINGS async_insert = 0, max_threads = 1, max_block_size = 8192, min_insert_block_size_rows = 200000, min_insert_block_size_bytes = 0, max_execution_time = 600
