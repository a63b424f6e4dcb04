/** The schema of a cluster from the statements of a single server: the .sql files stay the only source. On every host
 *  - a table `x` becomes `x_local`, which holds the host's own rows, and a Distributed table `x` over all of them, which readers ask;
 *  - a materialized view keeps its name and joins local tables;
 *  - with `replicated`, engines become their Replicated twins and remember tokens for a week instead of an hour;
 *  - with `onCluster`, each statement is sent to all hosts by ClickHouse itself.
 *  A statement of a kind that is not known here throws: a test runs every file through it. */
import { StorageError } from "../model/errors.ts";

export interface ClusterSchema {
  readonly cluster: string;
  readonly onCluster: boolean;
  readonly replicated: boolean;
}

export const LOCAL_SUFFIX = "_local";

/** Tables that each host has for itself, under their plain name: whoever asks one names the host. */
const OF_THE_HOST: ReadonlySet<string> = new Set(["schema_migration", "lease"]);
/** What a host has applied is no other replica's business. */
const NEVER_REPLICATED = "schema_migration";

/** Where Keeper holds what the replicas of one table share. */
const KEEPER_PATH = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'";

const CREATE_TABLE = /^CREATE TABLE IF NOT EXISTS (\w+)\b(?: AS (\w+)\b)?/;
const CREATE_VIEW = /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO (\w+) AS\b/;
const ALTER_TABLE = /^ALTER TABLE (\w+)\b/;
const DROP_VIEW = /^DROP VIEW IF EXISTS (\w+)$/;
const CREATE_DATABASE = /^CREATE DATABASE IF NOT EXISTS \S+$/;
/** Actions that a Distributed table takes too, and needs: its columns are its own. */
const OF_COLUMNS = /^(ADD|DROP|RENAME|MODIFY) COLUMN\b/;
/** What is left for a Distributed table where only a column's codec or settings change. */
const CHANGES_NOTHING = /^MODIFY COLUMN \w+$/;

/** What one statement of a .sql file is in a cluster, in the order to be run. */
export function clusterStatements(statement: string, schema: ClusterSchema): string[] {
  const text = statement
    .replaceAll(/--.*$/gm, "")
    .replaceAll(/[ \t]+$/gm, "")
    .trim();
  const on = schema.onCluster ? ` ON CLUSTER ${quoted(schema.cluster)}` : "";
  if (CREATE_DATABASE.test(text)) return [text + on];
  if (CREATE_TABLE.test(text)) return createTable(text, schema, on);
  if (CREATE_VIEW.test(text)) {
    return [
      fromLocal(
        text.replace(CREATE_VIEW, (_, view, to) => `CREATE MATERIALIZED VIEW IF NOT EXISTS ${view}${on} TO ${local(to)} AS`),
      ),
    ];
  }
  if (DROP_VIEW.test(text)) return [text + on];
  if (ALTER_TABLE.test(text)) return alterTable(text, on);
  throw new StorageError(`a statement of the schema has no form for a cluster: ${text.slice(0, 80)}`, { retryable: false });
}

function createTable(text: string, schema: ClusterSchema, on: string): string[] {
  const [, name = "", like] = CREATE_TABLE.exec(text) ?? [];
  const head = `CREATE TABLE IF NOT EXISTS ${local(name)}${on}${like === undefined ? "" : ` AS ${local(like)}`}`;
  const rest = text.replace(CREATE_TABLE, "");
  const own = head + (schema.replicated && name !== NEVER_REPLICATED ? replicated(rest) : rest);
  if (OF_THE_HOST.has(name)) return [own];
  return [
    own,
    `CREATE TABLE IF NOT EXISTS ${name}${on} AS ${local(name)}\nENGINE = Distributed(${quotedText(schema.cluster)}, currentDatabase(), ${local(name)})`,
  ];
}

/** Views are altered under their own name; of a table its local part, and what concerns its columns in the Distributed one too. */
function alterTable(text: string, on: string): string[] {
  const [, name = ""] = ALTER_TABLE.exec(text) ?? [];
  const rest = text.replace(ALTER_TABLE, "").trim();
  if (/^MODIFY QUERY\b/.test(rest)) return [`ALTER TABLE ${name}${on} ${fromLocal(rest)}`];
  const own = `ALTER TABLE ${local(name)}${on} ${rest}`;
  const actions = rest.split(/,\s*(?=(?:ADD|DROP|RENAME|MODIFY|MATERIALIZE) )/);
  const ofColumns = actions
    .filter((action) => OF_COLUMNS.test(action))
    .map(plainColumn)
    .filter((action) => !CHANGES_NOTHING.test(action));
  if (OF_THE_HOST.has(name) || ofColumns.length === 0) return [own];
  return [own, `ALTER TABLE ${name}${on} ${ofColumns.join(", ")}`];
}

/** A Distributed table stores nothing: codecs and settings of a column are not its business. */
function plainColumn(action: string): string {
  return action
    .replace(/ CODEC\((?:[^()]|\([^()]*\))*\)/, "")
    .replace(/ SETTINGS \([^()]*\)/, "")
    .replace(/ MODIFY SETTING .*$/s, "");
}

function replicated(rest: string): string {
  return rest
    .replace(/\bENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/, (_, engine: string, args?: string) => {
      return `ENGINE = Replicated${engine}(${KEEPER_PATH}${args === undefined || args === "" ? "" : `, ${args}`})`;
    })
    .replace(
      /\bnon_replicated_deduplication_window = (\d+)/,
      "replicated_deduplication_window = $1, replicated_deduplication_window_seconds = 604800",
    );
}

/** FROM and JOIN of a view's query. */
function fromLocal(query: string): string {
  return query.replaceAll(/\b(FROM|JOIN) (\w+)\b/g, (_, word: string, table: string) => `${word} ${local(table)}`);
}

function local(table: string): string {
  return OF_THE_HOST.has(table) ? table : table + LOCAL_SUFFIX;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function quotedText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
