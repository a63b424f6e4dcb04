/** The server of grpc-to-slot.ts in a process of its own: gRPC to slots, handed over once a second to nobody. Told over IPC to `begin`
 *  measuring, and to `report`. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { LOG_TICK_MS } from "../../oap/access-logs.ts";
import { SCHEMA } from "../../oap/config/schema.ts";
import { EnvoyAls } from "../../receivers/envoy-als/service.ts";
import { GrpcServer } from "../../receivers/grpc-server.ts";
import { BenchLine } from "./line.ts";

/** Set: the default budgets of the access log. */
const ACCESS_LOG = "BENCH_ACCESS_LOG";

export interface GrpcReport {
  readonly cpuSeconds: number;
  readonly stored: number;
  /** Rows of the access log. */
  readonly logRows: number;
  readonly loopDelayP99Ms: number;
  readonly rssBytes: number;
}

const budgets = { failed: SCHEMA["accessLog.failedRowsPerSecond"].default, other: SCHEMA["accessLog.rowsPerSecond"].default };
const line = new BenchLine(process.env[ACCESS_LOG] === undefined ? null : budgets);
const server = new GrpcServer(
  { maxMessageBytes: 50 << 20, streamMaxAgeMs: 3_600_000, memoryMaxBytes: 2 ** 31, streamsMax: 10_000 },
  [new EnvoyAls(line.context)],
);
const delay = monitorEventLoopDelay({ resolution: 1 });
let before = process.cpuUsage();
const handOver = (all: boolean): Promise<void> => line.pipeline.handOver(Date.now(), all);
setInterval(() => line.tick(Date.now()), LOG_TICK_MS);
setInterval(() => {
  line.second(Date.now());
  void handOver(false);
}, 1_000);

process.on("message", (what: string) => {
  void (async () => {
    if (what === "begin") {
      await handOver(true);
      line.stored = line.logRows = 0;
      delay.enable();
      delay.reset();
      before = process.cpuUsage();
      process.send?.("begun");
      return;
    }
    await handOver(true);
    const { user, system } = process.cpuUsage(before);
    const report: GrpcReport = {
      cpuSeconds: (user + system) / 1e6,
      stored: line.stored,
      logRows: line.logRows,
      loopDelayP99Ms: delay.percentile(99) / 1e6,
      rssBytes: process.memoryUsage.rss(),
    };
    process.send?.(report);
  })();
});
process.send?.(await server.listen("127.0.0.1", 0));
