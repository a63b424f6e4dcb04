/** The values folders hand over: EntryBatch from receivers to analysis, Delta from analysis to the spool. */
import type { ByteColumn } from "./byte-column.ts";

export const Kind = { http: 0, grpc: 1, tcp: 2 } as const;
export const TlsMode = { none: 0, tls: 1, mtls: 2 } as const;

/** Request methods by their number on the wire (envoy.config.core.v3.RequestMethod). */
export const METHODS = [
  "METHOD_UNSPECIFIED",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
] as const;

/** A method number for reports that name their endpoint themselves: the path is the whole endpoint name. */
export const METHOD_WHOLE_NAME = 255;

/** A duration or size the proxy did not report. */
export const UNKNOWN_VALUE = -1;

/** Workload 0 stands for "there is none"; see Names in ports.ts. Path 0 stands for "no path", details 0 for "no details". */
export const NO_WORKLOAD = 0;
export const NO_PATH = 0;
export const NO_DETAILS = 0;

/** Reports of calls, as columns. One row is what one proxy says of one call or connection from one side: an access-log
 *  entry gives none (an intermediate entry), one (a sidecar) or two (a gateway: as a server and as a client).
 *  A batch is reused: `length` counts, the arrays only grow. Fields are in the order the analysis reads them. */
export class EntryBatch {
  length = 0;
  /** When the message came in, ms since the Unix epoch (UTC). */
  receivedAtMs = 0;
  /** Written by the sink: rows whose start was implausible and that were booked on the minute of receipt. */
  clockSkewed = 0;
  /** Start of the call as that side saw it, ms since the Unix epoch (UTC); 0 when the proxy did not say. */
  startMs = new Float64Array(0);
  /** Kind.* */
  kind = new Uint8Array(0);
  /** DetectPoint.client or DetectPoint.server. The reporting workload is the source or the destination accordingly. */
  detectPoint = new Uint8Array(0);
  /** Workload ids (Names.workload); NO_WORKLOAD as the source means that no edge is drawn. */
  source = new Int32Array(0);
  destination = new Int32Array(0);
  /** Index into METHODS, or METHOD_WHOLE_NAME. */
  method = new Uint8Array(0);
  /** Path id (Names.path): the path without query and fragment; NO_PATH when the entry has no request. */
  path = new Int32Array(0);
  /** 1 when the row counts as one call (HTTP, gRPC) or one record (TCP); 0 for the byte deltas of a periodic entry. */
  counted = new Uint8Array(0);
  success = new Uint8Array(0);
  /** 0 when there was no response. */
  responseCode = new Uint16Array(0);
  /** ResponseFlags as a set: field number n of the message is bit n - 1. */
  flags = new Uint32Array(0);
  /** Id of the class of the response code details (Names.codeDetails); NO_DETAILS when there are none, or the call went well. */
  details = new Int32Array(0);
  /** TlsMode.* of the downstream connection; none for a client-side report. */
  tlsMode = new Uint8Array(0);
  /** Attempts to reach an upstream; 0 when never attempted or not reported. More than 1 means retried. */
  attempts = new Uint32Array(0);
  /** µs; UNKNOWN_VALUE when the proxy did not report both ends. TCP rows have none. */
  latencyUs = new Float64Array(0);
  /** The same in whole ms, by the reference product's rounding; meaningless where latencyUs is unknown. */
  latencyMs = new Float64Array(0);
  /** Time inside the proxy on the way to the upstream and back, ns; UNKNOWN_VALUE when not reported. */
  internalRequestNs = new Float64Array(0);
  internalResponseNs = new Float64Array(0);
  /** HTTP: request and response bytes, headers and body. TCP: bytes received from and sent to the downstream. */
  receivedBytes = new Float64Array(0);
  sentBytes = new Float64Array(0);
  /** TCP: 1 when this row saw the connection open, 1 when it saw it close. */
  opened = new Uint8Array(0);
  closed = new Uint8Array(0);

  get capacity(): number {
    return this.kind.length;
  }

  clear(receivedAtMs: number): void {
    this.length = 0;
    this.receivedAtMs = receivedAtMs;
    this.clockSkewed = 0;
  }

  /** Makes room for one more row and returns its index; every column of it must then be written. */
  addRow(): number {
    if (this.length === this.kind.length) this.#grow();
    return this.length++;
  }

  #grow(): void {
    const capacity = Math.max(256, this.kind.length * 2);
    this.startMs = grown(this.startMs, new Float64Array(capacity));
    this.kind = grown(this.kind, new Uint8Array(capacity));
    this.detectPoint = grown(this.detectPoint, new Uint8Array(capacity));
    this.source = grown(this.source, new Int32Array(capacity));
    this.destination = grown(this.destination, new Int32Array(capacity));
    this.method = grown(this.method, new Uint8Array(capacity));
    this.path = grown(this.path, new Int32Array(capacity));
    this.counted = grown(this.counted, new Uint8Array(capacity));
    this.success = grown(this.success, new Uint8Array(capacity));
    this.responseCode = grown(this.responseCode, new Uint16Array(capacity));
    this.flags = grown(this.flags, new Uint32Array(capacity));
    this.details = grown(this.details, new Int32Array(capacity));
    this.tlsMode = grown(this.tlsMode, new Uint8Array(capacity));
    this.attempts = grown(this.attempts, new Uint32Array(capacity));
    this.latencyUs = grown(this.latencyUs, new Float64Array(capacity));
    this.latencyMs = grown(this.latencyMs, new Float64Array(capacity));
    this.internalRequestNs = grown(this.internalRequestNs, new Float64Array(capacity));
    this.internalResponseNs = grown(this.internalResponseNs, new Float64Array(capacity));
    this.receivedBytes = grown(this.receivedBytes, new Float64Array(capacity));
    this.sentBytes = grown(this.sentBytes, new Float64Array(capacity));
    this.opened = grown(this.opened, new Uint8Array(capacity));
    this.closed = grown(this.closed, new Uint8Array(capacity));
  }
}

function grown<A extends Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** One column of a Delta. `type` is the ClickHouse type the values are written as; the table's own type may wrap it
 *  (LowCardinality, SimpleAggregateFunction): ClickHouse converts on insert. Integers are exact up to 2^53. */
export type DeltaColumn =
  | {
      readonly name: string;
      readonly type: "UInt8" | "UInt16" | "UInt32" | "UInt64" | "Int8";
      readonly values: ArrayLike<number>;
    }
  /** Seconds since the Unix epoch. */
  | {
      readonly name: string;
      readonly type: "DateTime('UTC')";
      readonly values: ArrayLike<number>;
    }
  /** µs since the Unix epoch. */
  | {
      readonly name: string;
      readonly type: "DateTime64(6, 'UTC')";
      readonly values: ArrayLike<number>;
    }
  | {
      readonly name: string;
      readonly type: "String";
      readonly values: readonly string[];
    }
  /** Texts that are bytes already. */
  | {
      readonly name: string;
      readonly type: "String";
      readonly texts: ByteColumn;
    }
  /** Row i holds keys and values from ends[i - 1] (0 for the first row) to ends[i]. */
  | {
      readonly name: string;
      readonly type: "Map(UInt16, UInt64)" | "Map(UInt32, UInt64)";
      readonly ends: ArrayLike<number>;
      readonly keys: ArrayLike<number>;
      readonly values: ArrayLike<number>;
    }
  | {
      readonly name: string;
      readonly type: "Map(String, String)";
      readonly ends: ArrayLike<number>;
      readonly keys: readonly string[] | ByteColumn;
      readonly values: readonly string[] | ByteColumn;
    };

/** Rows of one table. All columns have `rows` rows; columns that are not named take the table's default. */
export interface DeltaBlock {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly DeltaColumn[];
}

/** What changed since the last hand-over. Its typed arrays belong to the analysis and are valid only until the call they
 *  were passed to returns: a sink that keeps them copies (the spool encodes them at once). */
export interface Delta {
  readonly blocks: readonly DeltaBlock[];
  /** Entries (EntryBatch rows) that went into it: what `sidelight_entries_durable_total` grows by once it is fsynced. */
  readonly entries: number;
  /** What the rows of services and of connections between them add up to, calls and TCP records, by minute (seconds since the Unix
   *  epoch): what the audit compares with what is stored. */
  readonly booked?: readonly (readonly [minute: number, calls: number])[];
}
