/** Applies each numbered file of schema/ once, in order, then the lifetimes of the settings. */
import { readdirSync, readFileSync } from "node:fs";
import { StorageError } from "../model/errors.ts";
import type { Clock } from "../model/ports.ts";
import type { Retention } from "../model/retention.ts";
import { type ClusterSchema, clusterStatements } from "./cluster-schema.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { applyRetention } from "./retention.ts";

const SCHEMA = new URL("./schema/", import.meta.url);
/** Which files were applied; of each host itself. */
const MIGRATIONS = `CREATE TABLE IF NOT EXISTS schema_migration (number UInt32, name String, applied_at DateTime('UTC'))
ENGINE = ReplacingMergeTree ORDER BY number SETTINGS non_replicated_deduplication_window = 1000`;
const FILE_NAME = /^(\d{4})_[a-z_]+\.sql$/;

/** Brings one host's database to this version's schema; does nothing when it is there already. Any number of OAPs may do this at
 *  once: every statement is idempotent. `cluster`: the host is part of one.
 *  @throws StorageError, not retryable, when the database is newer than this version, or of another kind of installation. */
export async function migrate(
  options: EngineOptions,
  retention: Retention,
  clock: Clock,
  cluster: ClusterSchema | null = null,
): Promise<void> {
  const forms = (statement: string): string[] => (cluster === null ? [statement] : clusterStatements(statement, cluster));
  const bootstrap = new Engine({ ...options, database: "default" });
  try {
    const [create = ""] = forms("CREATE DATABASE IF NOT EXISTS {name:Identifier}");
    await bootstrap.command(create, { name: options.database });
  } finally {
    await bootstrap.close();
  }
  const engine = new Engine(options);
  try {
    await checkKind(engine, cluster !== null);
    await applyFiles(engine, clock, forms);
    await applyRetention(engine, retention);
  } finally {
    await engine.close();
  }
}

/** The numbers of the schema files, ascending, with their texts. */
export function schemaFiles(): { readonly number: number; readonly name: string; readonly statements: readonly string[] }[] {
  const names = readdirSync(SCHEMA).filter((name) => FILE_NAME.test(name));
  return names.sort().map((name) => ({
    number: Number(FILE_NAME.exec(name)?.[1]),
    name,
    statements: readFileSync(new URL(name, SCHEMA), "utf8")
      .split(/;[ \t]*\n/)
      .filter((statement) => statement.replaceAll(/--.*$/gm, "").trim() !== ""),
  }));
}

/** A single server's tables have the names that a cluster's Distributed tables have: neither may take the other for its own. */
async function checkKind(engine: Engine, isCluster: boolean): Promise<void> {
  const [table] = await engine.query<{ engine: string }>(
    "SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = 'traffic_minute'",
    {},
  );
  if (table === undefined || (table.engine === "Distributed") === isCluster) return;
  const [found, wanted] = isCluster
    ? ["a single server", "storage.cluster"]
    : ["a cluster", "storage.url without storage.cluster"];
  throw new StorageError(
    `the database ${engine.database} holds the tables of ${found}: ${wanted} needs another storage.database`,
    {
      retryable: false,
    },
  );
}

async function applyFiles(engine: Engine, clock: Clock, forms: (statement: string) => string[]): Promise<void> {
  for (const statement of forms(MIGRATIONS)) await engine.command(statement);
  const rows = await engine.query<{ number: number }>(
    "SELECT DISTINCT number FROM schema_migration ORDER BY number LIMIT 10000",
    {},
  );
  const applied = new Set(rows.map(({ number }) => number));
  const files = schemaFiles();
  const newest = Math.max(0, ...applied);
  if (newest > (files.at(-1)?.number ?? 0)) {
    throw new StorageError(`the database ${engine.database} has schema ${newest}, newer than this version knows`, {
      retryable: false,
    });
  }
  for (const { number, name, statements } of files) {
    if (applied.has(number)) continue;
    for (const statement of statements.flatMap(forms)) await engine.command(statement);
    const params = { number, name, at: Math.floor(clock.now() / 1_000) };
    const row = "({number:UInt32}, {name:String}, toDateTime({at:UInt32}, 'UTC'))";
    await engine.insertOnce("schema_migration (number, name, applied_at)", row, params, `migration/${number}`);
  }
}
