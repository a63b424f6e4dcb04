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
  readonly segments: readonly IndexedSegment[];
  /** By table, only in the line that first names the table. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
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

/** Stands beside the index in place of a table's file that was dropped because the spool was full. */
export function droppedMark(table: string): string {
  return `${table}.dropped`;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
