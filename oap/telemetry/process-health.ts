import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { ProcessHealth } from "../model/ipc.ts";

/** A timer of 10 ms would cost an idle process half a percent of a core. */
const RESOLUTION_MS = 50;

/** How this process is doing; asked about once a second. */
export class HealthMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#delay.enable();
  }

  /** The delay is that since the last question. */
  sample(): ProcessHealth {
    const p99Ms = this.#delay.count === 0 ? 0 : Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION_MS);
    this.#delay.reset();
    const { user, system } = process.cpuUsage();
    return {
      eventLoopDelaySeconds: p99Ms / 1_000,
      residentMemoryBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
      uptimeSeconds: performance.now() / 1_000,
    };
  }

  stop(): void {
    this.#delay.disable();
  }
}
