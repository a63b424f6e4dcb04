-- The groups of failures.sql with `edge_calls`: all calls, failed or not, that the side of a group reported on the edges that the group was seen on; 0 when
-- those of one of them are not known. Edges are joined to the groups that are listed: to every kind of failure takes longer.
SELECT
    detect_point, source, source_normal, destination, destination_normal, of_endpoint, code, flags, details,
    listed.calls AS calls, first_seen, last_seen, side_calls,
    if(min(sides.calls) = 0, 0, sum(sides.calls)) AS edge_calls
FROM (
{{groups}}
) AS listed
ARRAY JOIN edges AS edge
LEFT JOIN (
    SELECT cityHash64(t.service, t.dest_service, t.detect_point) AS edge, sum(t.calls) AS calls
    FROM (
        {{slice}}
        SELECT service, dest_service, detect_point, calls
        FROM {table:Identifier}
        WHERE scope = 'service_relation' AND {{range}} AND ({around:String} = '' OR service = {around:String} OR dest_service = {around:String})
        {{/slice}}
    ) AS t
    GROUP BY t.service, t.dest_service, t.detect_point
) AS sides ON sides.edge = edge
GROUP BY ALL
ORDER BY calls DESC, detect_point, destination, source, of_endpoint, code, flags, details
