-- Endpoints of the whole mesh (or of one service) ranked by calls, failed calls or their share, highest first.
SELECT service, normal, endpoint, sum(t.calls) AS calls, sum(t.failed) AS failed
FROM (
    {{slice}}
    SELECT service, normal, endpoint, calls, failed
    FROM {table:Identifier}
    WHERE scope = 'endpoint' AND {{range}} AND ({service:String} = '' OR service = {service:String})
    {{/slice}}
) AS t
GROUP BY service, normal, endpoint
HAVING calls >= {min_calls:UInt64}
ORDER BY multiIf({by:String} = 'CALLS', toFloat64(calls), {by:String} = 'FAILED', toFloat64(failed), failed / calls) DESC, calls DESC, service, endpoint
LIMIT {limit:UInt32}
