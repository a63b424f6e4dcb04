-- One row: one access-log entry that was kept, as its proxy wrote it; `weight` tells for how many entries it stands. The reporter stands
-- between whoever called it and whomever it called: a sidecar's entry names one of the two, a gateway's both.
-- Sorted by hour, so that the newest rows of the whole mesh are one range, and then so are those of one reporting service. Kinds are parts of their own (`kept`), so that each expires,
-- and can be dropped, without touching the others: retention.accessLogDays, retention.failedAccessLogDays.
CREATE TABLE IF NOT EXISTS access_log (
    time                     DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),          -- when the reporter received the first byte
    kept                     Enum8('failed' = 1, 'slow' = 2, 'rest' = 3, 'context' = 4), -- as what it was kept: the first that applies; context: neither failed nor slow, but a report of a request of which another report is
    weight                   UInt32 CODEC(T64, ZSTD(1)),                          -- 2^k; 1: every entry of its kind was kept; 0: kept only because another report of its request was, counts for nothing
    kind                     LowCardinality(String),                             -- http, grpc or tcp
    detect_point             LowCardinality(String),                             -- server, client, or both: a gateway's entry reports two calls
    service                  LowCardinality(String),                             -- whose proxy wrote it
    instance                 LowCardinality(String),
    node                     LowCardinality(String),                             -- id of the proxy
    caller                   LowCardinality(String),                             -- who called the reporter: 'UNKNOWN', or '' where it reports no such call
    caller_instance          LowCardinality(String),
    callee                   LowCardinality(String),                             -- whom the reporter called; '' where it reports no such call
    callee_instance          LowCardinality(String),
    endpoint                 LowCardinality(String),                             -- of the called service, as the metrics name it; '' for TCP
    method                   LowCardinality(String),
    protocol                 LowCardinality(String),                             -- HTTP/1.0, HTTP/1.1, HTTP/2, HTTP/3 or ''
    authority                LowCardinality(String),
    path                     String CODEC(ZSTD(1)),                              -- without query and fragment
    query                    String CODEC(ZSTD(1)),                              -- '' unless accessLog.queryString
    response_code            UInt16,                                             -- 0: there was no response
    grpc_status              Int8,                                               -- -1: not logged
    response_flags           UInt32,                                             -- Envoy's ResponseFlags as a set: field n is bit n - 1
    code_details             LowCardinality(String),                             -- response_code_details, or connection_termination_details
    failure_reason           LowCardinality(String),                             -- of the transport, upstream or else downstream
    duration_us              UInt64 CODEC(T64, ZSTD(1)),                         -- latency as the metrics count it; TCP: the connection's life. 4294967295 stands for unknown, here and below
    request_received_us      UInt32 CODEC(T64, ZSTD(1)),                         -- from `time` until then: the request's last byte came
    upstream_first_sent_us   UInt32 CODEC(T64, ZSTD(1)),
    upstream_last_sent_us    UInt32 CODEC(T64, ZSTD(1)),
    upstream_first_received_us UInt32 CODEC(T64, ZSTD(1)),
    upstream_last_received_us  UInt32 CODEC(T64, ZSTD(1)),
    response_first_sent_us   UInt32 CODEC(T64, ZSTD(1)),
    response_last_sent_us    UInt32 CODEC(T64, ZSTD(1)),
    request_header_bytes     UInt64 CODEC(T64, ZSTD(1)),
    request_body_bytes       UInt64 CODEC(T64, ZSTD(1)),                         -- TCP: received from the downstream
    response_header_bytes    UInt64 CODEC(T64, ZSTD(1)),
    response_body_bytes      UInt64 CODEC(T64, ZSTD(1)),                         -- TCP: sent to the downstream
    attempts                 UInt16,
    tls_mode                 LowCardinality(String),                             -- none, tls or mtls: the downstream connection; '' where only the upstream one is reported
    tls_version              LowCardinality(String),                             -- TLSv1.2, TLSv1.3 ... or ''
    sni                      LowCardinality(String),
    local_principal          LowCardinality(String),                             -- first URI name of the certificate, else its subject
    peer_principal           LowCardinality(String),
    request_id               String CODEC(ZSTD(1)),                              -- x-request-id; where there is none, the stream's id
    downstream_address       LowCardinality(String),
    downstream_port          UInt16,
    upstream_address         LowCardinality(String),
    upstream_port            UInt16,
    upstream_cluster         LowCardinality(String),
    route                    LowCardinality(String),
    user_agent               LowCardinality(String),
    request_headers          Map(LowCardinality(String), String),                -- what the proxy was told to log, less what accessLog.redact names
    response_headers         Map(LowCardinality(String), String),                -- and trailers
    INDEX request_id request_id TYPE bloom_filter(0.001) GRANULARITY 1                 -- 1.3 bytes a row; finds a request without reading all ids
) ENGINE = MergeTree
PARTITION BY (toDate(time), kept)
ORDER BY (toStartOfHour(time), service, time)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;
