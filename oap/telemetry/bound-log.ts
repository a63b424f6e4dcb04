/** Says that a bound was hit: one line a bound, at most once a minute, with how often since the last line and the setting that
 *  moves it. */
import type { Logger } from "./logger.ts";
import { BOUNDS } from "./self-metrics.ts";

const INTERVAL_MS = 60_000;

/** Bound -> what an operator can set. */
const SETTINGS: Readonly<Record<string, string>> = {
  workloads: "services.max, instances.max",
  idle_workloads: "services.max, instances.max",
  endpoints: "endpoints.perService",
  instance_pairs: "instanceRelations.perInstance",
  memory: "memory.maxBytes",
  failures: "failures.perMinute",
  log_rows: "accessLog.failedRowsPerSecond, accessLog.rowsPerSecond",
  log_recall: "accessLog.recallBytes",
};

export class BoundLog {
  readonly #log: Pick<Logger, "warn">;
  readonly #said = new Map<string, { readonly count: number; readonly atMs: number }>();

  constructor(log: Pick<Logger, "warn">) {
    this.#log = log;
  }

  /** `counters` as an ingest process tells them. */
  check(counters: Readonly<Record<string, number>>, nowMs: number): void {
    for (const [key, bound] of Object.entries(BOUNDS)) {
      const count = counters[key] ?? 0;
      const last = this.#said.get(key);
      const hits = count - (last?.count ?? 0);
      if (hits <= 0 || (last !== undefined && Math.abs(nowMs - last.atMs) < INTERVAL_MS)) continue;
      this.#said.set(key, { count, atMs: nowMs });
      this.#log.warn({ bound, hits, setting: SETTINGS[bound] ?? null }, "a bound was hit");
    }
  }
}
