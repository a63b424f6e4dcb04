-- One row: failed calls of one edge and endpoint in one minute, by response code, flags and code details, as one side reported them.
-- Exact. Sorted like traffic_minute: by hour, then by who was called. Kept for retention.minuteDays.
CREATE TABLE IF NOT EXISTS failure_minute (
    service                  LowCardinality(String),   -- the calling service; empty when unknown
    normal                   UInt8,
    dest_service             LowCardinality(String),
    dest_normal              UInt8,
    endpoint                 String,                   -- of the called service; empty for TCP
    detect_point             LowCardinality(String),
    response_code            UInt16,                   -- 0: there was no response
    response_flags           UInt32,                   -- Envoy's ResponseFlags as a set: field n is bit n - 1
    code_details             LowCardinality(String),   -- class of response_code_details: what stands before the first '{', '(' or ':'
    minute                   DateTime('UTC') CODEC(Delta, ZSTD(1)),
    calls                    SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1))
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (toStartOfHour(minute), dest_service, dest_normal, service, normal, endpoint, detect_point, response_code, response_flags, code_details, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;
