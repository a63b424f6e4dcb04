/** The product's query server on the bench's data set, in a process of its own. Argument 2: JSON of BenchServer. Tells its port over IPC. */
import type { SetupReader } from "../../oap/model/ports.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { HttpServer } from "../../query/server.ts";
import { REQUEST_LIMITS } from "../builders/limits.ts";
import { READY_NODE } from "../builders/node.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { storageOf } from "../builders/storage-reader.ts";
import { KEEP_ALL } from "../harness/clickhouse.ts";

export interface BenchServer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly nowMs: number;
}

const { url, username, password, nowMs } = JSON.parse(process.argv[2] ?? "") as BenchServer;
const setup: SetupReader = {
  listeners: async () => [],
  proxies: async () => [],
  problems: async () => [],
  server: async () => QUIET_SERVER,
};
const sql = new Engine({ connection: { url, username, password }, database: "sidelight" });
const http = new HttpServer({
  sql,
  clock: { now: () => nowMs },
  setup,
  retention: { ...KEEP_ALL, ttl: "on" },
  storage: storageOf(sql),
  limits: REQUEST_LIMITS,
  connectionsMax: 1_000,
  node: READY_NODE,
  metrics: async () => "",
  onError: (message, detail) => console.error(message, detail),
});
process.on("disconnect", () => process.exit());
process.send?.(await http.listen("127.0.0.1", 0));
