/** When failed calls were seen, no more exactly than is known. Pure. */
import { formatAgo, formatTime } from "../../lib/format.ts";
import type { MeshFailure } from "../../lib/mesh-log-types.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Calls of a minute are as good as of its end; of an hour or a day only that is known. */
export function lastSeenText(
  { lastSeen, lastSeenWithin }: Pick<MeshFailure, "lastSeen" | "lastSeenWithin">,
  nowMs: number,
): string {
  const span = spanFrom(lastSeen - lastSeenWithin, lastSeenWithin);
  return `last seen ${span === null ? formatAgo(lastSeen, nowMs) : `in ${span}`}`;
}

type First = Pick<MeshFailure, "firstSeen" | "firstSeenWithin" | "mayHaveBegunBefore">;

export function sinceText({ firstSeen, firstSeenWithin, mayHaveBegunBefore }: First, nowMs: number): string {
  if (mayHaveBegunBefore) return `since ${formatTime(firstSeen)} or before`;
  const span = spanFrom(firstSeen, firstSeenWithin);
  return span === null ? `since ${formatAgo(firstSeen, nowMs)}` : `first seen in ${span}`;
}

/** null: to the minute. */
function spanFrom(fromMs: number, lengthMs: number): string | null {
  if (lengthMs <= MINUTE_MS) return null;
  return `the ${lengthMs <= HOUR_MS ? "hour" : "day"} from ${formatTime(fromMs)}`;
}
