/** Cumulative counters of streams and connections that report more than once, turned into what is new in each report. */
import type { Entry } from "./entry.ts";

interface Known {
  received: number;
  sent: number;
}

export class StreamBytes {
  /** Streams forgotten to make room: their next report counts their bytes from the start again. */
  evictions = 0;
  /** What the last call of `take` found. */
  received = 0;
  sent = 0;
  /** The stream had not reported before. */
  isNew = true;
  readonly #max: number;
  readonly #known = new Map<string, Known>();

  /** Remembers up to `max` streams between two of their reports; the longest silent go first. */
  constructor(max: number) {
    this.#max = max;
  }

  /** What is new in `received` and `sent`, counted from the stream's start; `last`: the stream ends with this report. A
   *  stream is what one workload reports under one id with one start: an HTTP stream's id is its x-request-id, which every
   *  proxy on the way and every call made on behalf of it share. */
  take(entry: Entry, workload: number, received: number, sent: number, last: boolean): void {
    this.received = received;
    this.sent = sent;
    this.isNew = true;
    if (last && this.#known.size === 0) return;
    if (entry.streamId.isEmpty) {
      // Nothing tells its reports apart: its bytes count once, at its end.
      if (!last) this.received = this.sent = 0;
      return;
    }
    const id = `${workload}/${entry.startNs()}/${entry.bytes.toString("latin1", entry.streamId.start, entry.streamId.end)}`;
    const known = this.#known.get(id);
    if (known !== undefined) {
      this.isNew = false;
      this.received = Math.max(0, received - known.received);
      this.sent = Math.max(0, sent - known.sent);
      this.#known.delete(id);
    }
    if (last) return;
    if (this.#known.size >= this.#max) {
      this.#known.delete(this.#known.keys().next().value as string);
      this.evictions++;
    }
    this.#known.set(id, { received: Math.max(received, known?.received ?? 0), sent: Math.max(sent, known?.sent ?? 0) });
  }
}
