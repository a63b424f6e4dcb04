import { formatMs } from "../../lib/format.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";

/** How long a report covers, ms: its duration, and where that is not known what its phases cover. Null: nothing is known. */
export function extentOf({ duration, phases }: Pick<MeshLog, "duration" | "phases">): number | null {
  return duration ?? (phases.length === 0 ? null : Math.max(...phases.map(({ to }) => to)));
}

/** How long it took, or what is known instead. With a code but no duration of its own, the proxy gave an answer that it did not get. */
export function howItEnded(log: Pick<MeshLog, "duration" | "phases" | "code">): string {
  if (log.duration !== null) return `took ${formatMs(log.duration)}`;
  return `${log.code === null ? "not ended" : "answered by the proxy itself"} after ${formatMs(extentOf(log))}`;
}

/** From when to when, ms since the Unix epoch. A client-side report's duration begins with the first byte that its proxy sent on, not with the first
 *  that it received. */
export function spanOf(log: Pick<MeshLog, "time" | "duration" | "phases" | "detectPoint">): {
  readonly from: number;
  readonly to: number;
} {
  const isFromSent = log.detectPoint === "client" && log.duration !== null;
  const sent = isFromSent ? (log.phases.find(({ name }) => name === "CONNECT")?.to ?? 0) : 0;
  return { from: log.time + sent, to: log.time + sent + (extentOf(log) ?? 0) };
}
