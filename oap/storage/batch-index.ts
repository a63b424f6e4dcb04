/** The index of a spooled batch: one line per append, written after the data it describes is on disk. A line is eight hex
 *  digits (CRC-32 of the rest), a space, and JSON. What is not covered by a whole line was never handed over. */
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

export const INDEX_FILE = "index";
export const INDEX_VERSION = 1;
export const OPEN_SUFFIX = ".open";

export interface IndexedSegment {
  readonly table: string;
  readonly rows: number;
  /** Where the segment's bytes stand in the table's file. */
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

export interface IndexLine {
  readonly version: number;
  readonly entries: number;
  /** When it was handed over, ms since the Unix epoch. */
  readonly atMs?: number;
  /** Delta.booked. */
  readonly booked?: readonly (readonly [minute: number, calls: number])[];
  readonly segments: readonly IndexedSegment[];
  /** By table, only in the line that first names the table. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

export function encodeLine(line: IndexLine): Buffer {
  return Buffer.from(checksummed(JSON.stringify(line)), "utf8");
}

/** All whole lines from the start; a torn or damaged line ends the index. */
export function decodeIndex(bytes: Buffer): { readonly lines: IndexLine[]; readonly length: number } {
  const lines: IndexLine[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) break;
    const json = unchecksummed(bytes.subarray(at, end));
    if (json === null) break;
    const line = JSON.parse(json) as IndexLine;
    if (line.version !== INDEX_VERSION) break;
    lines.push(line);
    at = end + 1;
  }
  return { lines, length: at };
}

export function tableFile(table: string): string {
  return `${table}.native`;
}

/** Stands beside the index in place of a table's file that was dropped because the spool was full. */
export function droppedMark(table: string): string {
  return `${table}.dropped`;
}

/** `<start of the process, ms>-<number>-<random>`: sorts by age, within a life of a process and over lives, and is not given twice,
 *  whatever the clock does, in whatever data directory the batch is found later. It is what the batch's tokens are made of. */
export function batchName(epochMs: number, sequence: number): string {
  return `${batchStem(epochMs, sequence)}-${randomBytes(8).toString("hex")}`;
}

/** A batch's name without its random part: names from it on, up to the next one's, are that batch's. */
export function batchStem(epochMs: number, sequence: number): string {
  return `${String(epochMs).padStart(14, "0")}-${String(sequence).padStart(8, "0")}`;
}

/** `<part>/<batch>`, or a shard's share of it, `<part>/<batch>@<i>/<n>`: the part of the spool, the batch, the life of a process that
 *  it is of (`<part>/<epoch>`), and its number in that life. */
export function splitBatchName(name: string): {
  readonly part: string;
  readonly batch: string;
  readonly life: string;
  readonly sequence: number;
} {
  const slash = name.indexOf("/") + 1;
  const batch = name.slice(slash);
  const [epoch = ""] = batch.split("-");
  return { part: name.slice(0, Math.max(0, slash - 1)), batch, life: name.slice(0, slash) + epoch, sequence: sequenceOf(batch) };
}

/** The number of a batch, or of a share of one, in the life of its process. */
export function sequenceOf(batch: string): number {
  return Number(batch.split("-")[1]);
}

/** The deduplication token of a batch's table, or of a shard's share of it. A batch named without a random part is unique on its
 *  node only. */
export function tokenOf(name: string, table: string, node: string): string {
  const { batch } = splitBatchName(name);
  return /-[0-9a-f]{16}(@\d+\/\d+)?$/.test(batch) ? `${batch}/${table}` : `${node}/${name}/${table}`;
}

/** A line of JSON behind its checksum. */
export function checksummed(json: string): string {
  return `${hex(crc32(json))} ${json}\n`;
}

/** The JSON of such a line, without its line feed; null when it is not what was written. */
export function unchecksummed(line: Buffer): string | null {
  const json = line.toString("utf8", 9);
  return line.toString("latin1", 0, 9) === `${hex(crc32(json))} ` ? json : null;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
