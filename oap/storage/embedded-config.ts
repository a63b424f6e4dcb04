/** The configuration file of the embedded ClickHouse. One user with a random password may do everything. The nameless
 *  `default` user must exist, because the process's own session runs as it, and may do nothing but listen and wait. */
export function embeddedConfig(path: string, password: string, memoryBytes: number): string {
  const user = (name: string, secret: string, rest: string): string =>
    `<${name}><password>${secret}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>${rest}</${name}>`;
  const grants = ["SYSTEM LISTEN ON *.*", "SELECT ON system.numbers", "CREATE TEMPORARY TABLE ON *.*"];
  // Caches together take a quarter of the memory at most, merges half of it, so that there is always room for inserts and questions.
  const part = (of: number): number => Math.floor(memoryBytes / of);
  // No <*_log> section: no system log tables, which fill disks elsewhere. Memory is compared with what the system says once a second: ten
  // times, as by default, costs an idle machine half a percent of a core.
  return `<clickhouse>
  <logger><level>none</level><console>0</console></logger>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
  <memory_worker_period_ms>1000</memory_worker_period_ms>
  <merges_mutations_memory_usage_soft_limit>${part(2)}</merges_mutations_memory_usage_soft_limit>
  <mark_cache_size>${part(16)}</mark_cache_size>
  <index_mark_cache_size>${part(32)}</index_mark_cache_size>
  <primary_index_cache_size>${part(32)}</primary_index_cache_size>
  <text_index_tokens_cache_size>${part(256)}</text_index_tokens_cache_size>
  <text_index_header_cache_size>${part(256)}</text_index_header_cache_size>
  <text_index_postings_cache_size>${part(256)}</text_index_postings_cache_size>
  <compiled_expression_cache_size>${part(64)}</compiled_expression_cache_size>
  <uncompressed_cache_size>${part(16)}</uncompressed_cache_size>
  <background_pool_size>4</background_pool_size>
  <background_schedule_pool_size>2</background_schedule_pool_size>
  <timezone>UTC</timezone>
  <users_config>${path}</users_config>
  <profiles><default>${PROFILE.map(([name, value]) => `<${name}>${value}</${name}>`).join("")}</default></profiles>
  <quotas><default></default></quotas>
  <users>
    ${user("default", "", `<grants>${grants.map((grant) => `<query>GRANT ${grant}</query>`).join("")}</grants>`)}
    ${user(EMBEDDED_USER, password, "")}
  </users>
</clickhouse>
`;
}

/** Settings of every statement. ClickHouse's own default of a GiB of free memory per thread would let each question have one thread only. A page
 *  about one service reads the same few marks again and again: they are kept as they are after decompression, but nothing that a
 *  question about the whole mesh reads, which would drive them out. Sixteen marks are worth a thread: by default it takes 160,000 rows, more than
 *  the map of a quarter of an hour has. */
const PROFILE = [
  ["log_queries", 0],
  ["max_threads_min_free_memory_per_thread", 64 << 20],
  ["merge_tree_min_rows_for_concurrent_read", 16_384],
  ["merge_tree_min_bytes_for_concurrent_read", 1 << 20],
  ["use_uncompressed_cache", 1],
  ["merge_tree_max_rows_to_use_cache", 65_536],
  ["merge_tree_max_bytes_to_use_cache", 1],
] as const;

export const EMBEDDED_USER = "sidelight";
