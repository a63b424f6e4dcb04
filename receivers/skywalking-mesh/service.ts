/** SkyWalking's own mesh protocol: records that another analyser already made of access logs. */
import { EntryBatch } from "../../oap/model/batch.ts";
import { DecodeError } from "../../oap/model/errors.ts";
import type { BatchSink, Clock } from "../../oap/model/ports.ts";
import { expectType, LENGTH, Wire } from "../decode/wire.ts";
import type { Proxies, ProxyState } from "../proxies.ts";
import type { RawStream, StreamHost } from "../raw-stream.ts";
import type { Receiver, ReceiverCounters } from "../receiver.ts";
import { addMeshRecord, type MeshNaming } from "./record.ts";

export interface MeshContext {
  readonly naming: MeshNaming;
  readonly proxies: Proxies;
  readonly counters: ReceiverCounters;
  readonly sink: BatchSink;
  readonly clock: Clock;
}

const METHOD_PATH = "/skywalking.v3.ServiceMeshMetricService/collect";
/** These senders carry no node: they share one line on the setup page. */
const SENDER = "SkyWalking mesh protocol";
const HTTP_METRICS = 1;

export class SkyWalkingMesh implements Receiver {
  readonly #context: MeshContext;
  readonly #wire = new Wire();
  readonly #batch = new EntryBatch();

  constructor(context: MeshContext) {
    this.#context = context;
  }

  mount(host: StreamHost): void {
    host.serve(METHOD_PATH, () => this.#open());
  }

  #open(): RawStream {
    const { proxies, counters } = this.#context;
    const proxy = proxies.connected(SENDER);
    counters.streamsOpened++;
    return {
      message: (bytes) => this.message(bytes, proxy),
      closed: () => proxies.disconnected(proxy),
    };
  }

  /** Reads one ServiceMeshMetrics; its rows are with the sink when it returns. Never throws for bad bytes. */
  message(bytes: Buffer, proxy: ProxyState): void {
    const { counters, clock, sink } = this.#context;
    const now = clock.now();
    const before = counters.entries;
    counters.messages++;
    counters.bytes += bytes.length;
    this.#batch.clear(now);
    try {
      this.#fields(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      counters.refuse(`message_${error.reason}`);
    }
    if (this.#batch.length > 0) sink.add(this.#batch);
    counters.reports += this.#batch.length;
    counters.clockSkewed += this.#batch.clockSkewed;
    proxy.reports += this.#batch.length;
    proxy.clockSkewed += this.#batch.clockSkewed;
    proxy.received(counters.entries - before, now);
  }

  /** ServiceMeshMetrics: HTTPServiceMeshMetrics or TCPServiceMeshMetrics, each a list of records. */
  #fields(bytes: Buffer): void {
    const wire = this.#wire;
    wire.reset(bytes);
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      if (tag >>> 3 > 2) {
        wire.skip(tag);
        continue;
      }
      expectType(tag, LENGTH);
      const outer = wire.enter();
      while (wire.at < wire.limit) {
        const inner = wire.tag();
        if (inner >>> 3 !== 1) {
          wire.skip(inner);
          continue;
        }
        expectType(inner, LENGTH);
        const outerRecord = wire.enter();
        this.#record(tag >>> 3 !== HTTP_METRICS);
        wire.leave(outerRecord);
      }
      wire.leave(outer);
    }
  }

  #record(isTcp: boolean): void {
    const { counters, naming } = this.#context;
    const end = this.#wire.limit;
    if (isTcp) counters.meshTcp++;
    else counters.meshHttp++;
    try {
      if (!addMeshRecord(this.#wire, this.#batch, naming, isTcp)) counters.unresolved++;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      counters.refuse(`entry_${error.reason}`);
      this.#wire.limit = end;
    }
  }
}
