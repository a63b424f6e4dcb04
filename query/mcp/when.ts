/** Windows as assistants write them -> half-open ms. "last 30m", "yesterday", "<ISO time>/<ISO time>", or `from` and `to` apart.
 *  A time without a zone is UTC. Pure. */
import { QueryError } from "../../oap/model/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../oap/model/time-bucket.ts";

export interface WhenInput {
  readonly window?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export const DEFAULT_WINDOW = "last 15m";
const TEXT_MAX = 100;
/** What a window of the dashboard may be: four years. */
const LONGEST_MS = 1_461 * DAY_MS;

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^s(ec(ond)?s?)?$/, 1_000],
  [/^m(in(ute)?s?)?$/, MINUTE_MS],
  [/^h(rs?|ours?)?$/, HOUR_MS],
  [/^d(ays?)?$/, DAY_MS],
  [/^w(eeks?)?$/, 7 * DAY_MS],
];
const EXPECTED =
  'write "last 30m", "last 2 hours", "today", "yesterday", or two ISO times as "2026-03-01T10:00Z/2026-03-01T11:00Z"';

/** A window that ends now ends with the current minute, as the dashboard's does, so that what just came in is in it.
 *  @throws QueryError naming the argument */
export function spanOf({ window, from, to }: WhenInput, nowMs: number): Span {
  const present = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  if (from === undefined) return spanBefore(window ?? DEFAULT_WINDOW, to, present);
  if (window !== undefined) throw new QueryError('window: give either a window, or "from" with or without "to"');
  const start = moment("from", from, present);
  const end = to === undefined ? present : moment("to", to, present);
  if (to === undefined && start >= end) throw new QueryError(`from: ${shown(from)} is in the future`);
  return checked("from", { from: start, to: end });
}

/** `to` moves the end of a length of time. */
function spanBefore(window: string, to: string | undefined, present: number): Span {
  const text = plain("window", window);
  const lengthMs = lengthOf(text);
  if (lengthMs !== null) {
    const end = to === undefined ? present : moment("to", to, present);
    return checked("window", { from: end - lengthMs, to: end });
  }
  if (to !== undefined)
    throw new QueryError(`to: goes with a length of time as window ("30m"), or with "from"; not with ${shown(window)}`);
  const midnight = Math.floor((present - 1) / DAY_MS) * DAY_MS;
  if (text === "today") return { from: midnight, to: present };
  if (text === "yesterday") return { from: midnight - DAY_MS, to: midnight };
  const ends = text.split(/\s*\/\s*|\s+(?:to|until|-|–)\s+/);
  if (ends.length !== 2) throw new QueryError(`window: ${shown(window)} is no window; ${EXPECTED}`);
  const [start = "", end = ""] = ends;
  return checked("window", { from: moment("window", start, present), to: moment("window", end, present) });
}

/** Ms of `30m`, `last 2 hours`, `1h30m`, `past day`; null when the text is no length of time. */
function lengthOf(text: string): number | null {
  const amount = text.replace(/^(the )?(last|past)\s*/, "");
  if (amount !== text && !/^\d/.test(amount)) return unitMs(amount);
  const parts = [...amount.matchAll(/\s*(\d+(?:\.\d+)?)\s*([a-z]+)/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== amount) return null;
  const lengths = parts.map(([, count, unit = ""]) => Number(count) * (unitMs(unit) ?? Number.NaN));
  const sum = lengths.reduce((total, one) => total + one, 0);
  return Number.isNaN(sum) ? null : Math.round(sum);
}

function unitMs(unit: string): number | null {
  return UNITS.find(([pattern]) => pattern.test(unit))?.[1] ?? null;
}

/** ISO 8601, `now`, `now-1h`, `-1h`, `1h ago`, or ms since the Unix epoch. */
function moment(argument: string, given: string, present: number): number {
  const text = plain(argument, given);
  if (text === "now") return present;
  const ago = lengthOf(/^(?:now\s*)?-\s*(.+)$/.exec(text)?.[1] ?? /^(.+) ago$/.exec(text)?.[1] ?? "");
  if (ago !== null) return present - ago;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[t ](\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?)\s*(z|utc|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  const time = iso === null ? Number.NaN : Date.parse(isoText(iso[1] as string, iso[2], iso[3]));
  if (Number.isNaN(time)) {
    throw new QueryError(
      `${argument}: ${shown(given)} is no time; write ISO 8601 as 2026-03-01T10:00:00Z, "now-1h", or ms since 1970`,
    );
  }
  return time;
}

function isoText(date: string, clock = "00:00", zone = "z"): string {
  const digits = clock.replaceAll(":", "");
  const seconds = digits.length > 4 ? `:${digits.slice(4)}` : "";
  const offset = /^(z|utc)$/.test(zone) ? "Z" : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  return `${date}T${digits.slice(0, 2)}:${digits.slice(2, 4)}${seconds}${offset}`;
}

function checked(argument: string, { from, to }: Span): Span {
  if (from >= to) throw new QueryError(`${argument}: begins at ${isoOf(from)}, which is not before its end, ${isoOf(to)}`);
  if (from < 0 || to - from > LONGEST_MS) throw new QueryError(`${argument}: longer than ${LONGEST_MS / DAY_MS} days`);
  return { from, to };
}

export function isoOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "beyond all time" : date.toISOString().replace(/\.000Z$/, "Z");
}

function plain(argument: string, text: string): string {
  if (text.length > TEXT_MAX) throw new QueryError(`${argument}: longer than ${TEXT_MAX} characters`);
  return text.trim().toLowerCase();
}

function shown(text: string): string {
  return JSON.stringify(text);
}
