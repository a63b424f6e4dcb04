/** The HTTP listener on a real ClickHouse, with rows as the writer would leave them, and a clock of its own. */

import { COLUMNS, type Column, type Scope } from "../../oap/catalog/columns.ts";
import { bucketOf } from "../../oap/model/histogram.ts";
import type { NodeReader, SetupReader, StorageReader } from "../../oap/model/ports.ts";
import { HttpServer } from "../../query/server.ts";
import { REQUEST_LIMITS } from "../builders/limits.ts";
import { READY_NODE } from "../builders/node.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { storageOf } from "../builders/storage-reader.ts";
import { KEEP_ALL, startClickHouse } from "../harness/clickhouse.ts";

export interface TrafficRow extends Partial<Record<Column, number>> {
  readonly scope: Scope;
  /** UTC, yyyy-mm-dd hh:mm:ss. */
  readonly minute: string;
  readonly service: string;
  readonly normal?: number;
  readonly instance?: string;
  readonly endpoint?: string;
  readonly dest_service?: string;
  readonly dest_normal?: number;
  readonly dest_instance?: string;
  readonly detect_point?: "client" | "server";
  /** One entry per timed call, ms. */
  readonly latencies?: readonly number[];
}

const NO_SETUP: SetupReader = {
  listeners: async () => [],
  proxies: async () => [],
  problems: async () => [],
  server: async () => QUIET_SERVER,
};

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

export async function startQuery(options: {
  readonly now: string;
  readonly setup?: SetupReader;
  readonly node?: NodeReader;
  readonly storage?: Partial<StorageReader>;
  readonly uiDir?: string;
}) {
  const clickhouse = await startClickHouse();
  const { engine } = clickhouse;
  const clock = { nowMs: Date.parse(options.now), now: () => clock.nowMs };
  const failures: string[] = [];
  const http = new HttpServer({
    sql: engine,
    clock,
    setup: options.setup ?? NO_SETUP,
    retention: KEEP_ALL,
    storage: storageOf(engine, options.storage),
    limits: REQUEST_LIMITS,
    connectionsMax: 1_000,
    node: options.node ?? READY_NODE,
    metrics: async () => "sidelight_up 1",
    onError: (message, detail) => failures.push(`${message} ${JSON.stringify(detail)}`),
    ...(options.uiDir === undefined ? {} : { uiDir: options.uiDir }),
  });
  const port = await http.listen("127.0.0.1", 0);
  const url = `http://127.0.0.1:${port}`;

  const insert = async (table: string, rows: readonly object[]): Promise<void> => {
    const lines = rows.map((row) => JSON.stringify(row)).join("\n");
    await engine.command(`INSERT INTO ${table} SETTINGS async_insert = 0 FORMAT JSONEachRow\n${lines}`);
  };
  const gql = async (query: string, variables: object = {}): Promise<Answer> => {
    const body = JSON.stringify({ query, variables });
    const answer = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body });
    return (await answer.json()) as Answer;
  };
  return {
    engine,
    http,
    url,
    clock,
    failures,
    gql,
    insert,
    traffic: (...rows: TrafficRow[]) => insert("traffic_minute", rows.map(stored)),
    close: async () => {
      await http.stop();
      await clickhouse.close();
    },
  };
}

export type Query = Awaited<ReturnType<typeof startQuery>>;

/** A stored row: latencies become sums, counts and the histogram, as analysis counts them. */
function stored({ latencies = [], ...row }: TrafficRow): object {
  const histogram: Record<string, number> = {};
  for (const ms of latencies) {
    const bucket = bucketOf(ms * 1_000);
    histogram[bucket] = (histogram[bucket] ?? 0) + 1;
  }
  const sum = latencies.reduce((total, ms) => total + ms, 0);
  const timed = latencies.length;
  const sums = Object.fromEntries(COLUMNS.map((column) => [column, row[column] ?? 0]));
  return {
    normal: 1,
    instance: "",
    endpoint: "",
    dest_service: "",
    dest_normal: row.dest_service === undefined ? 0 : 1,
    dest_instance: "",
    detect_point: "",
    ...sums,
    ...(timed === 0 ? {} : { timed, latency_us: sum * 1_000, latency_ms: sum, calls: row.calls ?? timed }),
    ...row,
    latency_histogram: histogram,
  };
}
