-- The trace that a request is of, as a request header tells that its proxy was told to log: W3C, B3, SkyWalking, Jaeger, Datadog, Google, AWS. Worked out by
-- ClickHouse, also of rows from before (their parts have no index of it). '': no header told.
ALTER TABLE access_log
    ADD COLUMN IF NOT EXISTS trace_id String MATERIALIZED arrayFirst(
        id -> match(id, '[^0-]'),
        [
            extract(request_headers['traceparent'], '^[0-9a-f]{2}-([0-9a-f]{32})-'),
            extract(request_headers['b3'], '^([0-9a-f]{16,32})-'),
            extract(request_headers['x-b3-traceid'], '^[0-9a-f]{16,32}$'),
            tryBase64Decode(extract(request_headers['sw8'], '^[01]-([A-Za-z0-9+/]+=*)-')),
            extract(request_headers['uber-trace-id'], '^([0-9a-f]{1,32})(?::|%3[Aa])'),
            extract(request_headers['x-datadog-trace-id'], '^[0-9]{1,20}$'),
            extract(request_headers['x-cloud-trace-context'], '^([0-9a-f]{32})/'),
            extract(request_headers['x-amzn-trace-id'], 'Root=([0-9a-f-]{35})')
        ]
    ) CODEC(ZSTD(1)),
    ADD INDEX IF NOT EXISTS trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1;
