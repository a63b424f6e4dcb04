-- One row: failed calls of one edge, endpoint and cause in one hour; `minute` is the start of the hour. Filled by the view below from
-- every row of failure_minute, retries counted once. Same columns and sort key as failure_minute. Partitions are weeks, as of
-- traffic_hour. Kept for retention.hourDays.
CREATE TABLE IF NOT EXISTS failure_hour AS failure_minute
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(minute)
ORDER BY (toStartOfHour(minute), dest_service, dest_normal, service, normal, endpoint, detect_point, response_code, response_flags, code_details, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS failure_hour_view TO failure_hour AS
SELECT toStartOfHour(minute) AS minute, * EXCEPT minute
FROM failure_minute;
