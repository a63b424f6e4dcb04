/** Joins, in an ingest process, what decides on rows of the access log (analysis) to what makes them (receivers), once a second. */
import { EntryLogs } from "../receivers/envoy-als/entry-logs.ts";
import type { Peers } from "../receivers/envoy-als/peer.ts";
import type { WorkloadNaming } from "../receivers/envoy-als/workload.ts";
import type { KeptLogs, KeptLogsOptions } from "./analysis/kept-logs.ts";
import type { LogBudgets } from "./analysis/log-rates.ts";
import type { Config } from "./config/schema.ts";
import type { KeptRequests, LogDemand, LogRates } from "./model/ipc.ts";

/** How often kept requests are told around; budgets are decided on once a second. */
export const LOG_TICK_MS = 250;
const TICKS_PER_SECOND = 1_000 / LOG_TICK_MS;

/** Of the node. */
export function logBudgets(config: Config): LogBudgets {
  return { failed: config["accessLog.failedRowsPerSecond"], other: config["accessLog.rowsPerSecond"] };
}

/** Null when both budgets are 0: then nothing of access logs is read, kept or written. */
export function keptLogsOptions(config: Config): KeptLogsOptions | null {
  const budgets = logBudgets(config);
  if (budgets.failed === 0 && budgets.other === 0) return null;
  return { ...budgets, processes: Math.max(1, config["ingest.processes"]) };
}

export class AccessLogs {
  /** Told once a second what was seen, unless the node is at rest, and some times a second what was kept that other processes may have reports of. */
  onDemand: ((demand: LogDemand) => void) | null = null;
  onKept: ((kept: KeptRequests) => void) | null = null;
  readonly entryLogs: EntryLogs;
  readonly #kept: KeptLogs;
  #ticks = 0;
  /** Whether main has anything to decide on. Where nothing comes, nobody is woken to be told so. */
  #isAwake = true;

  constructor(config: Config, kept: KeptLogs, naming: WorkloadNaming, peers: Peers) {
    this.#kept = kept;
    this.entryLogs = new EntryLogs(kept.sampler, kept.rows, naming, peers, {
      queryString: config["accessLog.queryString"],
      redact: config["accessLog.redact"],
      recallBytes: config["accessLog.recallBytes"],
      pathMaxBytes: config["accessLog.pathMaxBytes"],
      textMaxBytes: config["accessLog.textMaxBytes"],
    });
  }

  /** To be called every LOG_TICK_MS. */
  tick(nowMs: number): void {
    this.recall(nowMs);
    const kept = this.#kept.sampler.takeKept();
    if (kept.length > 0) this.onKept?.(kept);
    if (++this.#ticks % TICKS_PER_SECOND !== 0) return;
    this.entryLogs.endSecond();
    const demand = this.#kept.sampler.endSecond();
    if (this.#isAwake || demand.services.length > 0) this.onDemand?.(demand);
  }

  /** Keeps what belongs to requests that are kept: before a hand-over after which nothing else comes. */
  recall(nowMs: number): void {
    this.entryLogs.recall(nowMs);
    this.#kept.resolve();
  }

  take(rates: LogRates): void {
    this.#isAwake = rates.services.length > 0;
    this.#kept.sampler.take(rates);
  }

  keep(kept: KeptRequests): void {
    this.#kept.sampler.keep(kept);
  }

  counters(): Record<string, number> {
    const { sampler } = this.#kept;
    const [failed = 0, slow = 0, rest = 0] = sampler.notKept;
    const { least, most } = sampler.rateRange;
    const { written } = this.entryLogs;
    return {
      logRowsFailed: written[1] as number,
      logRowsSlow: written[2] as number,
      logRowsRest: written[3] as number,
      logRowsContext: written[4] as number,
      logNotKeptFailed: failed,
      logNotKeptSlow: slow,
      logNotKeptRest: rest,
      logContextRefused: sampler.contextRefused,
      logRateLeast: least,
      logRateMost: most,
      logRecallK: this.entryLogs.recallK,
      logUnreadable: this.entryLogs.unreadable,
      logRowsOverflowed: this.entryLogs.rowsOverflowed,
      logTextsCut: this.entryLogs.textsCut,
      logRecallOverflowed: this.entryLogs.recallOverflowed,
      logKeptOverflowed: sampler.keptOverflowed,
      logLatenciesEvicted: this.#kept.latenciesEvicted,
    };
  }
}
