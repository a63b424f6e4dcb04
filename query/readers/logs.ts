/** Access-log rows: pages of them, how many there are, values of columns, and all reports of one request. */
import type { SqlReader } from "../../oap/model/ports.ts";
import type { LogFilter } from "../log-filter.ts";
import { type Place, type Slice, slices } from "../log-pages.ts";
import { sql, sqlFragments } from "./sql.ts";

/** A row of access_log as log-columns.sql gives it. */
export interface LogRow {
  /** µs since the Unix epoch. */
  readonly time_us: number;
  /** Orders rows of one microsecond. */
  readonly tie: number;
  readonly kept_number: number;
  readonly weight: number;
  readonly kind: string;
  readonly detect_point: string;
  readonly service: string;
  readonly instance: string;
  readonly node: string;
  readonly caller: string;
  readonly caller_instance: string;
  readonly callee: string;
  readonly callee_instance: string;
  readonly endpoint: string;
  readonly method: string;
  readonly protocol: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  readonly response_code: number;
  readonly grpc_status: number;
  readonly response_flags: number;
  readonly code_details: string;
  readonly failure_reason: string;
  readonly duration_us: number;
  readonly request_received_us: number;
  readonly upstream_first_sent_us: number;
  readonly upstream_last_sent_us: number;
  readonly upstream_first_received_us: number;
  readonly upstream_last_received_us: number;
  readonly response_first_sent_us: number;
  readonly response_last_sent_us: number;
  readonly request_header_bytes: number;
  readonly request_body_bytes: number;
  readonly response_header_bytes: number;
  readonly response_body_bytes: number;
  readonly attempts: number;
  readonly tls_mode: string;
  readonly tls_version: string;
  readonly sni: string;
  readonly local_principal: string;
  readonly peer_principal: string;
  readonly request_id: string;
  /** '': no logged header told one. */
  readonly trace_id: string;
  readonly downstream_address: string;
  readonly downstream_port: number;
  readonly upstream_address: string;
  readonly upstream_port: number;
  readonly upstream_cluster: string;
  readonly route: string;
  readonly user_agent: string;
  readonly request_headers: Readonly<Record<string, string>>;
  readonly response_headers: Readonly<Record<string, string>>;
}

export interface LogTotal {
  readonly row_count: number;
  readonly calls: number;
  /** 1: a row stands for several entries, or for none of its own. */
  readonly is_sampled: 0 | 1;
}

export interface PageQuestion extends Slice {
  readonly filter: LogFilter;
  /** -1 newest first, 1 oldest first. */
  readonly sign: 1 | -1;
  /** Where the page begins, null at the window's end. */
  readonly place: Place | null;
  readonly limit: number;
}

const COLUMNS = sql("log-columns").trimEnd();
const PAGE = withColumns("log-page");
const TOTAL = byCaller(sql("log-total"));
const FACET = byCaller(sql("log-facet").replaceAll("{{value}}", "{column:Identifier}"));
const FACET_OF_CLASSES = byCaller(sql("log-facet").replaceAll("{{value}}", "intDiv(response_code, 100)"));
const HISTOGRAM = byCaller(sql("log-histogram"));
const REQUEST = withColumns("log-request");
const CONDITIONS = sqlFragments("log-filter");

function withColumns(name: string): string {
  return sql(name).replace("{{log-columns}}", () => COLUMNS);
}

/** A statement whose answer depends on who called, and the same for where it does not. */
function byCaller(text: string): (isAsked: boolean) => string {
  const [asked, other] = ["caller", "''"].map((caller) => text.replaceAll("{{caller}}", caller)) as [string, string];
  return (isAsked) => (isAsked ? asked : other);
}

/** A statement with the conditions of a filter: texts of log-filter.sql, never of a user. */
function filtered(statement: string, names: readonly string[]): string {
  const conditions = names.map((name) => `AND (${CONDITIONS.get(name)})`);
  return statement.replace("{{log-filter}}", () => conditions.join("\n"));
}

/** At most `limit` rows from a place on. The window is read in slices that grow as they get away from where the page begins, until
 *  there are enough rows: the newest of a busy mesh are found without reading three days. */
export async function readLogPage(reader: SqlReader, question: PageQuestion): Promise<LogRow[]> {
  const { filter, sign, place, limit } = question;
  const rows: LogRow[] = [];
  for (const slice of slices(question, sign, place)) {
    const isFirst = place === null || slice.fromUs > place.timeUs || slice.toUs <= place.timeUs;
    const params = {
      ...filter.params,
      from: slice.fromUs,
      to: slice.toUs,
      sign,
      cursor_time: (place?.timeUs ?? 0) * sign,
      cursor_tie: (place?.tie ?? 0) * sign,
      skip: isFirst ? 0 : place.skip,
      limit: limit - rows.length,
    };
    const statement = filtered(PAGE, isFirst ? filter.conditions : [...filter.conditions, "place"]);
    rows.push(...(await reader.query<LogRow>(statement, params)));
    if (rows.length >= limit) break;
  }
  return rows;
}

export async function readLogTotal(reader: SqlReader, filter: LogFilter, { fromUs, toUs }: Slice): Promise<LogTotal> {
  const statement = TOTAL(filter.callers.length > 0);
  const [total] = await reader.query<LogTotal>(filtered(statement, filter.conditions), {
    ...filter.params,
    ...ofCalls(filter),
    from: fromUs,
    to: toUs,
  });
  return total ?? { row_count: 0, calls: 0, is_sampled: 0 };
}

export type FacetRow = LogTotal & { readonly value: string };

/** @param column name of a column of access_log, or code_class. */
export async function readLogFacet(
  reader: SqlReader,
  filter: LogFilter,
  { fromUs, toUs }: Slice,
  { column, limit }: { column: string; limit: number },
): Promise<FacetRow[]> {
  const facet = column === "code_class" ? FACET_OF_CLASSES : FACET;
  const statement = facet(filter.callers.length > 0 || column === "caller");
  return await reader.query<FacetRow>(filtered(statement, filter.conditions), {
    ...filter.params,
    ...ofCalls(filter),
    from: fromUs,
    to: toUs,
    column,
    of_edge: column === "caller" || column === "callee" ? column : "",
    limit,
  });
}

/** Of a step of time that has rows; `at`: ms since the Unix epoch. */
export type HistogramRow = Omit<LogTotal, "row_count"> & { readonly at: number; readonly failed: number };

export async function readLogHistogram(
  reader: SqlReader,
  filter: LogFilter,
  { fromUs, toUs }: Slice,
  stepMs: number,
): Promise<HistogramRow[]> {
  const statement = filtered(HISTOGRAM(filter.callers.length > 0), filter.conditions);
  const params = { ...filter.params, ...ofCalls(filter), from: fromUs, to: toUs, step: stepMs };
  return await reader.query<HistogramRow>(statement, params);
}

/** Which of the calls that rows report are counted. */
function ofCalls({ callers, callees }: LogFilter): { of_callers: readonly string[]; of_callees: readonly string[] } {
  return { of_callers: callers, of_callees: callees };
}

/** All reports of one request, oldest first. */
export async function readLogRequest(reader: SqlReader, id: string, { fromUs, toUs }: Slice, limit: number): Promise<LogRow[]> {
  return await reader.query<LogRow>(REQUEST, { id, from: fromUs, to: toUs, limit });
}
