-- Calls to each service as its callers' proxies saw them, those that never arrived included: service, calls, failed.
SELECT dest_service AS service, sum(t.calls) AS calls, sum(t.failed) AS failed
FROM (
    {{slice}}
    SELECT dest_service, calls, failed
    FROM {table:Identifier}
    WHERE scope = 'service_relation' AND detect_point = 'client' AND {{range}}
    {{/slice}}
) AS t
GROUP BY dest_service
LIMIT 100000
