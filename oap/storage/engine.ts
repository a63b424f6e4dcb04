/** The only user of @clickhouse/client: statements, inserts and questions over HTTP, to the embedded ClickHouse and to a
 *  server alike. Settings are part of the statement, never of the client. */
import { Readable } from "node:stream";
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { StorageError } from "../model/errors.ts";
import type { SqlReader } from "../model/ports.ts";
import type { Connection } from "./embedded.ts";

export interface EngineOptions {
  readonly connection: Connection;
  readonly database: string;
}

/** Errors of ClickHouse after which the same statement can succeed: it was busy, full, away or being stopped. */
const RETRYABLE = new Set([
  60, 81, 159, 160, 202, 209, 210, 236, 241, 242, 243, 252, 279, 319, 394, 425, 439, 499, 516, 999, 1000, 1001, 1002,
]);

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
  #url = "";
  #client: ClickHouseClient | null = null;

  constructor({ connection, database }: EngineOptions) {
    this.database = database;
    this.#connection = connection;
  }

  /** A statement without an answer. @throws StorageError */
  async command(statement: string, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await translated(this.#connected().command({ query: statement, query_params: { ...params } }));
  }

  async query<Row>(sql: string, params: Readonly<Record<string, unknown>>): Promise<Row[]> {
    this.queries++;
    const read = async (): Promise<Row[]> => {
      const answer = await this.#connected().query({
        query: `${sql}\n${READ_SETTINGS}`,
        query_params: { ...params },
        format: "JSONEachRow",
      });
      return await answer.json<Row>();
    };
    return await translated(read());
  }

  /** Inserts Native blocks. The same token twice counts once, in the table and in its roll-ups.
   *  @throws StorageError; not retryable when ClickHouse refused the content. */
  async insert(table: string, columns: readonly string[], native: Buffer | Readable, token: string): Promise<void> {
    const names = columns.map(quoteName).join(", ");
    const settings = `insert_deduplication_token = ${quoteText(token)}, ${INSERT_SETTINGS}`;
    const query = `INSERT INTO ${quoteName(table)} (${names}) SETTINGS ${settings} FORMAT Native`;
    const values = Buffer.isBuffer(native) ? Readable.from([native], { objectMode: false }) : native;
    await translated(
      this.#connected()
        .exec({ query, values })
        .then(({ stream }) => drained(stream)),
    );
  }

  async ping(): Promise<boolean> {
    const { success } = await this.#connected().ping({ select: true });
    return success;
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  /** The client of the connection's present address: the embedded ClickHouse can come back on another port. */
  #connected(): ClickHouseClient {
    const { url, username, password } = this.#connection;
    if (this.#client !== null && this.#url === url) return this.#client;
    void this.#client?.close();
    this.#url = url;
    const log = { level: ClickHouseLogLevel.OFF };
    const keep_alive = { enabled: true, idle_socket_ttl: 2_000 };
    const { database } = this;
    this.#client = createClient({ url, username, password, database, log, keep_alive, request_timeout: REQUEST_TIMEOUT_MS });
    return this.#client;
  }
}

async function drained(stream: Readable): Promise<void> {
  for await (const _ of stream);
}

async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const code = cause instanceof ClickHouseError ? Number(cause.code) : null;
    const message = (cause as Error).message.slice(0, 2_000);
    throw new StorageError(`ClickHouse: ${message}`, {
      retryable: code === null || RETRYABLE.has(code),
      clickhouseCode: code,
      cause,
    });
  }
}

function quoteName(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
