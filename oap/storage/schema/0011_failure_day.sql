-- One row: failed calls of one edge, endpoint and cause in one day; `minute` is the start of the day. Filled by the view below from
-- every row of failure_hour, retries counted once. Same columns and sort key as failure_minute. Partitions are months, as of
-- traffic_day. Kept for retention.dayDays.
CREATE TABLE IF NOT EXISTS failure_day AS failure_minute
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (toStartOfDay(minute), dest_service, dest_normal, service, normal, endpoint, detect_point, response_code, response_flags, code_details, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS failure_day_view TO failure_day AS
SELECT toStartOfDay(minute) AS minute, * EXCEPT minute
FROM failure_hour;
