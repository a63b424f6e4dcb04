-- Instances of one service that reported anything in a range of minutes, each with the start of the last one, ms.
SELECT instance, toUnixTimestamp(max(t.minute)) * 1000 AS minute_ms
FROM {table:Identifier} AS t
WHERE scope = 'instance' AND service = {service:String} AND {{range}}
GROUP BY instance
LIMIT 5000
