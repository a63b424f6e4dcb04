import { MINUTE_MS } from "../model/time-bucket.ts";

/** How far ahead of its receipt a call may claim to have started. */
const AHEAD_MAX_MS = 60_000;

/** The minute a call is booked on, in minutes since the Unix epoch; negative (-1 - minute) when its own start was
 *  implausible (absent, too far ahead, older than maxAgeMs) and the minute of receipt was taken instead. */
export function bookedMinute(startMs: number, receivedAtMs: number, maxAgeMs: number): number {
  if (startMs > 0 && startMs <= receivedAtMs + AHEAD_MAX_MS && startMs >= receivedAtMs - maxAgeMs)
    return Math.floor(startMs / MINUTE_MS);
  return -1 - Math.floor(receivedAtMs / MINUTE_MS);
}
