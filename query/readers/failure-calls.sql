-- All calls between services of a window by the side that reported them and, where asked, by source and destination: what failures.sql's
-- groups are a share of.
SELECT
    detect_point, if({by_source:UInt8} = 1, service, '') AS source, if({by_destination:UInt8} = 1, dest_service, '') AS destination,
    sum(t.calls) AS calls
FROM (
    {{slice}}
    SELECT service, dest_service, detect_point, calls
    FROM {table:Identifier}
    WHERE scope = 'service_relation' AND {{range}} AND ({around:String} = '' OR service = {around:String} OR dest_service = {around:String})
    {{/slice}}
) AS t
GROUP BY detect_point, source, destination
LIMIT 100000
