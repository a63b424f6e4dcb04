/** What the supervisor and the processes it starts tell each other. Sockets travel beside `socket` messages. No delta ever does. */
import type { ProxyStatus } from "./ports.ts";

export type Role = "main" | "ingest";

export interface ProcessHealth {
  /** 99th percentile since it was last asked. */
  readonly eventLoopDelaySeconds: number;
  readonly residentMemoryBytes: number;
  readonly cpuSeconds: number;
  readonly uptimeSeconds: number;
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
  /** It cannot run; a restart would not help. */
  | { readonly type: "failed"; readonly message: string; readonly exitCode: number }
  | { readonly type: "stopped" };
