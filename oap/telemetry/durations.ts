/** How long something took, as a Prometheus histogram counts it. */
import type { DurationCounts } from "../model/ipc.ts";

/** Upper ends of the buckets in seconds; the last one, infinity, is the count of all. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Durations {
  readonly #counts = BUCKETS_SECONDS.map(() => 0);
  #sumSeconds = 0;
  #count = 0;

  observe(seconds: number): void {
    for (let i = BUCKETS_SECONDS.length - 1; i >= 0 && seconds <= (BUCKETS_SECONDS[i] as number); i--)
      (this.#counts[i] as number)++;
    this.#sumSeconds += seconds;
    this.#count++;
  }

  snapshot(): DurationCounts {
    const buckets = BUCKETS_SECONDS.map((seconds, i) => ({ seconds, count: this.#counts[i] as number }));
    return { buckets, sumSeconds: this.#sumSeconds, count: this.#count };
  }
}
