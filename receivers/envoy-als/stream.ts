/** One StreamAccessLogs call: messages in, rows to the sink. Keeps of the sender only who it is. */
import { EntryBatch } from "../../oap/model/batch.ts";
import { DecodeError } from "../../oap/model/errors.ts";
import type { BatchSink, Clock } from "../../oap/model/ports.ts";
import { expectType, LENGTH, Wire } from "../decode/wire.ts";
import type { Proxies, ProxyState } from "../proxies.ts";
import type { ReceiverCounters } from "../receiver.ts";
import { Entry } from "./entry.ts";
import type { EntryLogs } from "./entry-logs.ts";
import { EntryReader } from "./entry-reader.ts";
import { Identity, NOBODY } from "./identity.ts";
import { readIdentifier } from "./node.ts";
import type { Peers } from "./peer.ts";
import { Reports } from "./reports.ts";
import type { StreamBytes } from "./stream-bytes.ts";
import type { WorkloadNaming } from "./workload.ts";

/** What all streams of a process share. */
export interface StreamContext {
  readonly naming: WorkloadNaming;
  readonly peers: Peers;
  readonly streamBytes: StreamBytes;
  readonly proxies: Proxies;
  readonly counters: ReceiverCounters;
  readonly sink: BatchSink;
  readonly clock: Clock;
  /** Which entries become rows of the access log; null: none. */
  readonly logs?: EntryLogs | null;
}

const NAMELESS =
  "Its messages carry neither node.id nor node.cluster, so no service can be named: set both in the proxy's bootstrap.";
const UNREADABLE = "The identifier of its stream could not be read.";
const IDENTIFIER = 1;
const HTTP_LOGS = 2;
const TCP_LOGS = 3;

/** Decodes one message at a time, so one of each serves all streams. */
export class StreamDecoder {
  readonly #context: StreamContext;
  readonly #reports: Reports;
  readonly #wire = new Wire();
  readonly #entry = new Entry();
  readonly #reader = new EntryReader();
  readonly #batch = new EntryBatch();
  readonly #entryLogs: EntryLogs | null;

  constructor(context: StreamContext) {
    this.#context = context;
    this.#entryLogs = context.logs ?? null;
    this.#reports = new Reports(context.naming.names, context.peers, context.streamBytes);
  }

  /** Reads one StreamAccessLogsMessage of `stream`; its rows are with the sink when it returns. Never throws for bad bytes. */
  message(bytes: Buffer, stream: AlsStream): void {
    const { counters, clock, sink } = this.#context;
    const now = clock.now();
    counters.messages++;
    counters.bytes += bytes.length;
    const batch = this.#batch;
    batch.clear(now);
    const before = counters.entries;
    stream.renew(this.#context.naming);
    this.#eachField(bytes, stream, IDENTIFIER); // first, wherever in the message it stands
    this.#eachField(bytes, stream, HTTP_LOGS);
    if (batch.length > 0) sink.add(batch);
    counters.reports += batch.length;
    counters.clockSkewed += batch.clockSkewed;
    stream.received(counters.entries - before, batch.length, batch.clockSkewed, now);
  }

  /** Walks the message's fields, for the identifier or for the entries. A broken envelope ends the walk: what stood before counts. */
  #eachField(bytes: Buffer, stream: AlsStream, pass: typeof IDENTIFIER | typeof HTTP_LOGS): void {
    const wire = this.#wire;
    wire.reset(bytes);
    try {
      while (wire.at < wire.limit) {
        const tag = wire.tag();
        const field = tag >>> 3;
        if (field > TCP_LOGS) {
          wire.skip(tag);
          continue;
        }
        expectType(tag, LENGTH);
        if (field !== IDENTIFIER && pass === HTTP_LOGS) {
          this.#logs(stream, field === TCP_LOGS);
          continue;
        }
        const outer = wire.enter();
        if (field === IDENTIFIER && pass === IDENTIFIER) this.#identifier(stream);
        wire.leave(outer);
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // Both passes meet the same damage of the envelope; the second one counts it.
      if (pass === HTTP_LOGS) this.#context.counters.refuse(`message_${error.reason}`);
    }
  }

  /** An identifier that cannot be read costs the name of the sender, not the message: nobody else is held for it. */
  #identifier(stream: AlsStream): void {
    const wire = this.#wire;
    const end = wire.limit;
    try {
      stream.identify(new Identity(readIdentifier(wire), this.#context.naming));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#context.counters.refuse(`identifier_${error.reason}`);
      stream.forget();
      wire.limit = end;
    }
  }

  /** The entries of a message; of one that was cut off, those that are whole still count. */
  #logs(stream: AlsStream, isTcp: boolean): void {
    const wire = this.#wire;
    const outer = wire.enterTorn();
    const { isTorn } = wire;
    this.#entries(stream, isTcp);
    wire.leave(outer);
    if (isTorn) this.#context.counters.refuse("message_truncated");
  }

  /** HTTPAccessLogEntries or TCPAccessLogEntries. */
  #entries(stream: AlsStream, isTcp: boolean): void {
    const wire = this.#wire;
    while (wire.at < wire.limit) {
      const tag = wire.tag();
      if (tag >>> 3 !== 1) {
        wire.skip(tag);
        continue;
      }
      expectType(tag, LENGTH);
      const outer = wire.enter();
      this.#oneEntry(stream, isTcp);
      wire.leave(outer);
    }
  }

  /** Whatever is wrong inside an entry costs that entry alone: the cursor stands where the entry begins. */
  #oneEntry(stream: AlsStream, isTcp: boolean): void {
    const { counters } = this.#context;
    const wire = this.#wire;
    const entry = this.#entry;
    const start = wire.at;
    const end = wire.limit;
    if (isTcp) counters.alsTcp++;
    else counters.alsHttp++;
    try {
      this.#reader.read(wire.bytes, start, end, isTcp, entry);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      counters.refuse(`entry_${error.reason}`);
      return;
    }
    const { identity } = stream;
    const first = this.#batch.length;
    if (identity === null || identity.workload === NOBODY) counters.unresolved++;
    else if (this.#reports.add(this.#batch, entry, identity, isTcp) === 0) counters.intermediate++;
    else if (this.#entryLogs !== null)
      this.#entryLogs.offer(entry, start, end, isTcp, identity, this.#reports.sides, this.#batch, first);
  }
}

/** Who is at the other end of a stream, and what it sent. */
export class AlsStream {
  identity: Identity | null = null;
  readonly #proxies: Proxies;
  #proxy: ProxyState | null = null;

  constructor(proxies: Proxies) {
    this.#proxies = proxies;
  }

  identify(identity: Identity): void {
    this.identity = identity;
    if (this.#proxy?.node !== identity.node.id) this.#switchTo(identity.node.id);
    const proxy = this.#proxy as ProxyState;
    proxy.service = identity.service;
    proxy.instance = identity.instance;
    proxy.reason = identity.workload === NOBODY ? NAMELESS : null;
  }

  /** Asks for the sender's ids again when they became invalid. */
  renew(naming: WorkloadNaming): void {
    if (this.identity === null || this.identity.epoch === naming.names.epoch) return;
    this.identity = new Identity(this.identity.node, naming);
  }

  /** The sender changed, and nobody knows to whom. */
  forget(): void {
    this.identity = null;
    this.#switchTo("");
    (this.#proxy as unknown as ProxyState).reason = UNREADABLE;
  }

  received(entries: number, reports: number, clockSkewed: number, nowMs: number): void {
    if (this.#proxy === null) {
      this.#switchTo("");
      (this.#proxy as unknown as ProxyState).reason = NAMELESS;
    }
    const proxy = this.#proxy as unknown as ProxyState;
    proxy.reports += reports;
    proxy.clockSkewed += clockSkewed;
    proxy.received(entries, nowMs);
  }

  closed(): void {
    if (this.#proxy !== null) this.#proxies.disconnected(this.#proxy);
    this.#proxy = null;
  }

  #switchTo(node: string): void {
    this.closed();
    this.#proxy = this.#proxies.connected(node);
  }
}
