/** Whether this node can do its work. What it needs is told to be well again and again; what was not for longer than a while is lacking: one
 *  slow answer, or a process that is being replaced, changes nothing. */
import type { Lack } from "../model/ports.ts";

export type Need = "storage" | "clickhouse" | "ingest";

/** How long a need may go without being told well. ClickHouse is asked every 5 s, ingest processes tell of themselves every second. */
const SILENT_MAX_MS: Readonly<Record<Need, number>> = { storage: Number.POSITIVE_INFINITY, clickhouse: 15_000, ingest: 10_000 };

export class Readiness {
  readonly #wellAt = new Map<Need, number>();
  readonly #now: () => number;

  /** `now`: ms of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  well(need: Need): void {
    this.#wellAt.set(need, this.#now());
  }

  lacks(): Lack[] {
    const lacks: Lack[] = [];
    if (this.#isSilent("storage")) lacks.push({ part: "query", reason: "storage is not open yet" });
    else if (this.#isSilent("clickhouse"))
      lacks.push({ part: "query", reason: `ClickHouse has not answered for ${this.#seconds("clickhouse")} s` });
    if (this.#wellAt.get("ingest") === undefined) lacks.push({ part: "ingest", reason: "no ingest process takes entries yet" });
    else if (this.#isSilent("ingest"))
      lacks.push({ part: "ingest", reason: `no ingest process has told of itself for ${this.#seconds("ingest")} s` });
    return lacks;
  }

  #isSilent(need: Need): boolean {
    const wellAt = this.#wellAt.get(need);
    return wellAt === undefined || this.#now() - wellAt > SILENT_MAX_MS[need];
  }

  #seconds(need: Need): number {
    return Math.round((this.#now() - (this.#wellAt.get(need) ?? 0)) / 1_000);
  }
}
