/** Repairs what kill -9 can leave of the embedded ClickHouse: a token whose rows are not there. ClickHouse notes the token of an
 *  insert before it renames the part to its name. Killed in between, it refuses the retry as a duplicate, and the rows are lost
 *  without a word. While ClickHouse is down, such tokens are withdrawn in its own words, a record that drops them.
 *  Source: MergeTreeDeduplicationLog; <table>/deduplication_logs/deduplication_log_<n>.txt, lines of operation, part, block id. */
import { appendFileSync, closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

const LOG_DIR = "deduplication_logs";
const ADD = "1";
const DROP = "2";
/** Only what was inserted last can have been cut off; this is about the last thousand inserts. */
const TAIL_BYTES = 64 * 1024;

interface Part {
  readonly partition: string;
  readonly first: number;
  readonly last: number;
}

/** `dataPath`: the data directory of a ClickHouse that is not running. @returns the number of tokens withdrawn */
export function withdrawOrphanTokens(dataPath: string): number {
  let withdrawn = 0;
  for (const group of list(join(dataPath, "store"))) {
    for (const table of list(join(dataPath, "store", group))) withdrawn += repairTable(join(dataPath, "store", group, table));
  }
  return withdrawn;
}

function repairTable(table: string): number {
  const logs = list(join(table, LOG_DIR))
    .filter((name) => /^deduplication_log_\d+\.txt$/.test(name))
    .sort((a, b) => numberOf(a) - numberOf(b));
  const newest = logs.at(-1);
  if (newest === undefined) return 0;
  const parts = list(table).flatMap((name) => parsePart(name) ?? []);
  const tokens = new Map<string, string>();
  for (const log of logs.slice(-2)) {
    for (const [operation, part = "", id = ""] of readTail(join(table, LOG_DIR, log))) {
      if (operation === ADD) tokens.set(id, part);
      else tokens.delete(id);
    }
  }
  const orphans = [...tokens].filter(([, part]) => !isThere(part, parts));
  const lines = orphans.map(([id, part]) => `${DROP}\t${part}\t${id}\n`);
  if (lines.length > 0) appendFileSync(join(table, LOG_DIR, newest), lines.join(""));
  return lines.length;
}

/** Under its own name, or merged into one that covers it. */
function isThere(name: string, parts: readonly Part[]): boolean {
  const part = parsePart(name);
  if (part === null) return true; // not a name as we know them: left alone
  return parts.some(({ partition, first, last }) => partition === part.partition && first <= part.first && last >= part.last);
}

/** `<partition>_<first block>_<last block>_<level>`, and a mutation; null for whatever else is in a table's directory. */
function parsePart(name: string): Part | null {
  const match = /^([^_]+)_(\d+)_(\d+)_\d+(_\d+)?$/.exec(name);
  return match === null ? null : { partition: match[1] as string, first: Number(match[2]), last: Number(match[3]) };
}

function readTail(path: string): string[][] {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - from);
    const read = readSync(file, bytes, 0, bytes.length, from);
    const lines = bytes
      .toString("utf8", 0, read)
      .split("\n")
      .slice(from === 0 ? 0 : 1, -1);
    return lines.map((line) => line.split("\t"));
  } finally {
    closeSync(file);
  }
}

function numberOf(log: string): number {
  return Number(/\d+/.exec(log)?.[0]);
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
