/** Rows of several pages as one list, each with a key that stays its own when newer rows come in, and that an address can hold. Pure. */
import type { MeshLog } from "../../lib/mesh-log-types.ts";

export interface KeyedRow {
  readonly key: string;
  readonly log: MeshLog;
}

export function rowsOf(pages: readonly (readonly MeshLog[])[]): readonly KeyedRow[] {
  const seen = new Map<string, number>();
  // From the oldest: a newer row that equals it must not take its key.
  const keyed = pages
    .flat()
    .toReversed()
    .map((log) => {
      const text = `${log.time}-${hash(`${log.node} ${log.detectPoint} ${log.requestId} ${log.downstreamAddress}`)}`;
      const nth = (seen.get(text) ?? 0) + 1;
      seen.set(text, nth);
      return { key: nth === 1 ? text : `${text}-${nth}`, log };
    });
  return keyed.reverse();
}

/** The millisecond in which the row of a key began, half-open. */
export function momentOf(key: string): { readonly from: number; readonly to: number } {
  const from = Math.floor(Number.parseFloat(key));
  return { from, to: from + 1 };
}

/** FNV-1a: rows of one moment are few. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(36);
}
