/** Deals the rows of Native blocks, as native.ts encodes them, out to the shards of a cluster. Bytes are moved, nothing is made of
 *  them: about 2 µs a row. */
import type { DeltaColumn } from "../model/batch.ts";
import { cityHash64 } from "./city-hash.ts";
import { GrowingBuffer } from "./growing-buffer.ts";
import { CONTINUES, NativeCursor } from "./native-cursor.ts";

export interface NativePart {
  readonly rows: number;
  /** The blocks of this part, in the order they came; empty when it has no row. */
  readonly native: Buffer;
}

/** Says which part a row with this service belongs to: UTF-8 bytes in, number of the part out. */
export type PartOf = (service: Buffer) => number;

/** A row goes where its service's hash says. */
const KEY_COLUMN = "service";
/** Names whose part is remembered; then all are forgotten at once. */
const NAMES_MAX = 100_000;

/** How the values of a type lie in a block: bytes each, or texts with their length before them, or maps: where each row's entries
 *  end, then all keys, then all values. */
type Layout = number | "text" | { readonly keys: number | "text"; readonly values: number | "text" };

/** Every type that a hand-over has. The compiler asks for the layout of a new one. */
const LAYOUTS: Readonly<Record<DeltaColumn["type"], Layout>> = {
  UInt8: 1,
  Int8: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  "DateTime('UTC')": 4,
  "DateTime64(6, 'UTC')": 8,
  String: "text",
  "Map(UInt32, UInt64)": { keys: 4, values: 8 },
  "Map(UInt16, UInt64)": { keys: 2, values: 8 },
  "Map(String, String)": { keys: "text", values: "text" },
};

/** ClickHouse's own rule for `Distributed(…, cityHash64(service))` with shards of equal weight. */
export function partByService(parts: number): PartOf {
  const known = new Map<string, number>();
  return (service) => {
    const name = service.toString("latin1");
    let part = known.get(name);
    if (part === undefined) {
      if (known.size >= NAMES_MAX) known.clear();
      part = Number(cityHash64(service) % BigInt(parts));
      known.set(name, part);
    }
    return part;
  };
}

/** One result per part. A block without a column `service` goes to part 0 whole. @throws Error on bytes that are no such blocks */
export function splitNative(native: Buffer, parts: number, partOf: PartOf): NativePart[] {
  const outs = Array.from({ length: parts }, () => ({ rows: 0, bytes: new GrowingBuffer() }));
  const from = new NativeCursor(native);
  while (from.at < native.length) {
    const block = readBlock(from);
    for (const [part, rows] of rowsByPart(native, block, parts, partOf).entries()) {
      const out = outs[part];
      if (out === undefined || rows.length === 0) continue;
      out.rows += rows.length;
      writePart(out.bytes, native, block, rows);
    }
  }
  return outs.map(({ rows, bytes }) => ({ rows, native: bytes.bytes() }));
}

/** One sequence of values: `width` bytes each, or wherever `starts` says (one more than there are values). */
interface Values {
  readonly start: number;
  readonly width: number;
  readonly starts: Uint32Array | null;
}

interface BlockColumn {
  readonly name: string;
  readonly type: string;
  /** Of a map: where the entries of each row end, counted in entries. Null for other types. */
  readonly ends: Float64Array | null;
  readonly values: readonly Values[];
}

interface Block {
  readonly rows: number;
  readonly columns: readonly BlockColumn[];
}

function readBlock(from: NativeCursor): Block {
  const count = from.varint();
  const rows = from.varint();
  const columns: BlockColumn[] = [];
  for (let i = 0; i < count; i++) {
    const name = from.text();
    const type = from.text();
    const layout = (LAYOUTS as Record<string, Layout>)[type];
    if (layout === undefined) throw new Error(`a block has a column of type ${type}, which cannot be split`);
    if (typeof layout !== "object") {
      columns.push({ name, type, ends: null, values: [readValues(from, layout, rows)] });
      continue;
    }
    const ends = from.uint64s(rows);
    const entries = ends.at(-1) ?? 0;
    columns.push({
      name,
      type,
      ends,
      values: [readValues(from, layout.keys, entries), readValues(from, layout.values, entries)],
    });
  }
  return { rows, columns };
}

function readValues(from: NativeCursor, kind: number | "text", count: number): Values {
  const start = from.at;
  if (kind === "text") return { start, width: 0, starts: from.textStarts(count) };
  from.skip(kind * count);
  return { start, width: kind, starts: null };
}

/** Numbers of the rows of each part, ascending. */
function rowsByPart(native: Buffer, { rows, columns }: Block, parts: number, partOf: PartOf): number[][] {
  const found: number[][] = Array.from({ length: parts }, () => []);
  const starts = columns.find(({ name }) => name === KEY_COLUMN)?.values[0]?.starts ?? null;
  for (let row = 0; row < rows; row++) {
    const part = starts === null ? 0 : partOf(textAt(native, starts[row] as number, starts[row + 1] as number));
    found[part]?.push(row);
  }
  return found;
}

/** A text without the length before it. */
function textAt(native: Buffer, start: number, end: number): Buffer {
  let at = start;
  while ((native[at++] as number) >= CONTINUES);
  return native.subarray(at, end);
}

function writePart(out: GrowingBuffer, native: Buffer, { columns }: Block, rows: readonly number[]): void {
  out.varint(columns.length);
  out.varint(rows.length);
  for (const { name, type, ends, values } of columns) {
    out.text(name);
    out.text(type);
    if (ends !== null) writeEnds(out, ends, rows);
    for (const one of values) {
      if (ends === null && one.starts === null) out.pick(native, one.start, one.width, rows);
      else
        for (const row of rows)
          copyEntries(out, native, one, ends === null ? row : (ends[row - 1] ?? 0), ends === null ? row + 1 : (ends[row] ?? 0));
    }
  }
}

function writeEnds(out: GrowingBuffer, ends: Float64Array, rows: readonly number[]): void {
  let end = 0;
  for (const row of rows) {
    end += (ends[row] as number) - (ends[row - 1] ?? 0);
    out.uint64(end);
  }
}

/** Values number `first` to before `end`. */
function copyEntries(out: GrowingBuffer, native: Buffer, { start, width, starts }: Values, first: number, end: number): void {
  if (starts === null) out.copy(native, start + first * width, start + end * width);
  else out.copy(native, starts[first] as number, starts[end] as number);
}
