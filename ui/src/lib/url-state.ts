/** What a link reproduces: the time window and how tables are sorted and filtered. Pure: text in, text out. */
export interface TimeWindow {
  /** Length of a window that ends now, minutes; null for a fixed one. */
  readonly lastMinutes: number | null;
  /** A fixed window, ms since the Unix epoch. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface PageSearch {
  /** `30` for the last 30 minutes, `<from>-<to>` for a fixed window. */
  readonly t?: string | undefined;
  /** Service id. In the query, because ids hold a dot and paths with dots are files. */
  readonly id?: string | undefined;
  readonly q?: string | undefined;
  readonly sort?: string | undefined;
  /** Selected edge of the map. */
  readonly edge?: string | undefined;
  /** Service the map is centred on. */
  readonly around?: string | undefined;
  /** How many calls away from it the map goes, when not the usual ones. */
  readonly hops?: string | undefined;
  readonly view?: "table" | undefined;
  /** Filter of the access log: lib/log-filter.ts. */
  readonly f?: string | undefined;
  /** Key of the row of the access log that is open: features/logs/rows.ts. */
  readonly row?: string | undefined;
  /** Request id. */
  readonly req?: string | undefined;
  /** What failures are grouped by; absent: their cause. */
  readonly by?: "edge" | "endpoint" | undefined;
}

export const DEFAULT_MINUTES = 15;
const LONGEST_MINUTES = 1_461 * 24 * 60;
const MINUTE_MS = 60_000;
/** Access logs are searched over so much at once. */
const LOG_WINDOW_MAX_MS = 31 * 24 * 60 * MINUTE_MS;
const TEXT_MAX = 600;
const FILTER_MAX = 4_000;

export function decodeWindow(text: string | undefined): TimeWindow {
  const fixed = /^(\d{12,14})-(\d{12,14})$/.exec(text ?? "");
  if (fixed !== null) {
    const [from, to] = [Number(fixed[1]), Number(fixed[2])];
    if (to > from && to - from <= LONGEST_MINUTES * MINUTE_MS) return { lastMinutes: null, from, to };
  }
  const minutes = /^\d{1,7}$/.test(text ?? "") ? Number(text) : DEFAULT_MINUTES;
  return { lastMinutes: minutes >= 1 && minutes <= LONGEST_MINUTES ? minutes : DEFAULT_MINUTES, from: null, to: null };
}

/** undefined for the default, so that plain links stay plain. */
export function encodeWindow(window: TimeWindow): string | undefined {
  if (window.from !== null && window.to !== null) return `${window.from}-${window.to}`;
  return window.lastMinutes === DEFAULT_MINUTES || window.lastMinutes === null ? undefined : String(window.lastMinutes);
}

/** A window that has ended, as a link holds it. */
export function fixedWindow({ from, to }: { readonly from: number; readonly to: number }): string | undefined {
  return encodeWindow({ lastMinutes: null, from, to });
}

/** Whole minutes, half-open; a running window ends with the current minute, so that what just came in is in it. */
export function resolveWindow(window: TimeWindow, nowMs: number): { readonly from: number; readonly to: number } {
  if (window.from !== null && window.to !== null) return { from: window.from, to: window.to };
  const to = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  return { from: to - (window.lastMinutes ?? DEFAULT_MINUTES) * MINUTE_MS, to };
}

/** The part of a window that access logs can be asked for: the newest. */
export function logWindow({ from, to }: { readonly from: number; readonly to: number }) {
  return { from: Math.max(from, to - LOG_WINDOW_MAX_MS), to, isCut: to - from > LOG_WINDOW_MAX_MS };
}

/** Search parameters of any page; what is not understood is left out. */
export function decodeSearch(search: Record<string, unknown>): PageSearch {
  const text = (key: string, max = TEXT_MAX): string | undefined => {
    const value = search[key];
    return typeof value === "string" && value !== ""
      ? value.slice(0, max)
      : typeof value === "number"
        ? String(value)
        : undefined;
  };
  return {
    t: encodeWindow(decodeWindow(text("t"))),
    id: text("id"),
    q: text("q"),
    sort: text("sort"),
    edge: text("edge"),
    around: text("around"),
    hops: /^([1-9]|10)$/.exec(text("hops") ?? "")?.[0],
    view: text("view") === "table" ? "table" : undefined,
    f: text("f", FILTER_MAX),
    row: /^\d{1,14}(\.\d{1,6})?-[0-9a-z]+(-\d+)?$/.exec(text("row") ?? "")?.[0],
    req: text("req"),
    by: (["edge", "endpoint"] as const).find((one) => one === text("by")),
  };
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** `-calls` sorts by calls, largest first. */
export function decodeSort(text: string | undefined, columns: readonly string[], fallback: Sort): Sort {
  const column = text?.replace(/^-/, "") ?? "";
  return columns.includes(column) ? { column, descending: text?.startsWith("-") ?? false } : fallback;
}

export function encodeSort({ column, descending }: Sort): string {
  return `${descending ? "-" : ""}${column}`;
}
