-- Every edge between services over a window, busiest first, with what either side reported of it: rows (0: that side reported nothing), calls, failed and
-- gRPC calls; TCP records, opened and carried connections. Columns are those of edge-sums.sql, and what only details of an edge need
-- (edge-rest.sql, edge-coarse.sql), which is not read otherwise.
SELECT
    service, dest_service,
    {{columns}}
FROM (
    {{slice}}
    SELECT service, dest_service, detect_point = 'client' AS of_client, detect_point = 'server' AS of_server, {{read}}
    FROM {table:Identifier}
    WHERE scope = 'service_relation' AND {{range}}
    {{/slice}}
) AS t
GROUP BY service, dest_service
ORDER BY greatest(client[2] + client[5], server[2] + server[5]) DESC, service, dest_service
LIMIT {limit:UInt32}
