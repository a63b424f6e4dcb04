/** The only user of @clickhouse/client: statements, inserts and questions over HTTP, to the embedded ClickHouse and to a
 *  server alike. Settings are part of the statement, never of the client. */
import { Agent } from "node:https";
import { Readable } from "node:stream";
import { rootCertificates } from "node:tls";
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
} from "@clickhouse/client";
import { StorageError } from "../model/errors.ts";
import type { SqlReader } from "../model/ports.ts";
import type { Connection, Tls } from "./connection.ts";

export interface EngineOptions {
  readonly connection: Connection;
  readonly database: string;
  /** Follows the name of every table on this host; "" but in a cluster, where the plain name is the Distributed table's. */
  readonly localSuffix?: string;
  /** Settings of a question besides READ_SETTINGS: `name = value, ...`. */
  readonly readSettings?: string;
  /** How long an answer may take, connecting included; REQUEST_TIMEOUT_MS when not given. */
  readonly requestTimeoutMs?: number;
}

/** Errors of ClickHouse after which the same statement can succeed: it was busy, full, away or being stopped. */
const RETRYABLE = new Set([
  60, 81, 159, 160, 202, 209, 210, 236, 241, 242, 243, 252, 279, 319, 394, 425, 439, 499, 516, 517, 999, 1000, 1001, 1002,
]);

/** The server was not reached, has no schema yet (UNKNOWN_TABLE, UNKNOWN_DATABASE) or has lost Keeper (TABLE_IS_READ_ONLY): another
 *  one may do. */
const ELSEWHERE = new Set([null, 60, 81, 242]);

const REQUEST_TIMEOUT_MS = 60_000;
/** What a question may cost; an abort on our side would not stop it. UInt64 come as numbers: sums stay below 2^53. */
const READ_SETTINGS =
  "SETTINGS max_execution_time = 20, max_memory_usage = 1000000000, max_rows_to_read = 1000000000, max_result_rows = 1000000, output_format_json_quote_64bit_integers = 0";
/** One block whatever the user's profile says: a token is of a block, and a batch that came apart in two ways would count twice. */
const ONE_BLOCK = "min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0, max_insert_threads = 1";
const INSERT_SETTINGS = `${ONE_BLOCK}, async_insert = 0, max_partitions_per_insert_block = 0, deduplicate_blocks_in_dependent_materialized_views = 1, max_execution_time = 60`;

export class Engine implements SqlReader {
  readonly database: string;
  /** Statements sent since the start, for tests that count them. */
  queries = 0;
  readonly #connection: Connection;
  readonly #localSuffix: string;
  readonly #readSettings: string;
  readonly #requestTimeoutMs: number;
  #url = "";
  #client: ClickHouseClient | null = null;

  constructor({ connection, database, localSuffix = "", readSettings, requestTimeoutMs }: EngineOptions) {
    this.database = database;
    this.#connection = connection;
    this.#localSuffix = localSuffix;
    this.#requestTimeoutMs = requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#readSettings = readSettings === undefined ? READ_SETTINGS : `${READ_SETTINGS}, ${readSettings}`;
  }

  /** The table that holds this host's own rows of `table`: to alter, to insert into, to measure. */
  local(table: string): string {
    return table + this.#localSuffix;
  }

  /** A statement without an answer. @throws StorageError */
  async command(statement: string, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#translated(this.#connected().command({ query: statement, query_params: { ...params } }));
  }

  async query<Row>(sql: string, params: Readonly<Record<string, unknown>>): Promise<Row[]> {
    this.queries++;
    const read = async (): Promise<Row[]> => {
      const answer = await this.#connected().query({
        query: `${sql}\n${this.#readSettings}`,
        query_params: { ...params },
        format: "JSONColumnsWithMetadata",
      });
      return rowsOf<Row>((await answer.json()) as unknown as Columnar);
    };
    return await this.#translated(read());
  }

  /** Inserts Native blocks into this host's part of a table. The same token twice counts once, in the table and in its roll-ups.
   *  @throws StorageError; not retryable when ClickHouse refused the content. */
  async insert(table: string, columns: readonly string[], native: Buffer | Readable, token: string): Promise<void> {
    const names = columns.map(quoteName).join(", ");
    const settings = `insert_deduplication_token = ${quoteText(token)}, ${INSERT_SETTINGS}`;
    const query = `INSERT INTO ${quoteName(this.local(table))} (${names}) SETTINGS ${settings} FORMAT Native`;
    const values = Buffer.isBuffer(native) ? Readable.from([native], { objectMode: false }) : native;
    await this.#translated(
      this.#connected()
        .exec({ query, values })
        .then(({ stream }) => drained(stream)),
    );
  }

  /** One small insert: of several with the same token, from anywhere, one is taken. `into`: table and columns. @throws StorageError */
  async insertOnce(into: string, values: string, params: Readonly<Record<string, unknown>>, token: string): Promise<void> {
    const settings = `insert_deduplication_token = ${quoteText(token)}, ${INSERT_SETTINGS}`;
    await this.command(`INSERT INTO ${into} SETTINGS ${settings} VALUES ${values}`, params);
  }

  /** Whether it answers at all: without a statement, which would be the most of what an idle product costs. */
  async ping(): Promise<boolean> {
    const { success } = await this.#connected().ping({ select: false });
    return success;
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  /** The client of the connection's present address: the embedded ClickHouse can come back on another port. */
  #connected(): ClickHouseClient {
    const { url } = this.#connection;
    if (this.#client !== null && this.#url === url) return this.#client;
    void this.#client?.close();
    this.#url = url;
    const request_timeout = this.#requestTimeoutMs;
    this.#client = createClient({ ...clientOptions(this.#connection), database: this.database, request_timeout });
    return this.#client;
  }

  async #translated<T>(answer: Promise<T>): Promise<T> {
    const url = this.#url;
    try {
      return await answer;
    } catch (cause) {
      const error = storageError(cause);
      if (ELSEWHERE.has(error.clickhouseCode)) this.#connection.moveOn?.(url);
      throw error;
    }
  }
}

function clientOptions({ url, username, password, tls, compression = "off" }: Connection): ClickHouseClientConfigOptions {
  const both = compression === "both";
  return {
    url,
    username,
    password,
    log: { level: ClickHouseLogLevel.OFF },
    keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
    compression: { request: both || compression === "request", response: both || compression === "response" },
    ...(tls === undefined || !url.startsWith("https:") ? {} : secured(tls, password)),
  };
}

interface Columnar {
  readonly data: Readonly<Record<string, readonly unknown[]>>;
  readonly rows: number;
}

/** Columns -> rows. An answer of 10,000 rows comes as columns in half the time on both sides: names stand in it once, and it is
 *  parsed at one go. */
function rowsOf<Row>({ data, rows }: Columnar): Row[] {
  const columns = Object.entries(data);
  // All rows are copies of one, so that they share their shape.
  const empty: Record<string, unknown> = Object.fromEntries(columns.map(([name]) => [name, null]));
  const made = Array.from({ length: rows }, () => ({ ...empty }));
  for (const [name, values] of columns) for (let i = 0; i < rows; i++) (made[i] as Record<string, unknown>)[name] = values[i];
  return made as Row[];
}

async function drained(stream: Readable): Promise<void> {
  for await (const _ of stream);
}

/** A client certificate alone stands for the password; with a password it only opens the connection, which takes an agent of ours:
 *  the client would ask the server to take the certificate for the password. */
function secured({ caCert: ca, cert, key }: Tls, password: string): ClickHouseClientConfigOptions {
  if (cert === undefined || key === undefined || password !== "") {
    return { http_agent: new Agent({ keepAlive: true, ca, cert, key }) };
  }
  return { tls: { ca_cert: ca ?? Buffer.from(rootCertificates.join("\n")), cert, key } };
}

function storageError(cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const code = cause instanceof ClickHouseError ? Number(cause.code) : null;
  const message = ((cause as Error).message || String((cause as { code?: string }).code)).slice(0, 2_000);
  return new StorageError(`ClickHouse: ${message}`, {
    retryable: code === null || RETRYABLE.has(code),
    clickhouseCode: code,
    cause,
  });
}

function quoteName(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
