-- One row: all additive columns of one entity in one day; `minute` is the start of the day. Filled by the view below from
-- every row of traffic_hour, retries counted once. Same columns and sort key as traffic_minute. Kept for retention.dayDays; expired
-- parts go whole, so partitions are months: a year of days would outlive 400 days by up to another 365.
CREATE TABLE IF NOT EXISTS traffic_day AS traffic_minute
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (scope, toStartOfDay(minute), service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, index_granularity = 256, use_primary_key_cache = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS traffic_day_view TO traffic_day AS
SELECT toStartOfDay(minute) AS minute, * EXCEPT minute
FROM traffic_hour;
