-- Endpoints that called one endpoint (upstream 1) and that it called (0), as the requests show whose reports were kept: those of one request
-- belong together, and each names its caller. Newest 10,000 requests of the range.
WITH requests AS (
    SELECT request_id, caller
    FROM access_log
    WHERE {{log-range}}
      AND detect_point = 'server' AND service = {service:String} AND endpoint = {endpoint:String} AND request_id != ''
    ORDER BY time DESC
    LIMIT 10000
)
SELECT upstream, service, endpoint
FROM (
    SELECT 1 AS upstream, service, endpoint
    FROM access_log
    WHERE {{log-range}}
      AND detect_point = 'server' AND endpoint != '' AND (request_id, service) IN (SELECT request_id, caller FROM requests)
    UNION ALL
    SELECT 0 AS upstream, service, endpoint
    FROM access_log
    WHERE {{log-range}}
      AND detect_point = 'server' AND endpoint != '' AND caller = {service:String} AND request_id IN (SELECT request_id FROM requests)
)
GROUP BY upstream, service, endpoint
ORDER BY upstream DESC, service, endpoint
LIMIT 1000
