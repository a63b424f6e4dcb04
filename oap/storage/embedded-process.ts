/** The process of the embedded ClickHouse: calls the library's `clickhouse local` with a listening HTTP port and stays until
 *  its waiting statement is killed. Forked by embedded.ts; argument 2 is JSON of EmbeddedArguments. */
import { DataType, load, open } from "ffi-rs";

export interface EmbeddedArguments {
  readonly library: string;
  readonly dataPath: string;
  readonly configPath: string;
  readonly httpPort: number;
  /** A statement that only this process runs; killing it ends the process. */
  readonly waitStatement: string;
}

const { library, dataPath, configPath, httpPort, waitStatement } = JSON.parse(process.argv[2] ?? "") as EmbeddedArguments;

// Signals to the process group are the supervisor's business; without a parent there is nobody to answer to. Everything
// inserted so far survives SIGKILL, and process.exit would hang while the library's call runs.
process.on("SIGTERM", () => {});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

const line = [
  "clickhouse",
  `--path=${dataPath}`,
  `--http_port=${httpPort}`,
  "--listen_host=127.0.0.1",
  `--config-file=${configPath}`,
  `--query=SYSTEM START LISTEN HTTP; ${waitStatement}`,
];
open({ library: "clickhouse", path: library });
// In a thread of its own, so that the event loop lives and sees the parent go.
const ended = load({
  library: "clickhouse",
  funcName: "chdb_query_cmdline",
  retType: DataType.I32,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [line.length, line],
  runInNewThread: true,
}) as unknown as Promise<number>;
ended.finally(() => process.kill(process.pid, "SIGKILL"));
