/** Applies each numbered file of schema/ once, in order, then the lifetimes of the settings. */
import { readdirSync, readFileSync } from "node:fs";
import { StorageError } from "../model/errors.ts";
import type { Clock } from "../model/ports.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { applyRetention, type RetentionOptions } from "./retention.ts";

const SCHEMA = new URL("./schema/", import.meta.url);
const FILE_NAME = /^(\d{4})_[a-z_]+\.sql$/;

/** Brings the database to this version's schema; does nothing when it is there already.
 *  @throws StorageError, not retryable, when the database is newer than this version. */
export async function migrate(options: EngineOptions, retention: RetentionOptions, clock: Clock): Promise<void> {
  const bootstrap = new Engine({ ...options, database: "default" });
  await bootstrap
    .command("CREATE DATABASE IF NOT EXISTS {name:Identifier}", { name: options.database })
    .finally(() => bootstrap.close());
  const engine = new Engine(options);
  try {
    await applyFiles(engine, clock);
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

async function applyFiles(engine: Engine, clock: Clock): Promise<void> {
  await engine.command(`CREATE TABLE IF NOT EXISTS schema_migration (number UInt32, name String, applied_at DateTime('UTC'))
    ENGINE = MergeTree ORDER BY number SETTINGS non_replicated_deduplication_window = 1000`);
  const rows = await engine.query<{ number: number }>("SELECT number FROM schema_migration ORDER BY number LIMIT 10000", {});
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
    for (const statement of statements) await engine.command(statement);
    const params = { number, name, at: Math.floor(clock.now() / 1_000) };
    await engine.command(
      "INSERT INTO schema_migration SETTINGS async_insert = 0 SELECT {number:UInt32}, {name:String}, toDateTime({at:UInt32}, 'UTC')",
      params,
    );
  }
}
