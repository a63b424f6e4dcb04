/** What a whole window is read from. Sums: longer rows wherever they fit, for an hour of minutes is sixty times as much to read as its one row. When
 *  something was seen: shorter rows where it goes on. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../oap/model/time-bucket.ts";

/** When it is asked, and for how long what is rolled up is kept. */
export interface Kept {
  readonly nowMs: number;
  readonly hourDays: number;
  readonly dayDays: number;
}

export type Rows = "minute" | "hour" | "day";

/** Rows of one table over a part of a window. Half-open, ms since the Unix epoch. */
export interface Slice {
  readonly table: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How many rows an entity has there at most, once they are merged. */
  readonly rows: number;
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Length of a row. */
export const ROW_MS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } as const;
/** The rows that each kind is rolled up into, and those it is rolled up from. */
const LONGER = { minute: "hour", hour: "day", day: null } as const;
const SHORTER = { minute: null, hour: "minute", day: "hour" } as const;
/** Longer rows have to stand for this many at least: fewer are read in less time than a further table takes to plan. */
const STANDS_FOR_MIN = 10;

/** A window of some rows, in order. The last hour (or day) is read whole too when nothing later than the window can be in it: whoever looks at the
 *  last three hours has a window that ends now. */
export function slicesOf(rows: Rows, { fromMs, toMs }: Range, { nowMs, hourDays, dayDays }: Kept): Slice[] {
  const all = slice(rows, fromMs, toMs);
  const longer = LONGER[rows];
  const keptDays = { hour: hourDays, day: dayDays };
  if (longer === null || fromMs < nowMs - keptDays[longer] * DAY_MS) return all;
  const lengthMs = ROW_MS[longer];
  const start = Math.ceil(fromMs / lengthMs) * lengthMs;
  const end = toMs >= nowMs ? toMs : Math.floor(toMs / lengthMs) * lengthMs;
  if (Math.min(end, nowMs) - start < STANDS_FOR_MIN * ROW_MS[rows]) return all;
  return [...slice(rows, fromMs, start), ...slice(longer, start, end), ...slice(rows, end, toMs)];
}

/** A part of a window in rows of one length. */
export interface TimedSlice extends Omit<Slice, "rows"> {
  readonly rowMs: number;
}

/** Of the tables of failures, a window of some rows, in order: the hour (or day) that is not over is read from shorter rows, which tell whether
 *  something goes on or ended earlier in it. Before that they would be sixty times as much to read. */
export function failureSlicesOf(rows: Rows, { fromMs, toMs }: Range, nowMs: number): TimedSlice[] {
  const rowMs = ROW_MS[rows];
  const shorter = SHORTER[rows];
  const endMs = shorter === null ? toMs : Math.min(toMs, Math.max(fromMs, Math.floor(nowMs / rowMs) * rowMs));
  const over = fromMs < endMs ? [{ table: `failure_${rows}`, fromMs, toMs: endMs, rowMs }] : [];
  return shorter === null || endMs === toMs ? over : [...over, ...failureSlicesOf(shorter, { fromMs: endMs, toMs }, nowMs)];
}

function slice(rows: Rows, fromMs: number, toMs: number): Slice[] {
  return fromMs < toMs ? [{ table: `traffic_${rows}`, fromMs, toMs, rows: Math.ceil((toMs - fromMs) / ROW_MS[rows]) }] : [];
}

const ROWS: Readonly<Record<string, Rows>> = { MINUTE: "minute", HOUR: "hour", DAY: "day" };

/** The rows of a step of the query protocol; null where there are none. */
export function rowsOf(step: string): Rows | null {
  return ROWS[step] ?? null;
}

/** Of a range of the query protocol; none where no table has rows of its steps. */
export function slicesOfRange({ step, ...range }: Range & { readonly step: string }, kept: Kept): Slice[] {
  const rows = rowsOf(step);
  return rows === null ? [] : slicesOf(rows, range, kept);
}
