/** Access-log entries that were kept since the last hand-over, one row each, as columns: numbers in one strided array, texts as
 *  bytes. Receivers fill it, the analysis turns it into rows of access_log. Bounded: when it is full, entries are not kept. */
import { ByteColumn } from "./byte-column.ts";

/** What an entry is kept as: the first that applies; 0: it is not kept. `context`: neither failed nor slow, but a report of a
 *  request of which another report is. */
export const LogKept = { refused: -1, none: 0, failed: 1, slow: 2, rest: 3, context: 4 } as const;

/** Stands for a duration the proxy did not report; the longest that can be told apart from it is one less. */
export const UNKNOWN_US = 2 ** 32 - 1;
/** The reporter makes no report of that side. */
export const NO_SIDE = -1;
/** In place of a TlsMode: a caller's proxy tells nothing of the connection to whom it called. */
export const TLS_NOT_TOLD = 3;

/** Numbers of a row, in the order they stand in it. */
export const NUMBERS = [
  "timeUs", // since the Unix epoch; 0 when the proxy did not say
  "receivedAtMs",
  "kept",
  "weight",
  "kind", // Kind.*
  "detectPoint", // DetectPoint.*, 3: both
  "workload", // ids of workloads, NO_SIDE: no such report
  "caller",
  "callee",
  "method",
  "path", // id, until the hand-over
  "endpoint", // id, filled in by the analysis
  "protocol",
  "responseCode",
  "grpcStatus",
  "flags",
  "durationUs",
  "requestReceivedUs",
  "upstreamFirstSentUs",
  "upstreamLastSentUs",
  "upstreamFirstReceivedUs",
  "upstreamLastReceivedUs",
  "responseFirstSentUs",
  "responseLastSentUs",
  "requestHeaderBytes",
  "requestBodyBytes",
  "responseHeaderBytes",
  "responseBodyBytes",
  "attempts",
  "tlsMode",
  "tlsVersion",
  "downstreamPort",
  "upstreamPort",
] as const; // prettier-ignore
export type LogNumber = (typeof NUMBERS)[number];

/** Where each number stands in a row. */
export const AT = Object.fromEntries(NUMBERS.map((name, i) => [name, i])) as Readonly<Record<LogNumber, number>>;
export const LOG_STRIDE = NUMBERS.length;

/** Texts of a row, named as the table's columns. */
export const LOG_TEXTS = [
  "authority",
  "path",
  "query",
  "code_details",
  "failure_reason",
  "sni",
  "local_principal",
  "peer_principal",
  "request_id",
  "downstream_address",
  "upstream_address",
  "upstream_cluster",
  "route",
  "user_agent",
] as const;

/** Headers of all rows: those of row i end at ends[i]. */
export class HeaderColumn {
  length = 0;
  ends = new Uint32Array(64);
  readonly keys = new ByteColumn();
  readonly values = new ByteColumn();

  /** What was pushed since the last call is the next row's. */
  endRow(): void {
    if (this.length === this.ends.length) {
      const ends = new Uint32Array(this.ends.length * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.ends[this.length++] = this.keys.length;
  }

  clear(): void {
    this.length = 0;
    this.keys.clear();
    this.values.clear();
  }
}

export interface LogRowsLimits {
  readonly rowsMax: number;
  readonly bytesMax: number;
}

const ROWS_START = 64;

export class LogRows {
  length = 0;
  /** Numbers of row r: numbers[r * LOG_STRIDE] onward. */
  numbers = new Float64Array(ROWS_START * LOG_STRIDE);
  readonly texts = LOG_TEXTS.map(() => new ByteColumn());
  readonly requestHeaders = new HeaderColumn();
  readonly responseHeaders = new HeaderColumn();
  /** Ids of the proxies. */
  nodes: string[] = [];
  readonly #limits: LogRowsLimits;

  constructor(limits: LogRowsLimits) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.length >= this.#limits.rowsMax || this.size >= this.#limits.bytesMax;
  }

  /** Bytes of its texts. */
  get size(): number {
    const { requestHeaders, responseHeaders } = this;
    let size = requestHeaders.keys.size + requestHeaders.values.size + responseHeaders.keys.size + responseHeaders.values.size;
    for (const text of this.texts) size += text.size;
    return size;
  }

  /** Makes room for one more row and returns where its numbers begin; all of them, its texts and headers must then be written. */
  addRow(node: string): number {
    const at = this.length * LOG_STRIDE;
    if (at === this.numbers.length) {
      const numbers = new Float64Array(this.numbers.length * 2);
      numbers.set(this.numbers);
      this.numbers = numbers;
    }
    this.nodes.push(node);
    this.length++;
    return at;
  }

  clear(): void {
    if (this.numbers.length > Math.max(ROWS_START, this.length * 8) * LOG_STRIDE)
      this.numbers = new Float64Array(ROWS_START * LOG_STRIDE);
    this.length = 0;
    this.nodes = [];
    for (const text of this.texts) text.clear();
    this.requestHeaders.clear();
    this.responseHeaders.clear();
  }
}
