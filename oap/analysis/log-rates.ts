/** How much of the access log the node keeps in the coming second. One place decides for all ingest processes, so that every report
 *  of a request meets the same rule wherever it comes in. Of each class of a service's entries one in 2^k is kept, k so that the
 *  node's budgets hold and every service gets as much of them as it can use before another gets more (max-min).
 *
 *  A request that is kept has all its reports (log-sampler.ts), so rows cost more than what they were kept for: the budgets are
 *  divided by how many reports each kept one brought along lately. */
import type { LogDemand, LogRates as Rates } from "../model/ipc.ts";

export interface LogBudgets {
  /** Rows per second; 0: none of its kind. */
  readonly failed: number;
  /** Slow ones and the rest. */
  readonly other: number;
}

export const CLASSES = 3;
export const FAILED = 0;
export const SLOW = 1;
export const REST = 2;
/** k of a class that is not kept at all. */
export const LOG_RATE_OFF = 32;
const K_MAX = 24;
/** A process that told nothing for this long is gone, or has nothing to tell. */
const SILENT_MS = 3_000;
/** How fast a burst is forgotten: demand counts at once when it rises, so that budgets hold, and fades when it falls. */
const FADE = 0.8;
/** Of the budget for slow ones and the rest, slow ones get at most this: a class without rows could not be estimated. */
const SLOW_SHARE_MAX = 0.5;
/** Reports that a kept one brings along, at most and at first. */
const CONTEXT_MAX = 31;
const CONTEXT_GUESS = 2;
const BISECTIONS = 24;

interface Told {
  readonly demand: LogDemand;
  readonly atMs: number;
}

export class LogRates {
  readonly #budgets: LogBudgets;
  readonly #told = new Map<number, Told>();
  /** Service -> entries per second by class, smoothed. */
  readonly #demand = new Map<number, Float64Array>();
  /** Smoothed, of the seconds in which something was not kept; before the first of them, a guess. */
  readonly #context = { failedRows: 1, otherRows: 1, failedContext: CONTEXT_GUESS, otherContext: CONTEXT_GUESS };
  #isSampling = false;

  constructor(budgets: LogBudgets) {
    this.#budgets = budgets;
  }

  /** Takes what a process saw in the last second. */
  tell(process: number, demand: LogDemand, nowMs: number): void {
    this.#told.set(process, { demand, atMs: nowMs });
  }

  /** To be called once a second: what holds for each process that ever talked, by its number; nothing while all are silent. One that is silent is told,
   *  too: what comes to it next meets the same rule as elsewhere. */
  next(nowMs: number): Map<number, Rates> {
    const talks = ({ atMs }: Told): boolean => Math.abs(nowMs - atMs) <= SILENT_MS;
    const talking = [...this.#told.values()].filter(talks);
    this.#smooth(talking.map(({ demand }) => demand));
    if (talking.length === 0) return new Map();
    const { services, rates } = this.#decide();
    const needs = new Map([...this.#told].map(([process, told]) => [process, talks(told) ? sum(told.demand.entries) : 0]));
    const all = sum([...needs.values()]);
    return new Map(
      [...needs].map(([process, need]) => [process, { services, rates, share: all === 0 ? 1 / needs.size : need / all }]),
    );
  }

  #smooth(told: readonly LogDemand[]): void {
    const now = new Map<number, Float64Array>();
    const totals = this.#context;
    const keys = this.#isSampling ? (Object.keys(totals) as (keyof typeof totals)[]) : [];
    for (const key of keys) totals[key] *= FADE;
    for (const demand of told) {
      for (const key of keys) totals[key] += (1 - FADE) * demand[key];
      demand.services.forEach((service, i) => {
        const counts = now.get(service) ?? new Float64Array(CLASSES);
        for (let c = 0; c < CLASSES; c++) (counts[c] as number) += demand.entries[i * CLASSES + c] as number;
        now.set(service, counts);
      });
    }
    for (const [service, smooth] of this.#demand) {
      const counts = now.get(service);
      for (let c = 0; c < CLASSES; c++) {
        const faded = (smooth[c] as number) * FADE + (counts?.[c] ?? 0) * (1 - FADE);
        smooth[c] = Math.max(faded < 0.01 ? 0 : faded, counts?.[c] ?? 0);
      }
      if (sum(smooth) === 0) this.#demand.delete(service);
    }
    for (const [service, counts] of now) if (!this.#demand.has(service)) this.#demand.set(service, counts);
  }

  #decide(): { services: Uint32Array; rates: Uint8Array } {
    const { failed, other } = this.#budgets;
    const { failedRows, otherRows, failedContext, otherContext } = this.#context;
    const services = Uint32Array.from(this.#demand.keys());
    const of = (kind: number): Float64Array => Float64Array.from(this.#demand.values(), (counts) => counts[kind] as number);
    const [slow, rest] = [of(SLOW), of(REST)];
    const isWhole = sum(slow) + sum(rest) <= other; // then nothing is brought along
    const own = isWhole ? other : other / (1 + perRow(otherContext, otherRows));
    const slowRates = fairRates(slow, isWhole ? other : own * SLOW_SHARE_MAX);
    const restRates = fairRates(rest, Math.max(0, own - rowsOf(slow, slowRates)));
    const failedOwn = isWhole ? failed : failed / (1 + perRow(failedContext, failedRows));
    const kinds = [fairRates(of(FAILED), failedOwn), slowRates, restRates];
    this.#isSampling = kinds.some((one) => one.some((k) => k > 0));
    const rates = new Uint8Array(services.length * CLASSES);
    for (let i = 0; i < services.length; i++)
      for (let c = 0; c < CLASSES; c++) rates[i * CLASSES + c] = (kinds[c] as Uint8Array)[i] as number;
    return { services, rates };
  }
}

/** The smallest k for each, so that all rows together fit the budget and nobody is cut below what another gets. */
export function fairRates(counts: Float64Array, budget: number): Uint8Array {
  const rates = new Uint8Array(counts.length);
  if (budget <= 0) return rates.fill(LOG_RATE_OFF);
  if (sum(counts) <= budget) return rates;
  let [low, high] = [0, Math.max(...counts)]; // rows that a service may have
  for (let i = 0; i < BISECTIONS; i++) {
    const level = (low + high) / 2;
    setRates(counts, level, rates);
    if (rowsOf(counts, rates) <= budget) low = level;
    else high = level;
  }
  setRates(counts, low, rates);
  return rates;
}

function setRates(counts: Float64Array, level: number, rates: Uint8Array): void {
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    rates[i] = count <= level ? 0 : level === 0 ? K_MAX : Math.min(K_MAX, Math.ceil(Math.log2(count / level)));
  }
}

function rowsOf(counts: Float64Array, rates: Uint8Array): number {
  let rows = 0;
  for (let i = 0; i < counts.length; i++)
    if (rates[i] !== LOG_RATE_OFF) rows += (counts[i] as number) / 2 ** (rates[i] as number);
  return rows;
}

/** Reports that a row brings along. */
function perRow(context: number, rows: number): number {
  return rows < 1 ? 0 : Math.min(CONTEXT_MAX, context / rows);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
