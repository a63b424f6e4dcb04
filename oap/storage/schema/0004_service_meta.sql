-- One row: a service in one layer, as told by its own proxies; several rows of one key merge. Read with GROUP BY.
-- Small, so one partition; sorted for listing. Kept for retention.metadataDays after it was last seen.
CREATE TABLE IF NOT EXISTS service_meta (
    service                  String,
    normal                   UInt8,
    layer                    LowCardinality(String),
    first_seen               SimpleAggregateFunction(min, DateTime('UTC')),
    last_seen                SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree
ORDER BY (service, normal, layer)
SETTINGS non_replicated_deduplication_window = 100000;
