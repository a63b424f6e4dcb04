/** What resolvers get: the readers of one request. */
import type { Clock, MakeTerminator, NodeReader, SetupReader, SqlReader, StorageReader } from "../oap/model/ports.ts";
import type { Retention } from "../oap/model/retention.ts";
import type { Access } from "./access/access.ts";
import { traced } from "./debugging/trace.ts";
import type { TimeRange } from "./duration.ts";
import { ErrorAnswers } from "./error-answers.ts";
import { Budget } from "./expression/budget.ts";
import type { RefusedRequests, RequestLimits } from "./limits.ts";
import { Metadata } from "./readers/metadata.ts";
import { StoredMetrics } from "./readers/metric-reader.ts";
import { slicesOfRange } from "./slices.ts";

export interface QueryOptions {
  readonly sql: SqlReader;
  /** Why what is read now lacks rows, for whoever gets the answer; null when nothing is missing. */
  readonly partial?: () => string | null;
  readonly clock: Clock;
  readonly setup: SetupReader;
  readonly retention: Retention;
  readonly limits: RequestLimits;
  /** Who may ask what; as on loopback with nothing set when not given. */
  readonly access?: Access;
  /** Ends TLS on each connection when given. */
  readonly tls?: MakeTerminator;
  /** HTTP connections open at a time. */
  readonly connectionsMax: number;
  readonly storage: StorageReader;
  readonly node: NodeReader;
  /** Our own metrics in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** Under which address people reach the dashboard, for links; null: where it was asked. */
  readonly publicUrl?: string | null;
  /** Where the built dashboard is; ui/dist beside this folder when not given. */
  readonly uiDir?: string;
  readonly onError: (message: string, detail: Record<string, unknown>) => void;
}

export interface QueryContext extends QueryOptions {
  readonly metadata: Metadata;
  readonly storedMetrics: StoredMetrics;
  /** Shared by all requests: a failure has one id, wherever it is told. */
  readonly failures: ErrorAnswers;
}

/** Makes the context of each request; metadata is shared by all of them. */
export function contextFactory(options: QueryOptions, refused: RefusedRequests): () => QueryContext {
  const { limits, clock, retention } = options;
  const sql = traced(options.sql);
  const metadata = new Metadata(sql, clock);
  const failures = new ErrorAnswers(options);
  const budget = () => new Budget(limits.valuesMax, () => refused.values++);
  const slicesOf = (range: TimeRange) => slicesOfRange(range, { nowMs: clock.now(), ...retention });
  return () => ({ ...options, sql, metadata, storedMetrics: new StoredMetrics(sql, metadata, budget(), slicesOf), failures });
}
