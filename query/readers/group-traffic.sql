-- A group of services over a window as if they were one: the sums of all columns (all-sums.sql), and the histogram of all their calls together
-- (buckets.sql). One row, with empty sums where nothing was seen. Services come as parallel arrays.
SELECT
    {{columns}}
FROM (
    {{slice}}
    SELECT {{read}}
    FROM {table:Identifier}
    WHERE scope = 'service' AND {{range}}
      AND service IN {services:Array(String)}
      AND (service, normal) IN (SELECT k.1, k.2 FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {normals:Array(UInt8)})) AS k))
    {{/slice}}
) AS t
