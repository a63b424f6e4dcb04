/** The row of node_progress that goes with a batch: made from its index when the batch is read, so that a batch that was recovered
 *  has it too, and a replay sends the same. */
import type { DeltaBlock } from "../model/batch.ts";
import { type IndexLine, splitBatchName } from "./batch-index.ts";
import { encodeNative } from "./native.ts";
import type { SpooledTable } from "./spool-reader.ts";

const TABLE = "node_progress";

/** `name`: as splitBatchName takes it; `entries` that go in with it; `lines`: those whose rows are whole. */
export function nodeProgress(node: string, name: string, entries: number, lines: readonly IndexLine[]): SpooledTable {
  const { part, batch } = splitBatchName(name);
  const booked = new Map<number, number>();
  for (const [minute, calls] of lines.flatMap((line) => line.booked ?? [])) booked.set(minute, (booked.get(minute) ?? 0) + calls);
  const atMs = Math.max(0, ...lines.map((line) => line.atMs ?? epochOf(name)));
  const block: DeltaBlock = {
    table: TABLE,
    rows: 1,
    columns: [
      { name: "node", type: "String", values: [node] },
      { name: "part", type: "String", values: [part] },
      { name: "batch", type: "String", values: [batch] },
      { name: "handed_over_until", type: "DateTime('UTC')", values: [Math.floor(atMs / 1_000)] },
      { name: "entries", type: "UInt64", values: [entries] },
      {
        name: "booked",
        type: "Map(UInt32, UInt64)",
        ends: [booked.size],
        keys: [...booked.keys()],
        values: [...booked.values()],
      },
    ],
  };
  return { table: TABLE, columns: block.columns.map((column) => column.name), rows: 1, native: encodeNative(block), offsets: [] };
}

function epochOf(name: string): number {
  return Number.parseInt(splitBatchName(name).batch, 10) || 0;
}
