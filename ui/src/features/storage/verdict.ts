/** The one sentence of the page: is there room, and for how long. Pure. */
import { formatBytes, formatSpan } from "../../lib/format.ts";
import type { Storage } from "./use-storage.ts";

export interface Verdict {
  readonly level: "good" | "unknown" | "warn" | "bad";
  readonly title: string;
  readonly detail: string;
}

const DAY_MS = 86_400_000;
/** Less than this is worth doing something about today. */
const SOON_DAYS = 30;

type Facts = Omit<Storage, "engine" | "version" | "shards" | "totalBytes" | "rows" | "uncompressedBytes" | "spool">;

export function verdictOf(facts: Facts): Verdict {
  const { freeBytes, minFreeBytes, bytes, bytesPerDay, daysUntilFull, settlesAtBytes, dropped, now } = facts;
  const free = `${formatBytes(freeBytes)} are free`;
  if (freeBytes < minFreeBytes) {
    return {
      level: "bad",
      title: "The disk is full: the oldest data is being dropped",
      detail: `${free}, and ${formatBytes(minFreeBytes)} are to be kept free. Access logs go first, then metrics by minute; hours and days stay longest. Give the disk more room, or keep less.`,
    };
  }
  const lost = dropped.reduce((sum, one) => (now - one.at < DAY_MS ? sum + one.bytes : sum), 0);
  if (lost > 0) {
    return {
      level: "warn",
      title: `The disk was full: ${formatBytes(lost)} of the oldest data were dropped in the last day`,
      detail: `${free} now. What went stands below. Give the disk more room, or keep less.`,
    };
  }
  if (bytesPerDay === null) {
    return {
      level: "unknown",
      title: "There is room; for how long is known after ten minutes of traffic",
      detail: `${free}, and ${formatBytes(bytes)} are used.`,
    };
  }
  const pace = `At the pace of the last ${formatSpan(paceMsOf(facts))}`;
  if (daysUntilFull !== null) {
    const span = formatSpan(daysUntilFull * DAY_MS);
    const isSoon = daysUntilFull < SOON_DAYS;
    const whole =
      settlesAtBytes === null
        ? "Nothing expires."
        : `To keep everything as long as it should be takes ${formatBytes(settlesAtBytes)}.`;
    return {
      level: isSoon ? "warn" : "good",
      title: isSoon ? `The disk is full in ${span}` : `There is room for ${span}`,
      detail: `${pace}, ${formatBytes(bytesPerDay)} come in a day; ${free}. ${whole} Once the disk is full the oldest data goes, access logs first.`,
    };
  }
  return {
    level: "good",
    title: "There is room for all that is kept",
    detail: `${pace}, storage comes to ${formatBytes(settlesAtBytes)} once as much expires as comes in; ${free}.`,
  };
}

/** What the pace is judged by: the last week, or all there is. */
export function paceMsOf({ tables, now }: Pick<Storage, "tables" | "now">): number {
  const oldest = tables.find(({ name }) => name === "traffic_minute")?.oldest ?? now;
  return Math.min(7 * DAY_MS, Math.max(0, now - oldest));
}
