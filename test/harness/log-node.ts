/** The ingest processes of a node, in this one: real decoder, analysis and sampling, time in steps of a second; only sockets and disks
 *  are left out. */
import type { KeptLogs, KeptLogsOptions } from "../../oap/analysis/kept-logs.ts";
import { type LogBudgets, LogRates } from "../../oap/analysis/log-rates.ts";
import { Pipeline } from "../../oap/analysis/pipeline.ts";
import { SCHEMA } from "../../oap/config/schema.ts";
import { identifierMessage, type Pod } from "../../oap/demo/mesh.ts";
import type { DeltaBlock } from "../../oap/model/batch.ts";
import type { ByteColumn } from "../../oap/model/byte-column.ts";
import { EntryLogs } from "../../receivers/envoy-als/entry-logs.ts";
import { Peers } from "../../receivers/envoy-als/peer.ts";
import { AlsStream, type StreamContext, StreamDecoder } from "../../receivers/envoy-als/stream.ts";
import { StreamBytes } from "../../receivers/envoy-als/stream-bytes.ts";
import { WorkloadNaming } from "../../receivers/envoy-als/workload.ts";
import { Proxies } from "../../receivers/proxies.ts";
import { ReceiverCounters } from "../../receivers/receiver.ts";
import { PEER_LIMITS, PIPELINE_OPTIONS, PROXIES_MAX, STREAMS_MAX, TEXT_LIMITS } from "../builders/limits.ts";

export interface KeptRow {
  readonly requestId: string;
  readonly service: string;
  readonly kind: string;
  readonly kept: number;
  readonly weight: number;
}

class Process {
  readonly logs: KeptLogs;
  readonly entryLogs: EntryLogs;
  readonly pipeline: Pipeline;
  readonly #decoder: StreamDecoder;
  readonly #context: StreamContext;
  readonly #streams = new Map<Pod, AlsStream>();

  constructor(options: KeptLogsOptions, clock: { now(): number }, onRows: (rows: KeptRow[]) => void) {
    this.pipeline = new Pipeline(
      { ...PIPELINE_OPTIONS, accessLog: options },
      {
        append: async ({ blocks }) => {
          const block = blocks.find(({ table }) => table === "access_log");
          if (block !== undefined) onRows(rowsOf(block));
        },
      },
    );
    this.logs = this.pipeline.logs as KeptLogs;
    const naming = new WorkloadNaming(this.pipeline.names, {
      service: SCHEMA["names.service"].default,
      instance: SCHEMA["names.instance"].default,
      serviceMaxBytes: 255,
      instanceMaxBytes: 255,
    });
    const peers = new Peers(naming, PEER_LIMITS);
    this.entryLogs = new EntryLogs(this.logs.sampler, this.logs.rows, naming, peers, {
      ...TEXT_LIMITS,
      queryString: false,
      redact: [],
      recallBytes: 64 << 20,
    });
    const [counters, proxies] = [new ReceiverCounters(), new Proxies(clock, PROXIES_MAX)];
    const streamBytes = new StreamBytes(STREAMS_MAX);
    this.#context = { naming, peers, streamBytes, proxies, counters, sink: this.pipeline, clock, logs: this.entryLogs };
    this.#decoder = new StreamDecoder(this.#context);
  }

  message(pod: Pod, bytes: Buffer): void {
    let stream = this.#streams.get(pod);
    if (stream === undefined) {
      stream = new AlsStream(this.#context.proxies);
      this.#streams.set(pod, stream);
      this.#decoder.message(identifierMessage(pod, "http"), stream);
    }
    this.#decoder.message(bytes, stream);
  }
}

function rowsOf({ rows, columns }: DeltaBlock): KeptRow[] {
  const column = (name: string) => columns.find((one) => one.name === name);
  const values = (name: string) => (column(name) as { values: ArrayLike<unknown> }).values;
  const { bytes, ends } = (column("request_id") as { texts: ByteColumn }).texts;
  return Array.from({ length: rows }, (_, i) => ({
    requestId: bytes.toString("latin1", i === 0 ? 0 : ends[i - 1], ends[i]),
    service: values("service")[i] as string,
    kind: values("kind")[i] as string,
    kept: values("kept")[i] as number,
    weight: values("weight")[i] as number,
  }));
}

export class LogNode {
  readonly rows: KeptRow[] = [];
  /** Rows handed over by the second. */
  readonly rowsBySecond: number[] = [];
  readonly processes: Process[];
  readonly #rates: LogRates;
  #now: number;

  constructor(processes: number, budgets: LogBudgets, startMs: number) {
    this.#now = startMs;
    this.#rates = new LogRates(budgets);
    const clock = { now: () => this.#now };
    this.processes = Array.from(
      { length: processes },
      () => new Process({ ...budgets, processes }, clock, (rows) => void this.rows.push(...rows)),
    );
  }

  /** Passes a quarter of a second, as every process does. */
  tick(): void {
    this.#now += 250;
    this.processes.forEach((process, from) => {
      process.entryLogs.recall(this.#now);
      const kept = process.logs.sampler.takeKept();
      this.processes.forEach((other, to) => {
        if (to !== from) other.logs.sampler.keep(kept);
      });
    });
  }

  /** Ends a second, as every process and main do. */
  async second(): Promise<void> {
    const before = this.rows.length;
    this.processes.forEach((process, from) => {
      process.entryLogs.endSecond();
      this.#rates.tell(from, process.logs.sampler.endSecond(), this.#now);
    });
    for (const [to, rates] of this.#rates.next(this.#now)) this.processes[to]?.logs.sampler.take(rates);
    for (const { pipeline } of this.processes) await pipeline.handOver(this.#now, false);
    this.rowsBySecond.push(this.rows.length - before);
  }
}
