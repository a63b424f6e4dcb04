-- One row: one batch of one node, inserted after the batch's other tables. Read by the node's audit, one life of a process after the
-- other: a range of the sort key. By `handed_over_until` of all nodes one knows how far each of them is. Kept for retention.minuteDays.
CREATE TABLE IF NOT EXISTS node_progress (
    node                     LowCardinality(String),   -- id of the node's data directory
    part                     LowCardinality(String),   -- its process: ingest-0, ingest-1 ...
    batch                    String CODEC(ZSTD(1)),    -- when the process began (ms), the batch's number, a random part, and of a shard's share `@share/shares`: sorts by time
    handed_over_until        DateTime('UTC') CODEC(Delta, ZSTD(1)),   -- everything that came in before is in this batch or an earlier one
    entries                  UInt64 CODEC(T64, ZSTD(1)),              -- reports of calls that went into it
    booked                   Map(UInt32, UInt64) CODEC(ZSTD(1)),      -- minute (seconds since the epoch) -> calls and TCP records of services and of their relations
    INDEX until handed_over_until TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(handed_over_until)
ORDER BY (node, part, batch)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;
