-- Blocks of the fine histogram no larger than what stands between two marks (0001_traffic_minute.sql): whoever reads a few rows decompresses little else.
-- A fiftieth more on disk. Parts that are there stay as they are until they are merged.
ALTER TABLE traffic_minute MODIFY COLUMN latency_histogram MODIFY SETTING min_compress_block_size = 65536, max_compress_block_size = 65536;
ALTER TABLE traffic_hour MODIFY COLUMN latency_histogram MODIFY SETTING min_compress_block_size = 65536, max_compress_block_size = 65536;
ALTER TABLE traffic_day MODIFY COLUMN latency_histogram MODIFY SETTING min_compress_block_size = 65536, max_compress_block_size = 65536;
