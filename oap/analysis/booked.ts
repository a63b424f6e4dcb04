import { MINUTE_MS } from "../model/time-bucket.ts";
import { OFFSET_OF } from "./column-offsets.ts";
import type { Slots } from "./slots.ts";

const { calls: CALLS, tcp_records: TCP_RECORDS } = OFFSET_OF;

/** Calls and TCP records of all slots by minute, in seconds since the Unix epoch: Delta.booked. */
export function bookedByMinute(scopes: readonly Slots[]): [minute: number, calls: number][] {
  const booked = new Map<number, number>();
  for (const slots of scopes) {
    for (let slot = 0; slot < slots.length; slot++) {
      const row = slots.at(slot);
      const calls = (slots.rows[row + CALLS] as number) + (slots.rows[row + TCP_RECORDS] as number);
      if (calls === 0) continue;
      const minute = (slots.key(slot, 0) * MINUTE_MS) / 1_000;
      booked.set(minute, (booked.get(minute) ?? 0) + calls);
    }
  }
  return [...booked];
}
