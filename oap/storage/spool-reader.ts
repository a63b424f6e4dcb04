/** Main's side of the spool: closed batches of every part, oldest first, their content checked against the index. */
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { crc32 } from "node:zlib";
import { SpoolError } from "../model/errors.ts";
import { decodeIndex, droppedMark, INDEX_FILE, type IndexLine, OPEN_SUFFIX, tableFile } from "./batch-index.ts";
import { GivenUp } from "./given-up.ts";
import { type InsertPlan, readPlan, writePlan } from "./insert-plan.ts";

/** Batches that could not be inserted are kept here to be looked at. */
const REFUSED = "refused";
const GIVEN_UP = "given-up";
/** Name of an empty file in a batch that was inserted and is kept for replay. */
const INSERTED_FILE = "inserted";
/** What is added up in node_progress: a hand-over whose rows of it are damaged is not in there either. */
export const TRAFFIC_TABLE = "traffic_minute";
/** Its rows can be done without: they go first when the spool is full. Nothing of a batch may follow from whether they are there. */
export const EXPENDABLE_TABLE = "access_log";
/** Why a file cannot be read now though nothing is wrong with it. Taken for damage, it would cost rows that are there. */
const PASSING = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EACCES", "EPERM"]);

export interface SpooledBatch {
  /** `<part>/<batch>`: unique for ever on this node. */
  readonly name: string;
  readonly path: string;
}

export interface SpooledTable {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly native: Buffer;
  /** Where its segments begin in the table's file. */
  readonly offsets: readonly number[];
}

export interface BatchContent {
  readonly tables: readonly SpooledTable[];
  readonly entries: number;
  /** Segments and index lines whose bytes are not what was written, and the entries that are therefore not in `tables`. Those of lost
   *  index lines are not known. */
  readonly damaged: number;
  readonly entriesDamaged: number;
  /** The hand-overs whose rows of traffic are whole. */
  readonly handOvers: readonly IndexLine[];
}

export class SpoolReader {
  /** Kept batches that were deleted because there were too many. */
  refusedForgotten = 0;
  readonly givenUp: GivenUp;
  readonly dir: string;
  readonly #refusedMax: number;

  /** Keeps up to `refusedMax` batches that were refused; the oldest go first. */
  constructor(dir: string, refusedMax: number) {
    this.dir = dir;
    this.#refusedMax = refusedMax;
    this.givenUp = new GivenUp(join(dir, GIVEN_UP));
  }

  /** Closed batches, oldest first within each part. */
  async list(): Promise<SpooledBatch[]> {
    const batches: SpooledBatch[] = [];
    for (const part of await entries(this.dir)) {
      if (part === REFUSED) continue;
      for (const name of await entries(join(this.dir, part))) {
        if (!name.endsWith(OPEN_SUFFIX)) batches.push({ name: `${part}/${name}`, path: join(this.dir, part, name) });
      }
    }
    const named = (batch: SpooledBatch): string => batch.name.slice(batch.name.indexOf("/") + 1);
    return batches.sort((a, b) => compare(named(a), named(b)) || compare(a.name, b.name));
  }

  /** What of the batch is whole: the whole segments of every table.
   *  @throws SpoolError, retryable, when that cannot be told now */
  async read(batch: SpooledBatch): Promise<BatchContent> {
    return (await this.#read(batch, null)).content;
  }

  /** What is to be inserted of the batch: its whole segments, and the next time the same ones.
   *  @throws SpoolError; not retryable when they have been damaged since they were sent first */
  async take(batch: SpooledBatch): Promise<BatchContent> {
    try {
      const plan = await readPlan(batch.path);
      const { content, dropped } = await this.#read(batch, plan);
      if (plan === null) await writePlan(batch.path, planOf(content));
      else if (!isDeepStrictEqual(without(plan, dropped), planOf(content))) {
        throw new SpoolError("damaged since it was sent first: it cannot be sent as it was", { retryable: false });
      }
      return content;
    } catch (cause) {
      if (cause instanceof SpoolError) throw cause;
      throw new SpoolError(`cannot prepare ${batch.path}: ${(cause as Error).message}`, { retryable: true, cause });
    }
  }

  /** `dropped`: tables that went because the spool was full, which is no damage. They may go while this reads: one list decides. */
  async #read(
    batch: SpooledBatch,
    plan: InsertPlan | null,
  ): Promise<{ readonly content: BatchContent; readonly dropped: ReadonlySet<string> }> {
    const index = await readWhatIsThere(join(batch.path, INDEX_FILE));
    const { lines, length } = decodeIndex(index);
    const columns = Object.assign({}, ...lines.map((line) => line.columns)) as Record<string, string[]>;
    let damaged = length === 0 || length < index.length ? 1 : 0; // a closed batch has whole lines only
    const tables: SpooledTable[] = [];
    const withoutTraffic = new Set<IndexLine>();
    const files = new Map<string, Buffer>();
    for (const table of Object.keys(columns)) files.set(table, await readWhatIsThere(join(batch.path, tableFile(table))));
    const dropped = await droppedOf(batch, Object.keys(columns)); // after the files: a mark is there before its file goes
    for (const [table, names] of Object.entries(columns)) {
      if (dropped.has(table)) continue;
      const bytes = files.get(table) as Buffer;
      const segments = lines.flatMap((line) =>
        line.segments.filter((one) => one.table === table).map((segment) => ({ ...segment, line })),
      );
      const whole = segments.filter(({ offset, length: size, crc, line }) => {
        const isPlanned = plan === null || plan[table]?.includes(offset) === true; // else it was left out the first time
        const segment = bytes.subarray(offset, offset + size);
        const isWhole = isPlanned && segment.length === size && crc32(segment) === crc;
        if (!isWhole && table === TRAFFIC_TABLE) withoutTraffic.add(line);
        return isWhole;
      });
      damaged += segments.length - whole.length;
      if (whole.length === 0) continue;
      const native = Buffer.concat(whole.map(({ offset, length: size }) => bytes.subarray(offset, offset + size)));
      const offsets = whole.map(({ offset }) => offset);
      tables.push({ table, columns: names, rows: whole.reduce((sum, { rows }) => sum + rows, 0), native, offsets });
    }
    const handOvers = lines.filter((line) => !withoutTraffic.has(line));
    const content = { tables, entries: sumOf(lines), damaged, entriesDamaged: sumOf([...withoutTraffic]), handOvers };
    return { content, dropped };
  }

  async sizeBytes(batch: SpooledBatch): Promise<number> {
    let size = 0;
    for (const name of await entries(batch.path)) size += (await stat(join(batch.path, name)).catch(() => ({ size: 0 }))).size;
    return size;
  }

  /** Since its last append; 0 when the clock says it was later. */
  async ageSeconds(batch: SpooledBatch, nowMs: number): Promise<number> {
    const written = await stat(join(batch.path, INDEX_FILE)).catch(() => null);
    return written === null ? 0 : Math.max(0, (nowMs - written.mtimeMs) / 1_000);
  }

  /** For a main that starts while the batch is kept for replay: what the full spool drops of it then is not lost. */
  async noteInserted(batch: SpooledBatch): Promise<void> {
    await noteInserted(batch, INSERTED_FILE);
  }

  async isInserted(batch: SpooledBatch): Promise<boolean> {
    return (await entries(batch.path)).includes(INSERTED_FILE);
  }

  /** Nothing of the batch's files waits for anybody: of a lane, for no other lane either. */
  isInsertedWhole(batch: SpooledBatch): Promise<boolean> {
    return this.isInserted(batch);
  }

  async remove(batch: SpooledBatch): Promise<void> {
    await rm(batch.path, { recursive: true, force: true });
  }

  /** Keeps a batch that could not be inserted, or a copy of one that was damaged, with the reason beside it. */
  async refuse(batch: SpooledBatch, reason: string, keepOriginal: boolean): Promise<void> {
    const target = join(this.dir, REFUSED, batch.name.replaceAll("/", "-"));
    await mkdir(join(this.dir, REFUSED), { recursive: true });
    await rm(target, { recursive: true, force: true });
    if (keepOriginal) await cp(batch.path, target, { recursive: true });
    else await rename(batch.path, target);
    await writeFile(join(target, "reason.txt"), `${reason}\n`);
    const kept = await entries(join(this.dir, REFUSED));
    for (const name of kept.slice(0, Math.max(0, kept.length - this.#refusedMax))) {
      this.refusedForgotten++;
      await rm(join(this.dir, REFUSED, name), { recursive: true, force: true });
    }
  }
}

/** A note that is lost costs a count that is too high, later. */
export async function noteInserted({ path }: SpooledBatch, file: string): Promise<void> {
  await writeFile(join(path, file), "").catch(() => {});
}

function sumOf(lines: readonly IndexLine[]): number {
  return lines.reduce((sum, { entries: ofLine }) => sum + ofLine, 0);
}

async function droppedOf({ path }: SpooledBatch, tables: readonly string[]): Promise<ReadonlySet<string>> {
  const files = await whatIsThere(readdir(path), path, []);
  return new Set(tables.filter((table) => files.includes(droppedMark(table))));
}

function without(plan: InsertPlan, dropped: ReadonlySet<string>): InsertPlan {
  return Object.fromEntries(Object.entries(plan).filter(([table]) => !dropped.has(table)));
}

function planOf({ tables }: BatchContent): InsertPlan {
  return Object.fromEntries(tables.map(({ table, offsets }) => [table, offsets]));
}

/** Empty when the file is gone or its disk cannot give it: that is damage. */
function readWhatIsThere(path: string): Promise<Buffer> {
  return whatIsThere(readFile(path), path, Buffer.alloc(0));
}

/** `otherwise` when `path` is gone or its disk cannot give it. @throws SpoolError, retryable, when that cannot be told now */
async function whatIsThere<T>(content: Promise<T>, path: string, otherwise: T): Promise<T> {
  try {
    return await content;
  } catch (cause) {
    if (!PASSING.has((cause as NodeJS.ErrnoException).code ?? "")) return otherwise;
    throw new SpoolError(`cannot read ${path}: ${(cause as Error).message}`, { retryable: true, cause });
  }
}

async function entries(path: string): Promise<string[]> {
  return (await readdir(path).catch(() => [])).sort();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
