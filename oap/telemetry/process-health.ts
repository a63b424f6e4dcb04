import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { ProcessHealth } from "../model/ipc.ts";

/** Each look at the loop wakes an idle process: every 50 ms cost the product 0.6 % of a core. Fewer looks see the same share of delays. */
const RESOLUTION_MS = 200;
/** Whoever asks sooner gets the same answer, so that two who ask do not halve each other's time. */
const WITHIN_MS = 900;

/** How this process is doing, about once a second. */
export class HealthMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  #last: ProcessHealth | null = null;
  #lastAt = 0;

  constructor() {
    this.#delay.enable();
  }

  /** The delay is that since the last answer. */
  sample(): ProcessHealth {
    const now = performance.now();
    if (this.#last !== null && now - this.#lastAt < WITHIN_MS) return this.#last;
    this.#lastAt = now;
    this.#last = this.#measure();
    return this.#last;
  }

  stop(): void {
    this.#delay.disable();
  }

  #measure(): ProcessHealth {
    const p99Ms = this.#delay.count === 0 ? 0 : Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION_MS);
    this.#delay.reset();
    const { user, system } = process.cpuUsage();
    return {
      eventLoopDelaySeconds: p99Ms / 1_000,
      residentMemoryBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
    };
  }
}
