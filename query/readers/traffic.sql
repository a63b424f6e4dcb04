-- The numbers of all entities of one scope over a window, busiest first. Columns are those of traffic-calls.sql, or of traffic-sums.sql, and the histogram
-- (buckets.sql), most of what there is to read: what nobody asks for is neither read nor planned. `service` and `dest` empty: of every service.
SELECT
    service, instance, endpoint, dest_service, detect_point,
    {{columns}}
FROM (
    {{slice}}
    SELECT service, instance, endpoint, dest_service, detect_point, {{read}}
    FROM {table:Identifier}
    WHERE scope = {scope:String} AND {{range}}
      AND ({service:String} = '' OR service = {service:String}) AND ({dest:String} = '' OR dest_service = {dest:String})
    {{/slice}}
) AS t
GROUP BY service, instance, endpoint, dest_service, detect_point
ORDER BY sums[1] + sums[2] DESC, service, instance, endpoint, dest_service, detect_point
LIMIT {limit:UInt32}
