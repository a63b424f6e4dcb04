/** Rows of the access log between receivers and hand-over: which entries are kept, and the kept ones until they are handed over. */
import type { DeltaBlock } from "../model/batch.ts";
import { LogRows } from "../model/log-rows.ts";
import type { EndpointNames } from "./endpoint-name.ts";
import { accessLogBlock, resolveEndpoints } from "./log-block.ts";
import type { LogBudgets } from "./log-rates.ts";
import { LogSampler } from "./log-sampler.ts";
import type { WorkloadNames } from "./names.ts";
import { RecentLatency } from "./recent-latency.ts";

export interface KeptLogsOptions extends LogBudgets {
  /** Ingest processes of the node: each has its share of the budgets before its needs are known. */
  readonly processes: number;
}

/** Rows that may wait for a hand-over, in seconds of both budgets, and their bytes; what comes then is not kept. */
const SECONDS_MAX = 8;
const ROWS_MIN = 10_000;
const BYTES_MAX = 64 << 20;

export class KeptLogs {
  readonly rows: LogRows;
  readonly sampler: LogSampler;
  readonly #latency: RecentLatency;
  readonly #maxAgeMs: number;
  readonly #names: WorkloadNames;
  readonly #endpoints: EndpointNames;
  #resolved = 0;

  constructor(
    options: KeptLogsOptions,
    { maxAgeMs, servicesMax }: { readonly maxAgeMs: number; readonly servicesMax: number },
    names: WorkloadNames,
    endpoints: EndpointNames,
  ) {
    this.#maxAgeMs = maxAgeMs;
    this.#names = names;
    this.#endpoints = endpoints;
    const rowsMax = Math.max(ROWS_MIN, SECONDS_MAX * (options.failed + options.other));
    this.rows = new LogRows({ rowsMax, bytesMax: BYTES_MAX });
    this.#latency = new RecentLatency((name) => names.serviceId(name), servicesMax);
    this.sampler = new LogSampler(options, 1 / options.processes, names, this.#latency);
  }

  /** Services, by side, whose latencies were forgotten for others'. */
  get latenciesEvicted(): number {
    return this.#latency.evictions;
  }

  /** Names the endpoints of what was kept since the last call. */
  resolve(): void {
    resolveEndpoints(this.rows, this.#resolved, this.#names, this.#endpoints);
    this.#resolved = this.rows.length;
  }

  /** The rows to hand over, null when there are none; `traffic`: the sums that are handed over with them, to learn what is slow. */
  block(traffic: DeltaBlock | null): DeltaBlock | null {
    if (traffic !== null) this.#latency.learn(traffic);
    return accessLogBlock(this.rows, this.#names, this.#endpoints, this.#maxAgeMs);
  }

  /** To be called when they are handed over. */
  clear(): void {
    this.rows.clear();
    this.#resolved = 0;
  }
}
