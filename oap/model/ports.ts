/** The interfaces between folders. `oap/main.ts` and `oap/ingest.ts` join the two sides of each by hand. */
import type { Socket } from "node:net";
import type { Delta, EntryBatch } from "./batch.ts";

/** Time, so that tests can set it. Nothing else reads the clock, and no SQL of ours calls now(). */
export interface Clock {
  /** ms since the Unix epoch (UTC). */
  now(): number;
}

/** Ends TLS on a listener's connections: what is made takes accepted sockets, and hands the one inside to `ready` when its handshake is done. */
export type MakeTerminator = (ready: (socket: Socket) => void) => { accept(socket: Socket): void };

/** Where receivers put what they decoded. Synchronous: when it returns, the batch may be reused. Never throws for bad data. */
export interface BatchSink {
  add(batch: EntryBatch): void;
}

/** Where analysis puts what changed. Encodes before it returns; the promise resolves once the delta is fsynced.
 *  @throws SpoolError, retryable when space can come back; the delta is then lost for the caller to count. */
export interface DeltaSink {
  append(delta: Delta): Promise<void>;
}

/** What is known of one workload: the process behind a proxy. Names are final here: templates and limits are applied. */
export interface WorkloadInfo {
  readonly service: string;
  /** "" when unknown: then there is a service but no instance. */
  readonly instance: string;
  /** Shown with the instance: pod, namespace and what else the proxy told (version, cluster, workload). */
  readonly attributes: Readonly<Record<string, string>>;
  /** Told by the workload's own proxy: these attributes win over what its peers say of it. */
  readonly own: boolean;
}

/** Strings become small integers once, here. Receivers ask for ids, analysis reads the names back. Bounded: beyond its
 *  budget `workload` answers the service's `{other}` instance (or the service `{other}`), `path` answers a path named
 *  `{other}`. Path ids live until the next hand-over, workload ids as long as the process. */
export interface Names {
  /** Raised when all ids of workloads become invalid: what was kept of them is to be asked for again. */
  readonly epoch: number;
  /** Ids are never 0 (NO_WORKLOAD). The same service and instance give the same id; attributes merge. */
  workload(info: WorkloadInfo): number;
  /** The names behind a workload id; null for NO_WORKLOAD, and for an instance that is not known. */
  describe(workload: number): { readonly service: string | null; readonly instance: string | null };
  /** The path in bytes[start, end), without query and fragment; never 0 (NO_PATH). No string is made for a path seen before. */
  path(bytes: Buffer, start: number, end: number): number;
  /** Id of a class of response code details, the text in bytes[start, end), for failed calls; valid until the next hand-over.
   *  Beyond the budget of classes, `{other}`. */
  codeDetails(bytes: Buffer, start: number, end: number): number;
}

/** Decides which access-log entries become rows. An entry is kept by the hash of its request's id, so that all reports of a
 *  request share its fate wherever they come in. */
export interface LogSampler {
  /** To be asked once per entry that ends a call or connection, whose reports are the rows `first` and `last` of a batch. `workload`:
   *  the reporter's, `hash`: 32 bits of the request id's hash, signed. @returns LogKept.* */
  decide(batch: EntryBatch, first: number, last: number, workload: number, hash: number): number;
  /** For how many entries the last one kept stands. */
  readonly weight: number;
  /** What an entry that was not kept is to be kept as after all, because another report of its request was; LogKept.none: it is not,
   *  LogKept.refused: it would be, but there is no room. `kept`: its `kind`. */
  recall(hash: number, kept: number): number;
  /** What an entry that is not kept is as what it would have been kept. */
  readonly kind: number;
}

/** Questions to ClickHouse. `sql` is the text of a .sql file with typed named parameters ({name:Type}).
 *  UInt64 comes back as a number: sums stay below 2^53.
 *  @throws StorageError; retryable when the database was away or too slow. */
export interface SqlReader {
  query<Row>(sql: string, params: Readonly<Record<string, unknown>>): Promise<Row[]>;
}

/** One proxy that talks to a receiver, for the setup page. Times in ms since the Unix epoch. */
export interface ProxyStatus {
  /** Node id as sent, "" when none was. */
  readonly node: string;
  readonly service: string | null;
  readonly instance: string | null;
  /** Open streams now; a proxy stays listed for a while after its last stream went. */
  readonly streams: number;
  readonly since: number;
  readonly lastEntry: number | null;
  readonly entriesPerSecond: number;
  readonly entriesTotal: number;
  /** Entries whose start time was implausible and that were booked on the minute of receipt. */
  readonly clockSkewed: number;
  /** True when its entries become metrics. */
  readonly resolved: boolean;
  /** Why they do not, in one sentence for the operator; null when resolved. */
  readonly reason: string | null;
}

/** How this node is doing, for the setup page. Totals are since the processes that count them began. */
export interface ServerStatus {
  readonly entriesPerSecond: number;
  readonly streams: number;
  /** Reports of calls that are fsynced in the spool, and those that will never be stored. */
  readonly reportsDurable: number;
  readonly reportsLost: number;
  /** Closed batches that wait to be inserted, and the age of the oldest. */
  readonly spoolBytes: number;
  readonly spoolOldestSeconds: number;
  readonly insertRetries: number;
  /** Above 0: reports that came in and are nowhere; below 0: that are there more than once. */
  readonly auditDifference: number;
  /** When what came in was last compared with what is stored, ms since the Unix epoch; null: not yet. */
  readonly auditedAt: number | null;
  readonly processes: readonly {
    readonly name: string;
    readonly memoryBytes: number;
    readonly cpuSeconds: number;
    /** The longest of the last second's looks; null where there is no event loop. */
    readonly loopDelayMs: number | null;
  }[];
  readonly boundsHit: readonly { readonly bound: string; readonly hits: number; readonly settings: readonly string[] }[];
}

/** What this node listens on and who talks to it; answered by the processes that hold the streams. */
export interface SetupReader {
  listeners(): Promise<readonly { readonly protocol: string; readonly address: string }[]>;
  proxies(): Promise<readonly ProxyStatus[]>;
  /** What is being dropped or held back, and why, in sentences for the operator; empty when all is well. */
  problems(): Promise<readonly string[]>;
  server(): Promise<ServerStatus>;
}

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** What the disk guard gave up when free space was short. */
export interface DroppedPartition {
  readonly atMs: number;
  /** Which ClickHouse of several; "" where there is one. */
  readonly shard: string;
  readonly table: string;
  /** Of access logs: failed, slow, context or rest. */
  readonly kind: string;
  readonly partition: string;
  readonly rows: number;
  /** On disk. */
  readonly bytes: number;
  /** Time of its rows. */
  readonly oldestMs: number;
  readonly newestMs: number;
}

/** A ClickHouse that keeps rows of its own: the only one, or a shard of a cluster. */
export interface StorageShard {
  /** "" where there is one. */
  readonly name: string;
  readonly sql: SqlReader;
  /** Of the disk under it. */
  space(): Promise<DiskSpace>;
}

/** What is known of storage without asking its tables. */
export interface StorageReader {
  readonly engine: "embedded" | "server" | "cluster";
  /** Free space below which data is dropped; 0: never. */
  readonly minFreeBytes: number;
  /** @throws StorageError, retryable, before storage is open */
  shards(): readonly StorageShard[];
  /** Closed batches that wait to be inserted. */
  spool(): { readonly bytesWaiting: number; readonly oldestWaitingSeconds: number };
}

/** Something that this node needs and does not have. */
export interface Lack {
  /** What does not work without it: entries are not taken, or questions not answered. */
  readonly part: "ingest" | "query";
  /** One sentence for the operator. */
  readonly reason: string;
}

/** This node, as it is told to whoever runs it. */
export interface NodeReader {
  /** Its name among the nodes that share a storage; null before storage is open. */
  name(): string | null;
  /** Why it is not ready; empty when it is. */
  lacks(): readonly Lack[];
  /** Settings in force by key, without secrets. */
  settings(): Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}
