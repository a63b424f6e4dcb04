/** The data set of the readers' bench: what 20,000 entries a second leave behind, made by SQL inside the engine in steps of 200,000 rows and
 *  kept in .cache/bench until that SQL, or the schema, says something else. `node test/bench/data-set.ts` makes it alone. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Connection } from "../../oap/storage/connection.ts";
import type { Engine } from "../../oap/storage/engine.ts";
import { schemaFiles } from "../../oap/storage/migrate.ts";
import { startClickHouse } from "../harness/clickhouse.ts";

/** The data end here, and the bench's clock stands still here. UTC. */
export const DATA_END_MS = Date.parse("2026-11-20T12:30:00Z");

const SQL = new URL("./data-set/", import.meta.url);
const DIR = fileURLToPath(new URL("../../.cache/bench/", import.meta.url));
export const DATA_DIR = join(DIR, "clickhouse");
/** In the names of the schema files that make and change the table of access logs. */
const LOGS_SCHEMA = "_access_log";

const END_S = DATA_END_MS / 1_000;
const DAY_S = 86_400;
const DENSE_S = 7_200;
const PAIRS_S = 3_600;
/** Entities of traffic.sql in a minute, and rows of the others. */
const ENTITIES = 22_200;
const PAIR_ROWS = 40_000;
const FAILURE_ROWS = 3_000;
const LOG_DAYS = 3;
const LOG_ROWS = 10_000_000;
const REPORTS_PER_REQUEST = 4;
const STEP_ROWS = 200_000;

type ClickHouse = Awaited<ReturnType<typeof startClickHouse>>;

interface Part {
  readonly file: string;
  readonly rows: number;
  /** Rows that are never in two steps. */
  readonly together: number;
  readonly params: Readonly<Record<string, number>>;
}

/** The last two hours, which the questions are about, are as dense as such traffic is. Before them every second minute is left out and
 *  histograms have at most 12 buckets: the questions only have to pass them by. */
const TRAFFIC: readonly Part[] = [
  {
    file: "traffic",
    rows: (ENTITIES * (DAY_S - DENSE_S)) / 120,
    together: ENTITIES,
    params: { from: END_S - DAY_S, every: 120, buckets: 12, spacing: 12 },
  },
  {
    file: "traffic",
    rows: (ENTITIES * DENSE_S) / 60,
    together: ENTITIES,
    params: { from: END_S - DENSE_S, every: 60, buckets: 150, spacing: 1 },
  },
  { file: "pairs", rows: (PAIR_ROWS * PAIRS_S) / 60, together: PAIR_ROWS, params: { from: END_S - PAIRS_S } },
  { file: "failures", rows: (FAILURE_ROWS * DAY_S) / 60, together: FAILURE_ROWS, params: { from: END_S - DAY_S } },
  ...["services", "instances", "endpoints"].map((file) => ({
    file,
    rows: 1,
    together: 1,
    params: { from: END_S - DAY_S, to: END_S },
  })),
];
const LOGS: readonly Part[] = [
  {
    file: "access-logs",
    rows: LOG_ROWS,
    together: REPORTS_PER_REQUEST,
    params: {
      from: END_S - LOG_DAYS * DAY_S,
      request_us: Math.floor((LOG_DAYS * DAY_S * 1e6 * REPORTS_PER_REQUEST) / LOG_ROWS),
    },
  },
];

/** Making needs more memory than asking: inserts of dense rows run beside merges. */
const MAKING_BYTES = 4 * 2 ** 30;

/** The engine on the data set with the memory it has by default; the data set is made first when it is not there.
 *  @returns what startClickHouse does. */
export async function openDataSet(say: (text: string) => void) {
  const schema = schemaFiles();
  const isLogs = ({ name }: { name: string }): boolean => name.includes(LOGS_SCHEMA);
  const logsSchema = schema.filter(isLogs);
  const wanted = {
    traffic: digestOf(
      TRAFFIC,
      schema.filter((file) => !isLogs(file)),
    ),
    logs: digestOf(LOGS, logsSchema),
  }; // prettier-ignore
  if (readDigest("traffic") !== wanted.traffic) rmSync(DIR, { recursive: true, force: true });
  if (readDigest("traffic") !== wanted.traffic || readDigest("logs") !== wanted.logs) {
    mkdirSync(DATA_DIR, { recursive: true });
    const clickhouse = await startClickHouse("sidelight", DATA_DIR, MAKING_BYTES);
    const { engine, stop } = clickhouse;
    try {
      if (readDigest("traffic") !== wanted.traffic) await make(clickhouse, TRAFFIC, say);
      writeFileSync(digestPath("traffic"), wanted.traffic);
      await engine.command("DROP TABLE IF EXISTS access_log SYNC");
      for (const statement of logsSchema.flatMap(({ statements }) => statements)) await engine.command(statement);
      await make(clickhouse, LOGS, say);
      writeFileSync(digestPath("logs"), wanted.logs);
    } finally {
      await stop();
    }
  }
  return await startClickHouse("sidelight", DATA_DIR);
}

async function make(
  { engine, embedded: { connection } }: ClickHouse,
  parts: readonly Part[],
  say: (text: string) => void,
): Promise<void> {
  for (const { file, rows, together, params } of parts) {
    const startedAt = performance.now();
    const step = Math.floor(STEP_ROWS / together) * together;
    for (let first = 0; first < rows; first += step)
      await insert(connection, textOf(file), { ...params, first, rows: Math.min(step, rows - first) });
    say(`bench data: ${file}, ${rows.toLocaleString("en-US")} rows in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  }
  await untilMerged(engine);
}

/** The product's client gives up after a minute; a busy machine may need more for a step. */
async function insert({ url, username, password }: Connection, statement: string, params: Part["params"]): Promise<void> {
  const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [`param_${name}`, String(value)]));
  query.set("database", "sidelight");
  const headers = { "X-ClickHouse-User": username, "X-ClickHouse-Key": password };
  const answer = await fetch(`${url}/?${query}`, { method: "POST", headers, body: statement });
  const said = await answer.text();
  if (!answer.ok) throw new Error(said.slice(0, 2_000));
}

/** As a database that has run for a while: nothing left to merge at once. */
async function untilMerged(engine: Engine): Promise<void> {
  for (let still = 0; still < 5; ) {
    await sleep(1_000);
    const [{ merges } = { merges: 0 }] = await engine.query<{ merges: number }>(
      "SELECT count() AS merges FROM system.merges",
      {},
    );
    still = merges === 0 ? still + 1 : 0;
  }
}

function textOf(file: string): string {
  return readFileSync(new URL(`${file}.sql`, SQL), "utf8");
}

function digestOf(parts: readonly Part[], schema: readonly { readonly statements: readonly string[] }[]): string {
  const hash = createHash("sha256").update(JSON.stringify(parts));
  for (const { file } of parts) hash.update(meaning(textOf(file)));
  for (const { statements } of schema) hash.update(meaning(statements.join(";")));
  return hash.digest("hex");
}

/** Without comments and layout: another word in a comment is no reason to make all of it anew. */
function meaning(text: string): string {
  return text.replaceAll(/--.*$/gm, "").replaceAll(/\s+/g, " ").trim();
}

const digestPath = (of: string): string => join(DIR, `${of}.digest`);

function readDigest(of: string): string {
  return existsSync(digestPath(of)) ? readFileSync(digestPath(of), "utf8") : "";
}

if (import.meta.main) {
  const clickhouse = await openDataSet(console.log);
  await clickhouse.stop();
}
