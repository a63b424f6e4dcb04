/** What a receiver is: one protocol on the gRPC server, decoded into EntryBatches for a BatchSink.
 *  Its promise about bad input: a bad entry costs that entry, a bad message that message; both are counted by reason, neither
 *  ends a stream, and nothing thrown by bad bytes leaves the receiver. */
import type { StreamHost } from "./raw-stream.ts";

export interface Receiver {
  /** Adds the receiver's methods. What came in on a stream is with the sink when its message was taken. */
  mount(host: StreamHost): void;
}

/** Counted per process; all only grow. */
export class ReceiverCounters {
  messages = 0;
  bytes = 0;
  /** Entries by protocol and kind. */
  alsHttp = 0;
  alsTcp = 0;
  meshHttp = 0;
  meshTcp = 0;
  /** Rows handed to the sink. */
  reports = 0;
  /** Entries that were read and gave no report: intermediate ones, and those of a sender without a name. */
  intermediate = 0;
  unresolved = 0;
  clockSkewed = 0;
  streamsOpened = 0;
  /** Entries, messages and streams refused, by reason: entry_…, message_…, identifier_…, stream_… */
  readonly refused: Record<string, number> = {};

  get entries(): number {
    return this.alsHttp + this.alsTcp + this.meshHttp + this.meshTcp;
  }

  refuse(reason: string): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
  }
}
