/** How long Bookinfo's services take: log-normal, by median and 99th percentile. Within one page view they are correlated, so
 *  that a slow page is mostly slow because of what it calls, and a call nearly always fits into its caller's time. */
import type { Random } from "./random.ts";

export interface Latency {
  readonly medianMs: number;
  /** Spread of the logarithm. */
  readonly sigma: number;
}

/** Standard normal quantile of 0.99. */
const Z99 = 2.3263;
/** The same of 0.993: three pages in a thousand are slow for reasons of their own, and belong to the slowest hundredth. */
const Z99_PAGE = 2.4573;

const latency = (medianMs: number, p99Ms: number, z = Z99): Latency => ({ medianMs, sigma: Math.log(p99Ms / medianMs) / z });

export const LATENCY = {
  productpage: latency(35, 250, Z99_PAGE),
  details: latency(4, 25),
  reviews: latency(15, 120),
  ratings: latency(6, 40),
  mongodb: latency(3, 10),
} as const;

const CORRELATION = 0.95;
const NOISE = Math.sqrt(1 - CORRELATION ** 2);

/** One page view's luck: 0 is the median. */
export class Luck {
  readonly #random: Random;
  readonly #page: number;

  constructor(random: Random) {
    this.#random = random;
    this.#page = random.normal();
  }

  get page(): number {
    return quantile(LATENCY.productpage, this.#page);
  }

  /** ms. */
  of(latency: Latency): number {
    return quantile(latency, CORRELATION * this.#page + NOISE * this.#random.normal());
  }
}

function quantile({ medianMs, sigma }: Latency, z: number): number {
  return medianMs * Math.exp(sigma * z);
}
