/** The process of a ClickHouse server for tests: argument 2 is the path of the library, argument 3 JSON of its command line. */
import { DataType, load, open } from "ffi-rs";

const [, , library = "", line = "[]"] = process.argv;
const args = JSON.parse(line) as string[];
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
open({ library: "clickhouse", path: library });
void load({
  library: "clickhouse",
  funcName: "chdb_query_cmdline",
  retType: DataType.I32,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
  runInNewThread: true,
});
