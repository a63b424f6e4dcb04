/** The ingest side of the spool: appends each hand-over to the open batch and fsyncs it; closed batches are main's.
 *  A batch is a directory: one append-only Native file per table, and an index whose lines are fsynced after the data. */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Delta } from "../model/batch.ts";
import { SpoolError } from "../model/errors.ts";
import type { SpoolStatus } from "../model/ipc.ts";
import type { Clock, DeltaSink } from "../model/ports.ts";
import {
  batchName,
  decodeIndex,
  encodeLine,
  INDEX_FILE,
  INDEX_VERSION,
  type IndexedSegment,
  OPEN_SUFFIX,
  tableFile,
} from "./batch-index.ts";
import { encodeNative } from "./native.ts";

export interface SpoolWriterOptions {
  /** `<data>/spool`. */
  readonly dir: string;
  /** This process's own directory in it; nobody else writes there. */
  readonly part: string;
}

const CLOSE_AFTER_MS = 2_000;
const CLOSE_AFTER_MAX_MS = 10_000;
const ROWS_MAX = 500_000;
const BYTES_MAX = 100 << 20;

interface OpenBatch {
  readonly sequence: number;
  /** Entries that are durable in it. */
  entries: number;
  readonly path: string;
  readonly openedAtMs: number;
  readonly index: FileHandle;
  readonly tables: Map<string, { readonly file: FileHandle; length: number; rows: number }>;
}

export class SpoolWriter implements DeltaSink {
  readonly stats = {
    /** Entries handed over, by what became of them. */
    entriesAppending: 0,
    entriesDurable: 0,
    entriesLost: 0,
    appends: 0,
    batchesClosed: 0,
    bytes: 0,
    failures: 0,
    batchesRecovered: 0,
  };
  readonly #part: string;
  readonly #dir: string;
  readonly #clock: Clock;
  #batch: OpenBatch | null = null;
  #sequence = 0;
  #closedSequence = 0;
  #entriesClosed = 0;
  #epoch: number;
  #closeAfterMs = CLOSE_AFTER_MS;
  #appendedSinceTick = false;
  /** Appends, ticks and close run one after the other. */
  #queue: Promise<void> = Promise.resolve();

  private constructor(options: SpoolWriterOptions, clock: Clock) {
    this.#part = options.part;
    this.#dir = join(options.dir, options.part);
    this.#clock = clock;
    this.#epoch = clock.now();
  }

  /** Opens the part, closing what a process before left open: everything that was fsynced is kept. @throws SpoolError */
  static async open(options: SpoolWriterOptions, clock: Clock): Promise<SpoolWriter> {
    const writer = new SpoolWriter(options, clock);
    try {
      await mkdir(writer.#dir, { recursive: true });
      await syncDirectory(options.dir);
      await writer.#recover();
    } catch (cause) {
      throw new SpoolError(`cannot open the spool ${writer.#dir}: ${(cause as Error).message}`, { retryable: true, cause });
    }
    return writer;
  }

  get status(): SpoolStatus {
    return {
      part: this.#part,
      epoch: this.#epoch,
      closedSequence: this.#closedSequence,
      entriesClosed: this.#entriesClosed,
    };
  }

  append(delta: Delta): Promise<void> {
    const encoded = delta.blocks.map((block) => ({
      block,
      bytes: encodeNative(block),
      columns: block.columns.map(({ name }) => name),
    }));
    this.stats.entriesAppending += delta.entries;
    const { entries, booked } = delta;
    return this.#enqueue(async () => {
      try {
        await this.#write(encoded, { entries, booked });
      } catch (cause) {
        this.stats.failures++;
        await this.#abandon(entries);
        throw new SpoolError(`cannot write to the spool: ${(cause as Error).message}`, { retryable: true, cause });
      }
      await this.#closeIfFull();
    });
  }

  /** To be called once per flush interval: closes the batch when it is old enough, or when nothing came since the last call. */
  tick(): Promise<void> {
    return this.#enqueue(async () => {
      const idle = !this.#appendedSinceTick;
      this.#appendedSinceTick = false;
      if (this.#batch === null) return;
      // A clock that went back makes a batch no younger: it would stay open until the clock is where it was.
      const openMs = Math.abs(this.#clock.now() - this.#batch.openedAtMs);
      if (idle || openMs >= this.#closeAfterMs) await this.#closeBatch();
    });
  }

  /** Makes batches fewer and larger while inserting is slow: main tells how long a batch should stay open, within 2 to 10 s. */
  closeAfter(ms: number): void {
    this.#closeAfterMs = Math.min(CLOSE_AFTER_MAX_MS, Math.max(CLOSE_AFTER_MS, ms));
  }

  /** Closes the open batch, if there is one. */
  close(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#batch !== null) await this.#closeBatch();
    });
  }

  #enqueue(job: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(job);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #write(
    encoded: readonly { block: Delta["blocks"][number]; bytes: Buffer; columns: string[] }[],
    { entries, booked }: Pick<Delta, "entries" | "booked">,
  ): Promise<void> {
    this.#batch ??= await this.#openBatch();
    const batch = this.#batch;
    const segments: IndexedSegment[] = [];
    const columns: Record<string, string[]> = {};
    for (const { block, bytes, columns: names } of encoded) {
      let table = batch.tables.get(block.table);
      if (table === undefined) {
        table = { file: await open(join(batch.path, tableFile(block.table)), "ax"), length: 0, rows: 0 };
        batch.tables.set(block.table, table);
        columns[block.table] = names;
      }
      await table.file.appendFile(bytes);
      segments.push({ table: block.table, rows: block.rows, offset: table.length, length: bytes.length, crc: crc32(bytes) });
      table.length += bytes.length;
      table.rows += block.rows;
    }
    await Promise.all(segments.map(({ table }) => batch.tables.get(table)?.file.datasync()));
    // A file's content on disk is worth nothing while its name is not: the directory too, before the line that vouches for it.
    if (Object.keys(columns).length > 0) await syncDirectory(batch.path);
    const line = encodeLine({ version: INDEX_VERSION, entries, atMs: this.#clock.now(), booked, segments, columns });
    await batch.index.appendFile(line);
    await batch.index.datasync();
    batch.entries += entries;
    this.stats.entriesAppending -= entries;
    this.stats.entriesDurable += entries;
    this.stats.appends++;
    this.stats.bytes += line.length + segments.reduce((sum, { length }) => sum + length, 0);
    this.#appendedSinceTick = true;
  }

  /** What could not be closed is durable all the same, and closed by the next start. */
  async #closeIfFull(): Promise<void> {
    const tables = [...(this.#batch?.tables.values() ?? [])];
    if (!tables.some(({ rows, length }) => rows >= ROWS_MAX || length >= BYTES_MAX)) return;
    try {
      await this.#closeBatch();
    } catch (cause) {
      throw new SpoolError(`cannot close a batch: ${(cause as Error).message}`, { retryable: true, cause });
    }
  }

  async #openBatch(): Promise<OpenBatch> {
    const sequence = ++this.#sequence;
    const path = join(this.#dir, batchName(this.#epoch, sequence) + OPEN_SUFFIX);
    await mkdir(path);
    const index = await open(join(path, INDEX_FILE), "ax");
    await syncDirectory(this.#dir);
    return { sequence, entries: 0, path, openedAtMs: this.#clock.now(), index, tables: new Map() };
  }

  async #closeBatch(): Promise<void> {
    const batch = this.#batch as OpenBatch;
    this.#batch = null;
    await closeFiles(batch);
    await syncDirectory(batch.path);
    await rename(batch.path, batch.path.slice(0, -OPEN_SUFFIX.length));
    this.#closed(batch.sequence, batch.entries);
    await syncDirectory(this.#dir);
    this.stats.batchesClosed++;
  }

  /** From here on the batch is main's. */
  #closed(sequence: number, entries: number): void {
    this.#closedSequence = Math.max(this.#closedSequence, sequence);
    this.#entriesClosed += entries;
  }

  /** After a failed append: what was handed over before stays, the torn end goes, and the next append opens a new batch. The
   *  append in hand is lost, unless it failed so late that its line is whole. */
  async #abandon(entries: number): Promise<void> {
    const batch = this.#batch;
    this.#batch = null;
    let kept = 0;
    if (batch !== null) {
      await closeFiles(batch).catch(() => {});
      const recovered = await recoverBatch(batch.path).catch(() => null); // the next start tries again
      if (recovered !== null) {
        kept = recovered - batch.entries;
        this.#closed(batch.sequence, recovered);
      }
    }
    this.stats.entriesAppending -= entries;
    this.stats.entriesDurable += kept;
    this.stats.entriesLost += entries - kept;
  }

  async #recover(): Promise<void> {
    const names = await readdir(this.#dir);
    // A clock that went back must not give a batch name twice: start after every name that is there.
    for (const name of names) this.#epoch = Math.max(this.#epoch, Number.parseInt(name, 10) + 1 || 0);
    for (const name of names.filter((one) => one.endsWith(OPEN_SUFFIX)).sort()) {
      await recoverBatch(join(this.#dir, name));
      this.stats.batchesRecovered++;
    }
  }
}

/** Cuts the files of an open batch to what its last whole index line covers, and closes it; removes it when that is nothing.
 *  @returns the entries in it. */
export async function recoverBatch(path: string): Promise<number> {
  const bytes = await readFile(join(path, INDEX_FILE)).catch(() => Buffer.alloc(0));
  const { lines, length } = decodeIndex(bytes);
  if (lines.length === 0) {
    await rm(path, { recursive: true, force: true });
    return 0;
  }
  const ends = new Map<string, number>();
  for (const { table, offset, length: size } of lines.flatMap(({ segments }) => segments)) ends.set(table, offset + size);
  await truncate(join(path, INDEX_FILE), length);
  for (const [table, end] of ends) await truncate(join(path, tableFile(table)), end);
  await rename(path, path.slice(0, -OPEN_SUFFIX.length));
  return lines.reduce((sum, { entries }) => sum + entries, 0);
}

async function closeFiles(batch: OpenBatch): Promise<void> {
  await batch.index.close();
  for (const { file } of batch.tables.values()) await file.close();
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}
