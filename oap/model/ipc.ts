/** What the supervisor and the processes it starts tell each other. Sockets travel beside `socket` messages. No delta ever does. */
import type { ProxyStatus } from "./ports.ts";

export type Role = "main" | "ingest";

export interface ProcessHealth {
  /** 99th percentile since it was last asked. */
  readonly eventLoopDelaySeconds: number;
  readonly residentMemoryBytes: number;
  readonly cpuSeconds: number;
}

/** Durations since the process began: how many took at most so many seconds, and all of them. */
export interface DurationCounts {
  readonly buckets: readonly { readonly seconds: number; readonly count: number }[];
  readonly sumSeconds: number;
  readonly count: number;
}

/** Where one life of an ingest process stands in its part of the spool. Its batches are numbered from 1. */
export interface SpoolStatus {
  /** `ingest-0`: the directory it writes to, and the name it has on /metrics. */
  readonly part: string;
  /** When that life began, ms since the Unix epoch: the first half of its batches' names. */
  readonly epoch: number;
  /** Number of the last batch that was closed, 0 for none, and the entries in all that were. */
  readonly closedSequence: number;
  readonly entriesClosed: number;
}

/** What an ingest process tells of itself, once a second: all of one moment. Counters only grow while the process lives, but for
 *  entriesPending, slots and strings, which are what it holds now. */
export interface IngestStatus {
  readonly proxies: readonly ProxyStatus[];
  readonly health: ProcessHealth;
  readonly counters: Readonly<Record<string, number>>;
  readonly spool: SpoolStatus;
  readonly flushes: DurationCounts;
}

/** What the supervisor tells of itself. */
export interface SupervisorStatus {
  readonly health: ProcessHealth;
  readonly counters: Readonly<Record<string, number>>;
}

/** A template of request paths whose endpoint name is asked for. */
export interface EndpointQuestion {
  readonly service: string;
  readonly method: string;
  readonly template: string;
}

export interface EndpointAnswer extends EndpointQuestion {
  /** `METHOD:/path`, or `{other}`. */
  readonly name: string;
}

/** What an ingest process saw of access logs in a second: by service (the hash of its name) how many entries were failed, slow and
 *  the rest, three numbers each; and the rows it made of them. */
export interface LogDemand {
  readonly services: Uint32Array;
  readonly entries: Float64Array;
  /** Rows kept as failed, and as anything else. */
  readonly failedRows: number;
  readonly otherRows: number;
  /** Entries wanted besides, because another report of their request was kept as failed, or as anything else. */
  readonly failedContext: number;
  readonly otherContext: number;
}

/** What holds for all processes of the node in the coming second: of the entries of a service and class one in 2^k is kept. */
export interface LogRates {
  readonly services: Uint32Array;
  /** k of failed, slow and the rest, three numbers for each service; LOG_RATE_OFF: none. Services that are not listed: 0. */
  readonly rates: Uint8Array;
  /** This process's share of the node's budgets, by need, 0 to 1. */
  readonly share: number;
}

/** Hashes of requests that were kept in one process, and whose other reports another one may have: two numbers each, the hash and
 *  what it was kept as. */
export type KeptRequests = Uint32Array;

export type ToChild<Settings> =
  | { readonly type: "start"; readonly settings: Settings; readonly index: number }
  | { readonly type: "socket" }
  /** To main: what the ingest processes told last, and what is listened on. To ingest: how long a batch may stay open. */
  | {
      readonly type: "setup";
      readonly listeners: readonly { readonly protocol: string; readonly address: string }[];
      readonly ingest: readonly IngestStatus[];
      readonly supervisor: SupervisorStatus;
    }
  | { readonly type: "closeAfter"; readonly ms: number }
  /** To main: names that the ingest process `from` asks for. To ingest: the answers. */
  | { readonly type: "questions"; readonly from: number; readonly questions: readonly EndpointQuestion[] }
  | { readonly type: "answers"; readonly answers: readonly EndpointAnswer[] }
  /** To main, from the ingest process `from`; and back to it. */
  | { readonly type: "logDemand"; readonly from: number; readonly demand: LogDemand }
  | { readonly type: "logRates"; readonly rates: LogRates }
  /** To ingest: what another ingest process kept. */
  | { readonly type: "keptRequests"; readonly kept: KeptRequests }
  | { readonly type: "stop" };

export type FromChild =
  /** It takes sockets from now on. */
  | { readonly type: "accepting" }
  /** The oldest socket handed over and not yet taken is its own now. */
  | { readonly type: "took" }
  /** Everything behind it is up: main's storage is open. */
  | { readonly type: "ready" }
  | { readonly type: "status"; readonly status: IngestStatus }
  | { readonly type: "closeAfter"; readonly ms: number }
  | { readonly type: "questions"; readonly questions: readonly EndpointQuestion[] }
  | { readonly type: "answers"; readonly to: number; readonly answers: readonly EndpointAnswer[] }
  | { readonly type: "logDemand"; readonly demand: LogDemand }
  | { readonly type: "logRates"; readonly to: number; readonly rates: LogRates }
  | { readonly type: "keptRequests"; readonly kept: KeptRequests }
  /** It cannot run; a restart would not help. */
  | { readonly type: "failed"; readonly message: string; readonly exitCode: number }
  | { readonly type: "stopped" };
