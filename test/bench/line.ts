/** The line from bytes to slots as an ingest process has it, with a sink that only counts the calls of services. */

import { type LogBudgets, LogRates } from "../../oap/analysis/log-rates.ts";
import { Pipeline } from "../../oap/analysis/pipeline.ts";
import { SCHEMA } from "../../oap/config/schema.ts";
import type { Delta, DeltaBlock } from "../../oap/model/batch.ts";
import { EntryLogs } from "../../receivers/envoy-als/entry-logs.ts";
import { Peers } from "../../receivers/envoy-als/peer.ts";
import type { StreamContext } from "../../receivers/envoy-als/stream.ts";
import { StreamBytes } from "../../receivers/envoy-als/stream-bytes.ts";
import { WorkloadNaming } from "../../receivers/envoy-als/workload.ts";
import { Proxies } from "../../receivers/proxies.ts";
import { ReceiverCounters } from "../../receivers/receiver.ts";
import { PEER_LIMITS, PIPELINE_OPTIONS, PROXIES_MAX, STREAMS_MAX, TEXT_LIMITS } from "../builders/limits.ts";

export class BenchLine {
  /** Calls of services handed over. */
  stored = 0;
  /** Rows of the access log handed over. */
  logRows = 0;
  readonly pipeline: Pipeline;
  readonly context: StreamContext;
  readonly #rates: LogRates;
  readonly #taken: (traffic: DeltaBlock) => void;

  /** `budgets`: of the access log; null: none is kept. `taken` gets the rows of traffic_minute. */
  constructor(budgets: LogBudgets | null = null, taken: (traffic: DeltaBlock) => void = () => {}) {
    this.#taken = taken;
    const clock = { now: () => Date.now() };
    const accessLog = budgets === null ? null : { ...budgets, processes: 1 };
    this.pipeline = new Pipeline({ ...PIPELINE_OPTIONS, accessLog }, { append: async (delta) => this.#count(delta) });
    this.#rates = new LogRates(budgets ?? { failed: 0, other: 0 });
    const naming = new WorkloadNaming(this.pipeline.names, {
      service: SCHEMA["names.service"].default,
      instance: SCHEMA["names.instance"].default,
      serviceMaxBytes: 255,
      instanceMaxBytes: 255,
    }); // prettier-ignore
    const peers = new Peers(naming, PEER_LIMITS);
    const { logs } = this.pipeline;
    this.context = {
      naming,
      peers,
      logs:
        logs === null
          ? null
          : new EntryLogs(logs.sampler, logs.rows, naming, peers, {
              ...TEXT_LIMITS,
              queryString: SCHEMA["accessLog.queryString"].default,
              redact: SCHEMA["accessLog.redact"].default,
              recallBytes: SCHEMA["accessLog.recallBytes"].default,
            }),
      streamBytes: new StreamBytes(STREAMS_MAX),
      proxies: new Proxies(clock, PROXIES_MAX),
      counters: new ReceiverCounters(),
      sink: this.pipeline,
      clock,
    };
  }

  /** What a process does some times a second about the access log, and what it and main do once a second. */
  tick(nowMs: number): void {
    this.context.logs?.recall(nowMs);
    this.pipeline.logs?.sampler.takeKept();
  }

  second(nowMs: number): void {
    const { logs } = this.pipeline;
    if (logs === null) return;
    this.context.logs?.endSecond();
    this.#rates.tell(0, logs.sampler.endSecond(), nowMs);
    for (const rates of this.#rates.next(nowMs).values()) logs.sampler.take(rates);
  }

  #count({ blocks }: Delta): void {
    const block = blocks.find(({ table }) => table === "traffic_minute");
    if (block !== undefined) this.#taken(block);
    this.logRows += blocks.find(({ table }) => table === "access_log")?.rows ?? 0;
    const scopes = block?.columns.find(({ name }) => name === "scope") as { values: readonly string[] } | undefined;
    const calls = block?.columns.find(({ name }) => name === "calls") as { values: ArrayLike<number> } | undefined;
    for (let row = 0; row < (block?.rows ?? 0); row++)
      if (scopes?.values[row] === "service") this.stored += calls?.values[row] ?? 0;
  }
}
