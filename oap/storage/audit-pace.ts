/** When a comparison is worth asking ClickHouse. The most of what an idle product costs would be these questions. */
import type { IngestStatus } from "../model/ipc.ts";

/** While nothing came in, what is stored changes by other nodes and other hands only: every so many times is soon enough. */
const QUIET_EVERY = 6;

export class AuditPace {
  #reports = -1;
  #passed = 0;

  /** Asked each interval. `isSettled`: the last comparison found everything where it belongs. */
  isDue(ingest: readonly IngestStatus[], isSettled: boolean): boolean {
    const reports = ingest.reduce((sum, { counters }) => sum + (counters["reports"] ?? 0), 0);
    const isQuiet = isSettled && reports === this.#reports;
    this.#reports = reports;
    this.#passed = isQuiet ? this.#passed + 1 : 0;
    return this.#passed % QUIET_EVERY === 0;
  }
}
