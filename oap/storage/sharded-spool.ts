/** The spool as each shard of a cluster sees it: of every batch the rows that belong there. A shard has its own position: one that is
 *  away keeps its rows here while the others go on, and a batch is deleted when every shard has had its part.
 *
 *  How many parts a batch has is written into it before the first insert, and stays: a replay deals the same rows out to the same
 *  parts under the same tokens, also after the cluster got more or fewer shards. */
import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SpoolError } from "../model/errors.ts";
import { type NativePart, type PartOf, partByService, splitNative } from "./native-split.ts";
import {
  type BatchContent,
  EXPENDABLE_TABLE,
  noteInserted,
  type SpooledBatch,
  type SpooledTable,
  type SpoolReader,
} from "./spool-reader.ts";
import type { BatchSource } from "./writer.ts";

/** Holds the number of parts. */
const PARTS_FILE = "parts";
/** Name of an empty file: this part was inserted, and its time for replay is over. */
const doneFile = (part: number): string => `part-${part}.done`;
const DONE_FILE = /^part-(\d+)\.done$/;
/** Name of an empty file: this part was inserted, and is kept for replay. */
const insertedFile = (part: number): string => `part-${part}.inserted`;
const INSERTED_FILE = /^part-(\d+)\.inserted$/;
/** Batches whose rows are held dealt out, for the lanes that come to them next. */
const SPLIT_MAX = 2;

interface BatchState {
  readonly parts: number;
  readonly done: Set<number>;
}

/** What of a batch belongs to each part. Entries are dealt out like the rows: their sum is exact. What is told of the batch as a
 *  whole, damage and what it booked by minute, is told by the first part that has rows. Rows that may be dropped while some parts are
 *  in and others wait do not count in either. */
type SplitBatch = readonly BatchContent[];

/** A batch as a lane sees it: named for its part. */
interface PartOfBatch extends SpooledBatch {
  readonly batch: SpooledBatch;
  readonly part: number;
}

export class ShardedSpool {
  readonly #spool: SpoolReader;
  readonly #shards: number;
  /** By path; forgotten when the batch is gone. */
  readonly #states = new Map<string, Promise<BatchState | null>>();
  readonly #splits = new Map<string, Promise<SplitBatch>>();
  readonly #dealers = new Map<number, PartOf>();

  constructor(spool: SpoolReader, shards: number) {
    this.#spool = spool;
    this.#shards = shards;
  }

  /** What belongs to one shard (from 0). A part whose shard is gone belongs to another one, whole. */
  lane(shard: number): BatchSource {
    const own = (batch: SpooledBatch): PartOfBatch => batch as PartOfBatch;
    return {
      list: async () => {
        const found = await this.#list();
        return found.flatMap(({ batch, parts, done }) => {
          const ours = Array.from({ length: parts }, (_, part) => part).filter((part) => part % this.#shards === shard);
          return ours.filter((part) => !done.has(part)).map((part): PartOfBatch => named(batch, part, parts));
        });
      },
      take: async (batch) => partOf(await this.#split(own(batch).batch), own(batch)),
      read: async (batch) => partOf(await this.#deal(own(batch).batch, await this.#spool.read(own(batch).batch)), own(batch)),
      noteInserted: (batch) => noteInserted(batch, insertedFile(own(batch).part)),
      isInserted: async (batch) => (await insertedOf(batch)).has(own(batch).part),
      isInsertedWhole: async (batch) => {
        const state = await this.#state(own(batch).batch);
        return state === null || (await insertedOf(batch)).union(state.done).size >= state.parts;
      },
      remove: (batch) => this.#finish(own(batch)),
      refuse: async (batch, reason, keepOriginal) => {
        // A copy: the other shards still need the batch.
        await this.#spool.refuse({ name: `${batch.name}-shard-${shard + 1}`, path: batch.path }, reason, true);
        if (!keepOriginal) await this.#finish(own(batch));
      },
      dir: this.#spool.dir,
      givenUp: this.#spool.givenUp,
      sizeBytes: (batch) => this.#spool.sizeBytes(batch),
      ageSeconds: (batch, nowMs) => this.#spool.ageSeconds(batch, nowMs),
    };
  }

  async #list(): Promise<(BatchState & { batch: SpooledBatch })[]> {
    const batches = await this.#spool.list();
    const paths = new Set(batches.map(({ path }) => path));
    for (const path of this.#states.keys()) if (!paths.has(path)) this.#states.delete(path);
    const states = await Promise.all(batches.map((batch) => this.#state(batch)));
    return batches.flatMap((batch, i) => (states[i] == null ? [] : [{ batch, ...states[i] }]));
  }

  /** Null when the batch is gone: another lane deleted it since it was listed.
   *  @throws SpoolError, retryable, when that cannot be told now */
  #state(batch: SpooledBatch): Promise<BatchState | null> {
    let state = this.#states.get(batch.path);
    if (state === undefined) {
      state = this.#stateOf(batch).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return null;
        this.#states.delete(batch.path); // a full disk, or too many files: it is asked again
        throw new SpoolError(`cannot tell the parts of ${batch.path}: ${cause.message}`, { retryable: true, cause });
      });
      this.#states.set(batch.path, state);
    }
    return state;
  }

  async #stateOf({ path }: SpooledBatch): Promise<BatchState> {
    const text = await readFile(join(path, PARTS_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error; // a number that is there and cannot be read must not be replaced
    });
    const noted = Number.parseInt(text, 10);
    const done = partsNamed(await readdir(path), DONE_FILE);
    if (noted > 0) return { parts: noted, done };
    await note(join(path, PARTS_FILE), `${this.#shards}\n`, path);
    return { parts: this.#shards, done };
  }

  /** The part will not be asked for again; with the last part goes the batch. */
  async #finish({ batch, part }: PartOfBatch): Promise<void> {
    const state = await this.#state(batch);
    if (state === null) return;
    state.done.add(part);
    if (state.done.size >= state.parts) {
      this.#splits.delete(batch.path);
      await this.#spool.remove(batch);
    } else await writeFile(join(batch.path, doneFile(part)), "").catch(() => {}); // lost, it costs a replay that changes nothing
  }

  #split(batch: SpooledBatch): Promise<SplitBatch> {
    let split = this.#splits.get(batch.path);
    if (split === undefined) {
      split = this.#spool.take(batch).then((content) => this.#deal(batch, content));
      this.#splits.set(batch.path, split);
      split.catch(() => this.#splits.delete(batch.path));
      for (const oldest of this.#splits.keys()) {
        if (this.#splits.size <= SPLIT_MAX) break;
        this.#splits.delete(oldest);
      }
    }
    return split;
  }

  async #deal(batch: SpooledBatch, { tables, ...whole }: BatchContent): Promise<SplitBatch> {
    const count = (await this.#state(batch))?.parts ?? this.#shards;
    const parts = Array.from({ length: count }, (): SpooledTable[] => []);
    const rows = parts.map(() => 0);
    for (const { table, columns, native, rows: ofTable } of tables) {
      const dealt = this.#dealt(native, count, ofTable);
      for (const [part, { rows: its, native: bytes }] of dealt.entries() as ArrayIterator<[number, NativePart]>) {
        if (its > 0) parts[part]?.push({ table, columns, rows: its, native: bytes, offsets: [] });
        if (table !== EXPENDABLE_TABLE) rows[part] = (rows[part] ?? 0) + its;
      }
    }
    const entries = share(whole.entries - whole.entriesDamaged, rows);
    const teller = Math.max(
      0,
      rows.findIndex((count) => count > 0),
    );
    return parts.map((its, part) => {
      const own = { tables: its, entries: entries[part] as number };
      if (part === teller) return { ...whole, ...own, entries: own.entries + whole.entriesDamaged };
      const handOvers = its.length === 0 ? [] : whole.handOvers.map((line) => ({ ...line, booked: [] }));
      return { ...own, damaged: 0, entriesDamaged: 0, handOvers };
    });
  }

  /** What cannot be split goes to the first part whole: whether it is good for anything is ClickHouse's to say. */
  #dealt(native: Buffer, parts: number, rows: number): NativePart[] {
    try {
      return splitNative(native, parts, this.#dealer(parts));
    } catch {
      return [{ rows, native }];
    }
  }

  #dealer(parts: number): PartOf {
    let dealer = this.#dealers.get(parts);
    if (dealer === undefined) {
      dealer = partByService(parts);
      this.#dealers.set(parts, dealer);
    }
    return dealer;
  }
}

function partsNamed(files: readonly string[], pattern: RegExp): Set<number> {
  return new Set(files.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number));
}

async function insertedOf({ path }: SpooledBatch): Promise<Set<number>> {
  return partsNamed(await readdir(path).catch(() => []), INSERTED_FILE);
}

function partOf(split: SplitBatch, { part }: PartOfBatch): BatchContent {
  return split[part] ?? { tables: [], entries: 0, damaged: 0, entriesDamaged: 0, handOvers: [] };
}

/** `<part>/<batch>@<part of the batch>/<of>`: it begins the tokens. */
function named(batch: SpooledBatch, part: number, parts: number): PartOfBatch {
  return { name: `${batch.name}@${part}/${parts}`, path: batch.path, batch, part };
}

/** Whole numbers in proportion to `rows` that add up to `total`. */
function share(total: number, rows: readonly number[]): number[] {
  const all = rows.reduce((sum, one) => sum + one, 0);
  if (all === 0) return rows.map((_, part) => (part === 0 ? total : 0));
  let before = 0;
  let given = 0;
  return rows.map((one) => {
    before += one;
    const upTo = Math.floor((total * before) / all);
    const its = upTo - given;
    given = upTo;
    return its;
  });
}

async function note(path: string, text: string, dir: string): Promise<void> {
  const file = await open(path, "w");
  await file
    .writeFile(text)
    .then(() => file.datasync())
    .finally(() => file.close());
  const handle = await open(dir, "r");
  await handle.sync().finally(() => handle.close());
}
