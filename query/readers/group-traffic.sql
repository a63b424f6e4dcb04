-- A group of services over a window as if they were one: the sums of all columns in the order of oap/catalog/columns.ts, and the histogram buckets of
-- 50, 75, 90, 95 and 99 % of all their calls together. One row, with empty sums where nothing was seen. Services come as parallel arrays.
SELECT
    sumForEach([
        {{columns}}
    ]) AS sums,
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS buckets
FROM (
    {{slice}}
    SELECT {{read}}, latency_histogram
    FROM {table:Identifier}
    WHERE scope = 'service' AND {{range}}
      AND service IN {services:Array(String)}
      AND (service, normal) IN (SELECT k.1, k.2 FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {normals:Array(UInt8)})) AS k))
    {{/slice}}
) AS t
