/** Main's side of the spool: closed batches of every part, oldest first, their content checked against the index. */
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { decodeIndex, droppedMark, INDEX_FILE, OPEN_SUFFIX, tableFile } from "./batch-index.ts";

/** Batches that could not be inserted are kept here to be looked at. */
const REFUSED = "refused";
const REFUSED_MAX = 50;

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
}

export class SpoolReader {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Closed batches, oldest first within each part. */
  async list(): Promise<SpooledBatch[]> {
    const batches: SpooledBatch[] = [];
    for (const part of await entries(this.#dir)) {
      if (part === REFUSED) continue;
      for (const name of await entries(join(this.#dir, part))) {
        if (!name.endsWith(OPEN_SUFFIX)) batches.push({ name: `${part}/${name}`, path: join(this.#dir, part, name) });
      }
    }
    return batches.sort((a, b) => compare(a.path.slice(-23), b.path.slice(-23)) || compare(a.name, b.name));
  }

  /** The whole segments of every table; `damaged` counts those whose bytes are not what was written. */
  async read(batch: SpooledBatch): Promise<{ tables: SpooledTable[]; entries: number; damaged: number }> {
    const index = await readFile(join(batch.path, INDEX_FILE)).catch(() => Buffer.alloc(0));
    const { lines, length } = decodeIndex(index);
    const columns = Object.assign({}, ...lines.map((line) => line.columns)) as Record<string, string[]>;
    let damaged = length === 0 || length < index.length ? 1 : 0; // a closed batch has whole lines only
    const tables: SpooledTable[] = [];
    const files = await entries(batch.path);
    for (const [table, names] of Object.entries(columns)) {
      if (files.includes(droppedMark(table))) continue;
      const bytes = await readFile(join(batch.path, tableFile(table))).catch(() => Buffer.alloc(0));
      const segments = lines.flatMap((line) => line.segments.filter((segment) => segment.table === table));
      const whole = segments.filter(({ offset, length: size, crc }) => {
        const segment = bytes.subarray(offset, offset + size);
        return segment.length === size && crc32(segment) === crc;
      });
      damaged += segments.length - whole.length;
      if (whole.length === 0) continue;
      const native = Buffer.concat(whole.map(({ offset, length: size }) => bytes.subarray(offset, offset + size)));
      tables.push({ table, columns: names, rows: whole.reduce((sum, { rows }) => sum + rows, 0), native });
    }
    return { tables, entries: lines.reduce((sum, line) => sum + line.entries, 0), damaged };
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

  async remove(batch: SpooledBatch): Promise<void> {
    await rm(batch.path, { recursive: true, force: true });
  }

  /** Keeps a batch that could not be inserted, or a copy of one that was damaged, with the reason beside it. */
  async refuse(batch: SpooledBatch, reason: string, keepOriginal: boolean): Promise<void> {
    const target = join(this.#dir, REFUSED, batch.name.replaceAll("/", "-"));
    await mkdir(join(this.#dir, REFUSED), { recursive: true });
    await rm(target, { recursive: true, force: true });
    if (keepOriginal) await cp(batch.path, target, { recursive: true });
    else await rename(batch.path, target);
    await writeFile(join(target, "reason.txt"), `${reason}\n`);
    const kept = await entries(join(this.#dir, REFUSED));
    for (const name of kept.slice(0, Math.max(0, kept.length - REFUSED_MAX))) {
      await rm(join(this.#dir, REFUSED, name), { recursive: true, force: true });
    }
  }
}

async function entries(path: string): Promise<string[]> {
  return (await readdir(path).catch(() => [])).sort();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
