/** The line from bytes to slots as an ingest process has it, with a sink that only counts the calls of services. */

import { Pipeline } from "../../oap/analysis/pipeline.ts";
import { SCHEMA } from "../../oap/config/schema.ts";
import type { Delta } from "../../oap/model/batch.ts";
import { Peers } from "../../receivers/envoy-als/peer.ts";
import type { StreamContext } from "../../receivers/envoy-als/stream.ts";
import { StreamBytes } from "../../receivers/envoy-als/stream-bytes.ts";
import { WorkloadNaming } from "../../receivers/envoy-als/workload.ts";
import { Proxies } from "../../receivers/proxies.ts";
import { ReceiverCounters } from "../../receivers/receiver.ts";
import { PEER_LIMITS, PIPELINE_OPTIONS, PROXIES_MAX, STREAMS_MAX } from "../builders/limits.ts";

export class BenchLine {
  /** Calls of services handed over. */
  stored = 0;
  readonly pipeline: Pipeline;
  readonly context: StreamContext;

  constructor() {
    const clock = { now: () => Date.now() };
    this.pipeline = new Pipeline(PIPELINE_OPTIONS, { append: async (delta) => this.#count(delta) });
    const naming = new WorkloadNaming(this.pipeline.names, {
      service: SCHEMA["names.service"].default,
      instance: SCHEMA["names.instance"].default,
      serviceMaxBytes: 255,
      instanceMaxBytes: 255,
    }); // prettier-ignore
    this.context = {
      naming,
      peers: new Peers(naming, PEER_LIMITS),
      streamBytes: new StreamBytes(STREAMS_MAX),
      proxies: new Proxies(clock, PROXIES_MAX),
      counters: new ReceiverCounters(),
      sink: this.pipeline,
      clock,
    };
  }

  #count({ blocks }: Delta): void {
    const block = blocks.find(({ table }) => table === "traffic_minute");
    const scopes = block?.columns.find(({ name }) => name === "scope") as { values: readonly string[] } | undefined;
    const calls = block?.columns.find(({ name }) => name === "calls") as { values: ArrayLike<number> } | undefined;
    for (let row = 0; row < (block?.rows ?? 0); row++)
      if (scopes?.values[row] === "service") this.stored += calls?.values[row] ?? 0;
  }
}
