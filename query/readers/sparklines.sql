-- Calls, failed calls and TCP connections of every service by step: at (seconds), service, calls, failed, connections.
SELECT intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at, service, sum(t.calls) AS calls, sum(t.failed) AS failed,
    sum(t.tcp_records) AS connections
FROM {table:Identifier} AS t
WHERE scope = 'service' AND {{range}}
GROUP BY at, service
ORDER BY service, at
LIMIT 500000
