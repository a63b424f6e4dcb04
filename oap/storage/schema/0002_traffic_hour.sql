-- One row: all additive columns of one entity in one hour; `minute` is the start of the hour. Filled by the view below from
-- every row of traffic_minute, retries counted once. Same columns and sort key as traffic_minute. Kept for retention.hourDays; expired
-- parts go whole, so partitions are weeks: a month of hours would outlive 35 days by up to another 31.
CREATE TABLE IF NOT EXISTS traffic_hour AS traffic_minute
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(minute)
ORDER BY (scope, toStartOfHour(minute), service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, index_granularity = 256, use_primary_key_cache = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS traffic_hour_view TO traffic_hour AS
SELECT toStartOfHour(minute) AS minute, * EXCEPT minute
FROM traffic_minute;
