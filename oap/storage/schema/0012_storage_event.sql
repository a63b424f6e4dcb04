-- One row: one partition that the disk guard dropped because free space was short, so that what is missing is known after a restart.
-- Sorted by time, which is all that is asked for. Few rows; kept for retention.dayDays.
CREATE TABLE IF NOT EXISTS storage_event (
    time                     DateTime('UTC'),
    shard                    String,                   -- which database of several; empty where there is one
    table                    LowCardinality(String),   -- as its schema file names it
    kind                     LowCardinality(String),   -- of access logs: failed, slow, context or rest
    partition                String,
    rows                     UInt64,
    bytes                    UInt64,                   -- on disk
    oldest                   DateTime('UTC'),          -- of the rows dropped
    newest                   DateTime('UTC'),
    free_bytes               UInt64                    -- before the drop
) ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY time
SETTINGS non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;
