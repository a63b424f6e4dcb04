-- Calls and failed calls of every service by step: at (seconds), service, calls, failed.
SELECT intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32} AS at, service, sum(t.calls) AS calls, sum(t.failed) AS failed
FROM {table:Identifier} AS t
WHERE scope = 'service' AND {{range}}
GROUP BY at, service
ORDER BY service, at
LIMIT 500000
