/** The index of a spooled batch: one line per append, written after the data it describes is on disk. A line is eight hex
 *  digits (CRC-32 of the rest), a space, and JSON. What is not covered by a whole line was never handed over. */
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

/** A batch's directory: names sort in the order of their batches, within a life of their process and over lives. */
export function batchName(epoch: number, sequence: number): string {
  return `${String(epoch).padStart(14, "0")}-${String(sequence).padStart(8, "0")}`;
}

/** The part of a batch's name, with or without its part of the spool, that is one life of a process; and its number. */
export function splitBatchName(name: string): { readonly life: string; readonly sequence: number } {
  const dash = name.lastIndexOf("-");
  return { life: name.slice(0, dash), sequence: Number(name.slice(dash + 1)) };
}

export function encodeLine(line: IndexLine): Buffer {
  const json = JSON.stringify(line);
  return Buffer.from(`${hex(crc32(json))} ${json}\n`, "utf8");
}

/** All whole lines from the start; a torn or damaged line ends the index. */
export function decodeIndex(bytes: Buffer): { readonly lines: IndexLine[]; readonly length: number } {
  const lines: IndexLine[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) break;
    const json = bytes.toString("utf8", at + 9, end);
    if (bytes.toString("latin1", at, at + 9) !== `${hex(crc32(json))} `) break;
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

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
