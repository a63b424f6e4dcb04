-- The coarse histogram is what rankings and the map read of every row. Most of reading it was ZSTD putting back the zeros of small counts, which
-- T64 leaves out beforehand. The fine one is read of few rows, so its blocks are a quarter as large: less to decompress for each of them.
-- Parts that are there stay as they are until they are merged; what they answer is the same.
ALTER TABLE traffic_minute MODIFY COLUMN latency_coarse CODEC(T64, LZ4);
ALTER TABLE traffic_minute MODIFY COLUMN latency_histogram MODIFY SETTING min_compress_block_size = 262144, max_compress_block_size = 262144;
ALTER TABLE traffic_hour MODIFY COLUMN latency_coarse CODEC(T64, LZ4);
ALTER TABLE traffic_hour MODIFY COLUMN latency_histogram MODIFY SETTING min_compress_block_size = 262144, max_compress_block_size = 262144;
ALTER TABLE traffic_day MODIFY COLUMN latency_coarse CODEC(T64, LZ4);
ALTER TABLE traffic_day MODIFY COLUMN latency_histogram MODIFY SETTING min_compress_block_size = 262144, max_compress_block_size = 262144;
