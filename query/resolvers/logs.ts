/** Access logs: pages, facets, and one request. */
import type { GraphQLResolveInfo } from "graphql";
import { QueryError } from "../../oap/model/errors.ts";
import { flagsOf, RESPONSE_FLAGS } from "../../oap/model/response-flags.ts";
import { DAY_MS } from "../../oap/model/time-bucket.ts";
import type { QueryContext } from "../context.ts";
import { KEPT, type LogFilter, type LogFilterInput, logFilter, UNKNOWN_US } from "../log-filter.ts";
import { histogramOf, histogramStepMs } from "../log-histogram.ts";
import { decodePlace, encodePlace, logWindow, placeAfter, type Slice } from "../log-pages.ts";
import { logOf } from "../log-shape.ts";
import {
  type FacetRow,
  type LogRow,
  readLogFacet,
  readLogHistogram,
  readLogPage,
  readLogRequest,
  readLogTotal,
} from "../readers/logs.ts";
import { type PlacedHop, placeHops, startOf } from "../request-hops.ts";
import { selects } from "../selection.ts";
import type { WindowInput } from "../window.ts";

const ROWS_MAX = 1_000;
const REPORTS_MAX = 1_000;
const REQUEST_ID_MAX = 1_000;
const FIELDS_MAX = 12;
const VALUES_MAX = 200;
/** Sets of flags that a facet over single flags is put together from. */
const FLAG_SETS_MAX = 1_000;
const EVER_DAYS = 3_650;

/** MeshLogField -> the column, and how its values are shown where that differs. */
const FIELDS: Readonly<Record<string, string>> = {
  REPORTER: "service",
  CODE: "response_code",
  SERVER_NAME: "sni",
  FLAGS: "response_flags",
};

interface LogsArguments {
  readonly window: WindowInput;
  readonly filter?: LogFilterInput | null;
}

interface PageArguments extends LogsArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly order?: "NEWEST" | "OLDEST" | null;
}

interface FacetArguments extends LogsArguments {
  readonly fields: readonly string[];
  readonly first?: number | null;
}

const TOTAL: ReadonlySet<string> = new Set(["total"]);
const ROWS: ReadonlySet<string> = new Set(["rows", "next"]);

export const logs = {
  Query: {
    meshLogs: (_: unknown, args: PageArguments, context: QueryContext, info: GraphQLResolveInfo) =>
      page(context, args, { isTotal: selects(info, null, TOTAL), isPage: selects(info, null, ROWS) }),
    meshLogFacets: (_: unknown, { window, filter, fields, first }: FacetArguments, context: QueryContext) => {
      if (fields.length > FIELDS_MAX) throw new QueryError(`fields: ${fields.length} are more than ${FIELDS_MAX}`);
      const limit = atMost("first", first ?? 20, VALUES_MAX);
      const slice = logWindow(window);
      const checked = logFilter(filter ?? {});
      return Promise.all([...new Set(fields)].map((field) => facet(context, slice, checked, field, limit)));
    },
    meshLogHistogram: async (_: unknown, { window, filter }: LogsArguments, { sql }: QueryContext) => {
      const slice = logWindow(window);
      const stepMs = histogramStepMs(slice);
      return histogramOf(slice, stepMs, await readLogHistogram(sql, logFilter(filter ?? {}), slice, stepMs));
    },
    meshRequest: (_: unknown, { id, window }: { id: string; window?: WindowInput | null }, context: QueryContext) =>
      request(context, id, window == null ? everything(context) : logWindow(window)),
    meshResponseFlags: () => RESPONSE_FLAGS,
  },
};

async function page(
  { sql }: QueryContext,
  { window, filter, first, after, order }: PageArguments,
  { isTotal, isPage }: { readonly isTotal: boolean; readonly isPage: boolean },
) {
  const limit = atMost("first", first ?? 100, ROWS_MAX);
  const slice = logWindow(window);
  const checked = logFilter(filter ?? {});
  const place = after == null ? null : decodePlace(after);
  const question = { ...slice, filter: checked, sign: order === "OLDEST" ? 1 : -1, place, limit: limit + 1 } as const;
  const [read, total] = await Promise.all([
    isPage ? readLogPage(sql, question) : [],
    isTotal ? readLogTotal(sql, checked, slice) : null,
  ]);
  const rows = read.slice(0, limit);
  return {
    rows: rows.map(logOf),
    next: read.length > limit ? encodePlace(placeAfter(rows, place)) : null,
    total: total === null ? null : { rows: total.row_count, calls: total.calls, isExact: total.is_sampled === 0 },
  };
}

async function facet({ sql }: QueryContext, slice: Slice, filter: LogFilter, field: string, first: number) {
  const column = FIELDS[field] ?? field.toLowerCase();
  const isFlags = field === "FLAGS";
  const rows = await readLogFacet(sql, filter, slice, { column, limit: isFlags ? FLAG_SETS_MAX : first + 1 });
  const values = isFlags
    ? byFlag(rows)
    : rows.map(({ value, calls, row_count }) => ({ value: shown(field, value), calls, rows: row_count }));
  return {
    field,
    values: values.slice(0, first),
    truncated: values.length > first,
    isExact: rows.every(({ is_sampled }) => is_sampled === 0),
  };
}

function shown(field: string, value: string): string {
  if (field === "CODE_CLASS") return value === "0" ? "none" : `${value}xx`;
  return field === "KEPT" ? value.toUpperCase() : value;
}

/** A set with two flags counts for both; rows without flags are "". */
function byFlag(rows: readonly FacetRow[]): { value: string; calls: number; rows: number }[] {
  const sums = new Map<string, { value: string; calls: number; rows: number }>();
  for (const { value: set, calls, row_count } of rows) {
    const flags = flagsOf(Number(set)).map(({ short }) => short);
    for (const value of flags.length === 0 ? [""] : flags) {
      const sum = sums.get(value) ?? { value, calls: 0, rows: 0 };
      sums.set(value, { value, calls: sum.calls + calls, rows: sum.rows + row_count });
    }
  }
  return [...sums.values()].sort((a, b) => b.calls - a.calls || b.rows - a.rows);
}

async function request({ sql }: QueryContext, id: string, slice: Slice) {
  if (id.length > REQUEST_ID_MAX) throw new QueryError(`id: longer than ${REQUEST_ID_MAX} characters`);
  const read = id === "" ? [] : await readLogRequest(sql, id, slice, REPORTS_MAX + 1);
  const rows = read.slice(0, REPORTS_MAX);
  const [first] = rows;
  if (first === undefined) return null;
  const endUs = Math.max(...rows.map(endOf));
  return {
    id,
    from: first.time_us / 1_000,
    to: endUs / 1_000,
    hops: placeHops(rows).map((hop) => hopOf(hop, first.time_us)),
    truncated: read.length > REPORTS_MAX,
  };
}

/** A client-side report's duration begins with the first byte that was sent on. */
function endOf({ time_us, duration_us, detect_point, upstream_first_sent_us }: LogRow): number {
  if (duration_us === UNKNOWN_US) return time_us;
  return (
    time_us + duration_us + (detect_point === "client" && upstream_first_sent_us !== UNKNOWN_US ? upstream_first_sent_us : 0)
  );
}

function hopOf(hop: PlacedHop, startUs: number) {
  const { caller, callee, depth, parent, client, server } = hop;
  const report = (client ?? server) as LogRow;
  return {
    caller,
    callee,
    depth,
    parent,
    from: (startOf(hop) - startUs) / 1_000,
    duration: report.duration_us === UNKNOWN_US ? null : report.duration_us / 1_000,
    failed: [client, server].some((row) => row !== null && KEPT[row.kept_number - 1] === "FAILED"),
    client: client === null ? null : logOf(client),
    server: server === null ? null : logOf(server),
  };
}

/** Rows are gone after their days; what is ahead is a proxy's clock. */
function everything({ clock }: QueryContext): Slice {
  const now = clock.now();
  return { fromUs: Math.max(0, now - EVER_DAYS * DAY_MS) * 1_000, toUs: (now + DAY_MS) * 1_000 };
}

function atMost(name: string, value: number, max: number): number {
  if (value < 1 || value > max) throw new QueryError(`${name}: ${value} is not from 1 to ${max}`);
  return value;
}
