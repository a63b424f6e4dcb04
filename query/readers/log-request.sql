-- All reports of one request, oldest first. The skip index on request_id leaves few granules to read.
SELECT
{{log-columns}}
FROM access_log
WHERE request_id = {id:String} AND {{log-range}}
ORDER BY time_us, tie
LIMIT {limit:UInt32}
