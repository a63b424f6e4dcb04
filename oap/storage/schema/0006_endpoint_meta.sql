-- One row: an endpoint of a service; several rows of one key merge. Read with GROUP BY.
-- Sorted so that the endpoints of one service are one range. Kept for retention.metadataDays after it was last seen.
CREATE TABLE IF NOT EXISTS endpoint_meta (
    service                  String,
    normal                   UInt8,
    endpoint                 String,
    first_seen               SimpleAggregateFunction(min, DateTime('UTC')),
    last_seen                SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree
ORDER BY (service, normal, endpoint)
SETTINGS non_replicated_deduplication_window = 100000;
