import { expect, test } from "vitest";
import { type ClusterSchema, clusterStatements } from "../../../../oap/storage/cluster-schema.ts";
import { schemaFiles } from "../../../../oap/storage/migrate.ts";

const HOST_BY_HOST: ClusterSchema = { cluster: "mesh", onCluster: false, replicated: false };
const REPLICATED: ClusterSchema = { cluster: "mesh", onCluster: true, replicated: true };

const TABLE = `-- One row: a thing.
CREATE TABLE IF NOT EXISTS thing (
    service LowCardinality(String),  -- whose
    n SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1))
) ENGINE = AggregatingMergeTree
ORDER BY service
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1`;

const squeezed = (statements: readonly string[]): string[] => statements.map((one) => one.replaceAll(/\s+/g, " "));

test("a table becomes a local one and a Distributed one under its name", () => {
  expect(squeezed(clusterStatements(TABLE, HOST_BY_HOST))).toEqual([
    "CREATE TABLE IF NOT EXISTS thing_local ( service LowCardinality(String), n SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) ) ENGINE = AggregatingMergeTree ORDER BY service SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1",
    "CREATE TABLE IF NOT EXISTS thing AS thing_local ENGINE = Distributed('mesh', currentDatabase(), thing_local)",
  ]);
});

test("replicated and on the cluster: engine, window and every statement say so", () => {
  const path = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'";
  expect(squeezed(clusterStatements(TABLE, REPLICATED))).toEqual([
    `CREATE TABLE IF NOT EXISTS thing_local ON CLUSTER \`mesh\` ( service LowCardinality(String), n SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)) ) ENGINE = ReplicatedAggregatingMergeTree(${path}) ORDER BY service SETTINGS replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = 604800, ttl_only_drop_parts = 1`,
    "CREATE TABLE IF NOT EXISTS thing ON CLUSTER `mesh` AS thing_local ENGINE = Distributed('mesh', currentDatabase(), thing_local)",
  ]);
  const lease = "CREATE TABLE IF NOT EXISTS lease (n UInt8) ENGINE = ReplacingMergeTree(n) ORDER BY n";
  expect(clusterStatements(lease, REPLICATED)).toEqual([
    `CREATE TABLE IF NOT EXISTS lease ON CLUSTER \`mesh\` (n UInt8) ENGINE = ReplicatedReplacingMergeTree(${path}, n) ORDER BY n`,
  ]);
  const migrations = "CREATE TABLE IF NOT EXISTS schema_migration (n UInt8) ENGINE = ReplacingMergeTree ORDER BY n";
  expect(clusterStatements(migrations, REPLICATED)).toEqual([
    "CREATE TABLE IF NOT EXISTS schema_migration ON CLUSTER `mesh` (n UInt8) ENGINE = ReplacingMergeTree ORDER BY n",
  ]);
});

test("a view joins local tables; a table made like another is made like its local one", () => {
  const view =
    "CREATE MATERIALIZED VIEW IF NOT EXISTS thing_view TO thing_hour AS\nSELECT a, from_x FROM thing\nJOIN other USING a";
  expect(clusterStatements(view, REPLICATED)).toEqual([
    "CREATE MATERIALIZED VIEW IF NOT EXISTS thing_view ON CLUSTER `mesh` TO thing_hour_local AS\nSELECT a, from_x FROM thing_local\nJOIN other_local USING a",
  ]);
  expect(clusterStatements("CREATE TABLE IF NOT EXISTS b AS a ENGINE = MergeTree ORDER BY n", HOST_BY_HOST)[0]).toBe(
    "CREATE TABLE IF NOT EXISTS b_local AS a_local ENGINE = MergeTree ORDER BY n",
  );
});

test("changes of columns reach the Distributed table, others the local one alone", () => {
  expect(
    clusterStatements("ALTER TABLE thing ADD COLUMN IF NOT EXISTS x UInt8 CODEC(T64, ZSTD(1)) AFTER n", HOST_BY_HOST),
  ).toEqual([
    "ALTER TABLE thing_local ADD COLUMN IF NOT EXISTS x UInt8 CODEC(T64, ZSTD(1)) AFTER n",
    "ALTER TABLE thing ADD COLUMN IF NOT EXISTS x UInt8 AFTER n",
  ]);
  expect(clusterStatements("ALTER TABLE thing ADD INDEX IF NOT EXISTS i n TYPE minmax", REPLICATED)).toEqual([
    "ALTER TABLE thing_local ON CLUSTER `mesh` ADD INDEX IF NOT EXISTS i n TYPE minmax",
  ]);
  for (const stored of ["CODEC(T64, LZ4)", "MODIFY SETTING min_compress_block_size = 1, max_compress_block_size = 1"])
    expect(clusterStatements(`ALTER TABLE thing MODIFY COLUMN x ${stored}`, HOST_BY_HOST)).toEqual([
      `ALTER TABLE thing_local MODIFY COLUMN x ${stored}`,
    ]);
  expect(clusterStatements("ALTER TABLE thing_view MODIFY QUERY SELECT n FROM thing", HOST_BY_HOST)).toEqual([
    "ALTER TABLE thing_view MODIFY QUERY SELECT n FROM thing_local",
  ]);
});

test("every statement of the schema has a form for a cluster, and one of another kind is refused", () => {
  for (const schema of [HOST_BY_HOST, REPLICATED]) {
    const all = schemaFiles().flatMap(({ statements }) => statements.flatMap((one) => clusterStatements(one, schema)));
    expect(all.length).toBeGreaterThan(schemaFiles().length);
    for (const one of all) {
      expect(one.includes("ON CLUSTER"), one).toBe(schema.onCluster);
      expect(/ENGINE = \w*MergeTree/.test(one) ? one.includes("ENGINE = Replicated") : schema.replicated, one).toBe(
        schema.replicated,
      );
      expect(one).not.toMatch(/--/);
    }
  }
  expect(() => clusterStatements("OPTIMIZE TABLE thing", HOST_BY_HOST)).toThrow("no form for a cluster: OPTIMIZE TABLE thing");
});
