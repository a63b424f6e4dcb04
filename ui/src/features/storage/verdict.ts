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

type Facts = Pick<Storage, "freeBytes" | "minFreeBytes" | "bytes" | "bytesPerDay" | "daysUntilFull" | "settlesAtBytes">;

export function verdictOf({ freeBytes, minFreeBytes, bytes, bytesPerDay, daysUntilFull, settlesAtBytes }: Facts): Verdict {
  const free = `${formatBytes(freeBytes)} are free`;
  if (freeBytes < minFreeBytes) {
    return {
      level: "bad",
      title: "The disk is full: the oldest data is being dropped",
      detail: `${free}, and ${formatBytes(minFreeBytes)} are to be kept free. Access logs go first, then metrics by minute; hours and days stay longest. Give the disk more room, or keep less.`,
    };
  }
  if (bytesPerDay === null) {
    return {
      level: "unknown",
      title: "There is room; for how long is known after ten minutes of traffic",
      detail: `${free}, and ${formatBytes(bytes)} are used.`,
    };
  }
  if (daysUntilFull !== null) {
    const isSoon = daysUntilFull < SOON_DAYS;
    const rest =
      settlesAtBytes === null
        ? "Nothing expires."
        : `Everything kept as long as it should be would take ${formatBytes(settlesAtBytes)}.`;
    return {
      level: isSoon ? "warn" : "good",
      title: `The room lasts for ${formatSpan(daysUntilFull * DAY_MS)}`,
      detail: `${free}, and ${formatBytes(bytesPerDay)} come in a day. ${rest} Then the oldest data goes, access logs first.`,
    };
  }
  return {
    level: "good",
    title: "The room lasts",
    detail: `At this pace storage settles at ${formatBytes(settlesAtBytes)}, when as much expires as comes in; ${free}.`,
  };
}
