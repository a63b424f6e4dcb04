/** How the rows of a window are paged: the window, the place where a page begins, and the slices of time in which a page is read. */
import { QueryError } from "../oap/model/errors.ts";
import { DAY_MS } from "../oap/model/time-bucket.ts";
import type { WindowInput } from "./window.ts";

/** Half-open, µs since the Unix epoch. */
export interface Slice {
  readonly fromUs: number;
  readonly toUs: number;
}

/** A page begins `skip` rows after the first one with this time and tie. */
export interface Place {
  readonly timeUs: number;
  readonly tie: number;
  readonly skip: number;
}

const WINDOW_MAX_MS = 31 * DAY_MS;
const HOUR_US = 3_600_000_000;
const GROWTH = 4;

/** @throws QueryError on an empty, reversed or too long window. */
export function logWindow({ from, to }: WindowInput): Slice {
  if (from < 0 || to <= from) throw new QueryError(`window: from ${from} must be before to ${to}`);
  if (to - from > WINDOW_MAX_MS)
    throw new QueryError(
      `window: ${Math.ceil((to - from) / DAY_MS)} days are more than the ${WINDOW_MAX_MS / DAY_MS} that can be asked for`,
    );
  return { fromUs: from * 1_000, toUs: to * 1_000 };
}

/** The rest of a window from a place on, in order of reading: first what is left of an hour, then 1, 4, 16 ... whole hours, as the table is
 *  sorted by hour. */
export function* slices({ fromUs, toUs }: Slice, sign: 1 | -1, place: Place | null): Generator<Slice> {
  let hours = 1;
  if (sign === -1) {
    let end = place === null ? toUs : Math.min(toUs, place.timeUs + 1);
    let start = Math.floor((end - 1) / HOUR_US) * HOUR_US;
    for (; end > fromUs; hours *= GROWTH) {
      yield { fromUs: Math.max(fromUs, start), toUs: end };
      end = start;
      start -= hours * HOUR_US;
    }
  } else {
    let start = place === null ? fromUs : Math.max(fromUs, place.timeUs);
    let end = Math.floor(start / HOUR_US + 1) * HOUR_US;
    for (; start < toUs; hours *= GROWTH) {
      yield { fromUs: start, toUs: Math.min(toUs, end) };
      start = end;
      end += hours * HOUR_US;
    }
  }
}

/** What a client passes back as `after`. */
export function encodePlace({ timeUs, tie, skip }: Place): string {
  return Buffer.from(`${timeUs}.${tie}.${skip}`).toString("base64url");
}

/** @throws QueryError when the text is no place of ours. */
export function decodePlace(text: string): Place {
  const parts = /^(\d{1,16})\.(\d{1,16})\.(\d{1,6})$/
    .exec(Buffer.from(text, "base64url").toString("latin1"))
    ?.slice(1)
    .map(Number);
  if (parts === undefined || !parts.every(Number.isSafeInteger)) throw new QueryError("after: this is not the end of a page");
  const [timeUs = 0, tie = 0, skip = 0] = parts;
  return { timeUs, tie, skip };
}

/** Where the page after these rows begins. `before`: where they began themselves. */
export function placeAfter(rows: readonly { readonly time_us: number; readonly tie: number }[], before: Place | null): Place {
  const last = rows.at(-1) as { time_us: number; tie: number };
  const same = rows.filter(({ time_us, tie }) => time_us === last.time_us && tie === last.tie).length;
  const skipped = before?.timeUs === last.time_us && before.tie === last.tie ? before.skip : 0;
  return { timeUs: last.time_us, tie: last.tie, skip: same + skipped };
}
