/** Rows of several pages as one list, each with a key that stays its own when newer rows come in. Pure. */
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
      const text = `${log.time} ${log.node} ${log.detectPoint} ${log.requestId} ${log.downstreamAddress}`;
      const nth = (seen.get(text) ?? 0) + 1;
      seen.set(text, nth);
      return { key: nth === 1 ? text : `${text} ${nth}`, log };
    });
  return keyed.reverse();
}
