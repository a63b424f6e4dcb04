/** How long the room lasts. Each table grows by its pace until its oldest rows expire, and stays as large from then on. Pure. */
import { DAY_MS } from "../oap/model/time-bucket.ts";

export interface Growing {
  readonly bytes: number;
  /** null: not known. */
  readonly bytesPerDay: number | null;
  /** ms; null: it has no rows with a time. */
  readonly oldest: number | null;
  /** null: rows are kept for ever. */
  readonly retentionDays: number | null;
  readonly partitionDays: number;
}

export interface Forecast {
  /** Of all tables; null when of none it is known. */
  readonly bytesPerDay: number | null;
  readonly daysUntilFull: number | null;
  readonly settlesAtBytes: number | null;
}

/** `roomBytes`: free space above that which is to be kept free. */
export function forecast(tables: readonly Growing[], roomBytes: number, nowMs: number): Forecast {
  const growing = tables.flatMap((table) => {
    const { bytesPerDay: pace } = table;
    return pace === null || pace <= 0 ? [] : [{ pace, days: daysOfGrowth(table, nowMs) }];
  });
  if (tables.every(({ bytesPerDay }) => bytesPerDay === null))
    return { bytesPerDay: null, daysUntilFull: null, settlesAtBytes: null };
  const present = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const more = growing.reduce((sum, { pace, days }) => sum + pace * days, 0);
  return {
    bytesPerDay: growing.reduce((sum, { pace }) => sum + pace, 0),
    daysUntilFull: more > roomBytes ? daysUntil(Math.max(0, roomBytes), growing) : null,
    settlesAtBytes: Number.isFinite(more) ? present + more : null,
  };
}

/** Until its rows expire as fast as they come. */
function daysOfGrowth({ retentionDays, partitionDays, oldest }: Growing, nowMs: number): number {
  if (retentionDays === null) return Number.POSITIVE_INFINITY;
  const ageDays = oldest === null ? 0 : (nowMs - oldest) / DAY_MS;
  return Math.max(0, retentionDays + partitionDays - ageDays);
}

/** When all of them together have grown by so much; they must do so at some time. */
function daysUntil(bytes: number, growing: readonly { readonly pace: number; readonly days: number }[]): number {
  let [left, passed] = [bytes, 0];
  for (const { days: end } of growing.toSorted((a, b) => a.days - b.days)) {
    const pace = growing.reduce((sum, one) => (one.days > passed ? sum + one.pace : sum), 0);
    if (pace > 0 && left <= pace * (end - passed)) return passed + left / pace;
    left -= pace * (end - passed);
    passed = end;
  }
  return passed;
}
