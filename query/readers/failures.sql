-- Failed calls of a window in groups, most first, with the sum over all groups of the same side. A group is told apart by its side and by
-- each column whose `by_` parameter is 1. `around` empty: of every service; `endpoint` empty: of every endpoint. Times in seconds. The sums of a group are
-- those of failure-sums.sql and, where all calls of its edges are asked for, failure-edges.sql.
SELECT *, sum(calls) OVER (PARTITION BY detect_point) AS side_calls
FROM (
    SELECT
        detect_point,
        if({by_source:UInt8} = 1, service, '') AS source, if({by_source:UInt8} = 1, normal, 0) AS source_normal,
        if({by_destination:UInt8} = 1, dest_service, '') AS destination, if({by_destination:UInt8} = 1, dest_normal, 0) AS destination_normal,
        if({by_endpoint:UInt8} = 1, t.endpoint, '') AS of_endpoint,
        if({by_code:UInt8} = 1, response_code, 0) AS code,
        if({by_flags:UInt8} = 1, response_flags, 0) AS flags,
        if({by_code_details:UInt8} = 1, code_details, '') AS details,
        {{columns}}
    FROM (
        {{slice}}
        SELECT
            service, normal, dest_service, dest_normal, endpoint, detect_point, response_code, response_flags, code_details, minute, calls
        FROM {table:Identifier} AS s
        WHERE {{range}}
          AND ({around:String} = '' OR service = {around:String} OR dest_service = {around:String})
          AND ({endpoint:String} = '' OR s.endpoint = {endpoint:String})
        {{/slice}}
    ) AS t
    GROUP BY detect_point, source, source_normal, destination, destination_normal, of_endpoint, code, flags, details
)
ORDER BY calls DESC, detect_point, destination, source, of_endpoint, code, flags, details
LIMIT {limit:UInt32}
