-- One row: all additive columns of one entity in one minute; several rows of one key add up when read or merged.
-- The sort key starts with scope and hour, so that the whole mesh over a short window is one range and so is one entity.
-- Marks stand every 256 rows, which is what four entities have in an hour: most questions are about few entities. What is known of so many marks (71 bytes
-- each) is in a cache with a bound, not in memory for good.
-- Kept for retention.minuteDays; hour and day sums live longer in the roll-ups.
CREATE TABLE IF NOT EXISTS traffic_minute (
    scope                    LowCardinality(String),   -- service, instance, endpoint, service_relation, instance_relation
    service                  LowCardinality(String),   -- the entity's service; of a relation, the calling one
    normal                   UInt8,
    instance                 String,
    endpoint                 String,
    dest_service             LowCardinality(String),   -- relations only, like the next three
    dest_normal              UInt8,
    dest_instance            String,
    detect_point             LowCardinality(String),   -- client or server: which side reported
    minute                   DateTime('UTC') CODEC(Delta, ZSTD(1)),
    calls                    SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    failed                   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    timed                    SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    latency_us               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    latency_ms               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    apdex_satisfied          SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    apdex_tolerating         SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    internal_request_ns      SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    internal_request_count   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    internal_response_ns     SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    internal_response_count  SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    request_bytes            SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    response_bytes           SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    grpc_calls               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    status_none              SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    status_1xx               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    status_2xx               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    status_3xx               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    status_4xx               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    status_5xx               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tls_none                 SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tls_tls                  SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tls_mtls                 SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    retried                  SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tcp_records              SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tcp_opened               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tcp_closed               SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tcp_carried              SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tcp_received             SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    tcp_sent                 SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    latency_histogram        SimpleAggregateFunction(sumMap, Map(UInt16, UInt64)) CODEC(ZSTD(3)) SETTINGS (min_compress_block_size = 1048576, max_compress_block_size = 1048576),
    -- The same in buckets eight times as wide (bucket c holds 8c - 7 to 8c), made on insert: what rankings and the map read. Keys of one
    -- inserted row may come twice; aggregation, which inserts go through, adds them up.
    latency_coarse           SimpleAggregateFunction(sumMap, Map(UInt8, UInt64))
        DEFAULT CAST((arrayMap(bucket -> toUInt8(intDiv(bucket + 7, 8)), mapKeys(latency_histogram)), mapValues(latency_histogram)) AS Map(UInt8, UInt64))
        CODEC(ZSTD(1))
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (scope, toStartOfHour(minute), service, normal, instance, endpoint, dest_service, dest_normal, dest_instance, detect_point, minute)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, index_granularity = 256, use_primary_key_cache = 1;
