-- One row: an instance of a service, as told by its own proxy; several rows of one key merge. Read with GROUP BY.
-- Sorted so that the instances of one service are one range. Kept for retention.metadataDays after it was last seen.
CREATE TABLE IF NOT EXISTS instance_meta (
    service                  String,
    normal                   UInt8,
    instance                 String,
    attributes               SimpleAggregateFunction(anyLast, Map(String, String)),
    first_seen               SimpleAggregateFunction(min, DateTime('UTC')),
    last_seen                SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree
ORDER BY (service, normal, instance)
SETTINGS non_replicated_deduplication_window = 100000;
