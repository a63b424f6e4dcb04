/** Entries of the last two seconds that were not kept, as bytes: another report of the same request may turn out to be kept, and then
 *  they are too, so that a kept request has all its reports. Bounded in memory: when two seconds do not fit, only requests with a
 *  hash below a threshold are remembered, the same at all hops, so that these at least are whole. */
import type { EntryBatch } from "../../oap/model/batch.ts";
import type { Identity } from "./identity.ts";

const CHUNK_BYTES = 1 << 20;
const CHUNK_ENTRIES = 2_560;
/** Of a chunk, what is used on average. */
const FILL = 0.95;
/** Longer than the reports of a request come apart: proxies send once a second, kept requests are told around four times. */
const WINDOW_MS = 2_000;
const SECONDS = WINDOW_MS / 1_000;

class Chunk {
  readonly bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  readonly hashes = new Int32Array(CHUNK_ENTRIES);
  /** 0: it is gone. */
  readonly ends = new Uint32Array(CHUNK_ENTRIES);
  readonly starts = new Uint32Array(CHUNK_ENTRIES);
  readonly kinds = new Uint8Array(CHUNK_ENTRIES);
  /** Whose entries they are: indexes into `identities`, where one that goes on stands once. */
  readonly identityOf = new Uint16Array(CHUNK_ENTRIES);
  readonly identities: Identity[] = [];
  length = 0;
  used = 0;
  /** When its last entry came in. */
  lastMs = 0;

  identity(entry: number): Identity {
    return this.identities[this.identityOf[entry] as number] as Identity;
  }
}

export type Recalled = (bytes: Buffer, start: number, end: number, identity: Identity, receivedAtMs: number) => void;

export class RecallRing {
  /** Entries that had to make room before their time. */
  overflowed = 0;
  /** One request in 2^k is remembered. */
  k = 0;
  #threshold = 2 ** 32;
  #offeredBytes = 0;
  readonly #chunksMax: number;
  /** Oldest first; the last one is being filled. */
  #chunks: Chunk[] = [];
  /** Used before: new memory costs more than filling it. Given back when it is not needed. */
  readonly #spare: Chunk[] = [];

  constructor(bytesMax: number) {
    this.#chunksMax = Math.floor(bytesMax / CHUNK_BYTES);
  }

  /** Remembers the entry in bytes[start, end), which came with `batch`; `kind`: what it would have been kept as. */
  add(hash: number, kind: number, bytes: Buffer, start: number, end: number, identity: Identity, batch: EntryBatch): void {
    const length = end - start;
    this.#offeredBytes += length;
    if (hash >>> 0 >= this.#threshold) return;
    if (length > CHUNK_BYTES || this.#chunksMax === 0) return;
    let chunk = this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined || chunk.length === CHUNK_ENTRIES || chunk.used + length > CHUNK_BYTES)
      chunk = this.#next(batch.receivedAtMs);
    const at = chunk.length++;
    bytes.copy(chunk.bytes, chunk.used, start, end);
    chunk.hashes[at] = hash;
    chunk.kinds[at] = kind;
    chunk.starts[at] = chunk.used;
    chunk.used += length;
    chunk.ends[at] = chunk.used;
    const { identities } = chunk;
    if (identities[identities.length - 1] !== identity) identities.push(identity);
    chunk.identityOf[at] = identities.length - 1;
    chunk.lastMs = batch.receivedAtMs;
  }

  /** Forgets what is too old, and takes out what `choose` wants: it is asked of every entry and answers what it is kept as, 0 when it
   *  stays, below 0 when it goes without being kept. */
  recall(
    nowMs: number,
    choose: (hash: number, kind: number) => number,
    take: (kept: number, ...entry: Parameters<Recalled>) => void,
  ): void {
    while (this.#chunks[0] !== undefined && Math.abs(nowMs - this.#chunks[0].lastMs) > WINDOW_MS) this.#free();
    for (const chunk of this.#chunks) {
      const { hashes, kinds, ends, length } = chunk;
      for (let i = 0; i < length; i++) {
        if (ends[i] === 0) continue;
        const kept = choose(hashes[i] as number, kinds[i] as number);
        if (kept === 0) continue;
        if (kept > 0) take(kept, chunk.bytes, chunk.starts[i] as number, ends[i] as number, chunk.identity(i), chunk.lastMs);
        ends[i] = 0;
      }
    }
  }

  /** To be called once a second: remembers as much as has room. */
  endSecond(): void {
    const room = (this.#chunksMax * CHUNK_BYTES * FILL) / SECONDS;
    this.k = room === 0 || this.#offeredBytes <= room ? 0 : Math.ceil(Math.log2(this.#offeredBytes / room));
    this.#threshold = 2 ** (32 - this.k);
    this.#offeredBytes = 0;
    this.#spare.length -= Math.ceil(Math.max(0, this.#spare.length - this.#chunks.length) / 2);
  }

  #next(nowMs: number): Chunk {
    const oldest = this.#chunks[0];
    if (oldest !== undefined && this.#chunks.length >= this.#chunksMax) {
      if (Math.abs(nowMs - oldest.lastMs) <= WINDOW_MS) this.overflowed += oldest.length;
      this.#free();
    }
    const chunk = this.#spare.pop() ?? new Chunk();
    this.#chunks.push(chunk);
    return chunk;
  }

  #free(): void {
    const chunk = this.#chunks.shift() as Chunk;
    chunk.length = chunk.used = 0;
    chunk.identities.length = 0;
    this.#spare.push(chunk);
  }
}
