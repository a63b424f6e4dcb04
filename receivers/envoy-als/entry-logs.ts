/** Which entries become rows of the access log. On the hot path a hash and a comparison per entry, nothing is allocated; the sampler
 *  decides, kept entries are read a second time, the others are remembered for some seconds. */
import type { EntryBatch } from "../../oap/model/batch.ts";
import { DecodeError } from "../../oap/model/errors.ts";
import { LogKept, type LogRows } from "../../oap/model/log-rows.ts";
import type { LogSampler } from "../../oap/model/ports.ts";
import { NO_REPORT, resolveSides, type Sides } from "./detect-point.ts";
import { Entry } from "./entry.ts";
import { EntryReader } from "./entry-reader.ts";
import type { Identity } from "./identity.ts";
import { LogRowWriter, type TextLimits } from "./log-row.ts";
import type { Peers } from "./peer.ts";
import { RecallRing } from "./recall-ring.ts";
import { type PrivacyOptions, Redaction } from "./redact.ts";
import { requestHash } from "./request-hash.ts";
import type { WorkloadNaming } from "./workload.ts";

export interface EntryLogsOptions extends PrivacyOptions, TextLimits {
  /** Memory for entries that were not kept. */
  readonly recallBytes: number;
}

export class EntryLogs {
  /** Entries to be kept that found the rows full, and those that could not be read as a whole. */
  rowsOverflowed = 0;
  unreadable = 0;
  /** Rows written, by LogKept.*. */
  readonly written = new Float64Array(5);
  readonly #sampler: LogSampler;
  readonly #rows: LogRows;
  readonly #naming: WorkloadNaming;
  readonly #peers: Peers;
  readonly #writer: LogRowWriter;
  readonly #ring: RecallRing;
  readonly #entry = new Entry();
  readonly #reader = new EntryReader();
  readonly #sides: Sides = { caller: NO_REPORT, callee: NO_REPORT };

  constructor(sampler: LogSampler, rows: LogRows, naming: WorkloadNaming, peers: Peers, options: EntryLogsOptions) {
    this.#sampler = sampler;
    this.#rows = rows;
    this.#naming = naming;
    this.#peers = peers;
    this.#writer = new LogRowWriter(rows, naming.names, new Redaction(options), options);
    this.#ring = new RecallRing(options.recallBytes);
  }

  get textsCut(): number {
    return this.#writer.textsCut;
  }

  get recallOverflowed(): number {
    return this.#ring.overflowed;
  }

  /** Offers the entry in entry.bytes[start, end), whose reports are the rows of `batch` from `first` on. */
  offer(
    entry: Entry,
    start: number,
    end: number,
    isTcp: boolean,
    identity: Identity,
    sides: Sides,
    batch: EntryBatch,
    first: number,
  ): void {
    if (batch.counted[first] === 0) return;
    const { bytes, requestId, streamId } = entry;
    let hash: number;
    if (!requestId.isEmpty) hash = requestHash(bytes, requestId.start, requestId.end);
    else if (!streamId.isEmpty) hash = requestHash(bytes, streamId.start, streamId.end);
    else hash = (Math.random() * 2 ** 32) | 0;
    const last = batch.length - 1; // a gateway's entry is two reports
    const kept = this.#sampler.decide(batch, first, last, identity.workload, hash);
    if (kept !== LogKept.none)
      this.#write(entry, start, end, isTcp, identity, sides, kept, this.#sampler.weight, batch.receivedAtMs);
    else if (!isTcp && !requestId.isEmpty) this.#ring.add(hash, this.#sampler.kind, bytes, start, end, identity, batch);
  }

  /** One request in 2^k can be recalled. */
  get recallK(): number {
    return this.#ring.k;
  }

  /** To be called once a second. */
  endSecond(): void {
    this.#ring.endSecond();
  }

  /** Keeps what was not kept, where another report of the same request is. To be called some times a second. */
  recall(nowMs: number): void {
    this.#ring.recall(nowMs, this.#choose, this.#take);
  }

  #choose = (hash: number, kind: number): number => this.#sampler.recall(hash, kind);

  #take = (kept: number, bytes: Buffer, start: number, end: number, identity: Identity, receivedAtMs: number): void => {
    const entry = this.#entry;
    this.#reader.read(bytes, start, end, false, entry); // it could be read when it came in
    const present = identity.epoch === this.#naming.names.epoch ? identity : identity.renewed();
    resolveSides(entry, present, this.#peers, this.#sides);
    this.#write(entry, start, end, false, present, this.#sides, kept, 0, receivedAtMs);
  };

  #write(
    entry: Entry,
    start: number,
    end: number,
    isTcp: boolean,
    identity: Identity,
    sides: Sides,
    kept: number,
    weight: number,
    receivedAtMs: number,
  ): void {
    if (this.#rows.isFull) {
      this.rowsOverflowed++;
      return;
    }
    try {
      this.#writer.write(entry, start, end, isTcp, identity, sides, kept, weight, receivedAtMs);
      (this.written[kept] as number)++;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.unreadable++;
    }
  }
}
