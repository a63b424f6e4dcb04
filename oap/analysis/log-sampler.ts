/** Which access-log entries of this process become rows: the LogSampler port. A class of a service's entries is kept one in 2^k, by
 *  the hash of the request id: what one hop keeps, every hop with the same or a smaller k keeps too. The others may miss it: those
 *  kept requests are told around, and what had not been kept of them is recalled with weight 0. So sums of weights are unbiased
 *  whatever was recalled. */

import type { EntryBatch } from "../model/batch.ts";
import { hashBytes, viewOf } from "../model/byte-words.ts";
import type { KeptRequests, LogDemand, LogRates } from "../model/ipc.ts";
import { LogKept } from "../model/log-rows.ts";
import type { LogSampler as Port } from "../model/ports.ts";
import { KEPT_MAX, RecentlyKept } from "./kept-requests.ts";
import { CLASSES, FAILED, LOG_RATE_OFF, type LogBudgets, REST, SLOW } from "./log-rates.ts";
import type { RecentLatency } from "./recent-latency.ts";

export interface SamplerNames {
  readonly epoch: number;
  readonly serviceOf: Int32Array;
  serviceName(service: number): string;
}

/** Below this threshold a hash is kept at rate k. */
const THRESHOLDS = Float64Array.from({ length: 64 }, (_, k) => (k >= LOG_RATE_OFF ? 0 : 2 ** (32 - k)));
const SERVICES_START = 256;
/** Other reports of a request come within so many seconds of the first. */
const LATELY = 3;
/** A second that brings more rows than this many budgets is braked: k rises for the rest of it. */
const BRAKE_AT = 2;
const BRAKE_ROWS_MIN = 100;
const BRAKE_MAX = 16;
/** Of the budgets, what a second may recall however many rows it brought. */
const CONTEXT_SHARE_MIN = 0.5;

export class LogSampler implements Port {
  weight = 1;
  kind: number = LogKept.rest;
  /** Entries that were not kept, by class. */
  readonly notKept = new Float64Array(CLASSES);
  /** Entries of kept requests that the budget had no room for. */
  contextRefused = 0;
  /** Kept requests that were not remembered, or not told around, for want of room: their other reports may be missed. */
  keptOverflowed = 0;
  readonly #budgets: LogBudgets;
  readonly #names: SamplerNames;
  readonly #latency: RecentLatency;
  #epoch = 0;
  /** By service id: 1 when its k are set; k and entries of this second by class. */
  #known = new Uint8Array(SERVICES_START);
  #keys = new Uint32Array(SERVICES_START);
  #rates = new Uint8Array(SERVICES_START * CLASSES);
  #entries = new Float64Array(SERVICES_START * CLASSES);
  #services: number[] = [];
  #table = new Map<number, number>();
  #told: LogRates;
  /** Added to k of a class. */
  readonly #brake = new Uint8Array(CLASSES);
  readonly #rowsOfSecond = new Float64Array(CLASSES);
  #context = { failed: 0, other: 0 };
  /** Entries that may be recalled in this second. */
  get #contextLeft(): number {
    const budget = this.#told.share * (this.#budgets.failed + this.#budgets.other);
    const [failed = 0, slow = 0, rest = 0] = this.#rowsOfSecond;
    return Math.max(budget - failed - slow - rest, budget * CONTEXT_SHARE_MIN);
  }
  /** Requests with a hash below are kept by everybody: nobody needs to be told. */
  #common = 2 ** 32;
  /** What was kept below that in the last seconds, hash and LogKept.* in turns: when k rises, later reports of it may be missed. */
  readonly #lately: number[][] = [[]];
  /** Kept requests that others may have missed. */
  readonly #kept = new RecentlyKept();
  #untold: number[] = [];

  /** `share` of the budgets that is this process's until it is told another. */
  constructor(budgets: LogBudgets, share: number, names: SamplerNames, latency: RecentLatency) {
    this.#budgets = budgets;
    this.#told = { services: new Uint32Array(0), rates: new Uint8Array(0), share };
    this.#names = names;
    this.#latency = latency;
    this.#setCommon();
  }

  decide(batch: EntryBatch, first: number, last: number, workload: number, signed: number): number {
    if (this.#names.epoch !== this.#epoch) this.#forget();
    const service = this.#names.serviceOf[workload] as number;
    if (service >= this.#known.length || this.#known[service] === 0) this.#adopt(service);
    const { success, latencyUs, detectPoint } = batch;
    let kind = REST;
    if (success[first] === 0 || success[last] === 0) kind = FAILED;
    else if (this.#latency.isSlow(service, detectPoint[first] as number, latencyUs, first)) kind = SLOW;
    const at = service * CLASSES + kind;
    (this.#entries[at] as number)++;
    const rate = (this.#rates[at] as number) + (this.#brake[kind] as number);
    this.kind = kind + 1; // LogKept.*
    const hash = signed >>> 0;
    if (hash >= (THRESHOLDS[rate] as number)) {
      (this.notKept[kind] as number)++;
      return LogKept.none;
    }
    this.weight = 2 ** rate;
    this.#count(kind);
    if (hash >= this.#common) this.#promote(hash, this.kind);
    else (this.#lately[0] as number[]).push(hash, this.kind);
    return this.kind;
  }

  recall(signed: number, kind: number): number {
    const keptAs = this.#kept.as(signed >>> 0);
    if (keptAs === LogKept.none) return LogKept.none;
    if (keptAs === LogKept.failed) this.#context.failed++;
    else this.#context.other++;
    if (this.#context.failed + this.#context.other > this.#contextLeft) {
      this.contextRefused++;
      return LogKept.refused;
    }
    return kind === LogKept.rest && keptAs !== LogKept.rest ? LogKept.context : kind;
  }

  /** The least and the largest k in use. */
  get rateRange(): { readonly least: number; readonly most: number } {
    const { rates } = this.#told;
    let [least, most] = [0, 0];
    if (rates.length > 0) [least, most] = [Math.min(...rates), Math.max(...rates)];
    const brake = Math.max(...this.#brake);
    return { least, most: most + brake };
  }

  /** What was kept since the last call and other processes may have missed reports of. */
  takeKept(): KeptRequests {
    const kept = Uint32Array.from(this.#untold);
    this.#untold = [];
    return kept;
  }

  /** Ends a second: what was seen in it. */
  endSecond(): LogDemand {
    const services = this.#services.filter((service) => sumAt(this.#entries, service) > 0);
    const entries = new Float64Array(services.length * CLASSES);
    services.forEach((service, i) => {
      for (let c = 0; c < CLASSES; c++) entries[i * CLASSES + c] = this.#entries[service * CLASSES + c] as number;
    });
    const rows = this.#rowsOfSecond;
    const demand: LogDemand = {
      services: Uint32Array.from(services, (service) => this.#keys[service] as number),
      entries,
      failedRows: rows[FAILED] as number,
      otherRows: (rows[SLOW] as number) + (rows[REST] as number),
      failedContext: this.#context.failed,
      otherContext: this.#context.other,
    };
    this.#entries.fill(0);
    rows.fill(0);
    this.#brake.fill(0);
    this.#context = { failed: 0, other: 0 };
    this.#setCommon();
    this.#kept.endSecond();
    this.#lately.unshift([]);
    this.#lately.length = Math.min(this.#lately.length, LATELY);
    return demand;
  }

  /** What holds from now on. */
  take(rates: LogRates): void {
    this.#told = rates;
    this.#table = new Map(Array.from(rates.services, (key, i) => [key, i]));
    for (const service of this.#services) this.#setRates(service);
    this.#brake.fill(0);
    this.#setCommon();
  }

  /** Requests that another process kept. */
  keep(kept: KeptRequests): void {
    for (let i = 0; i + 1 < kept.length; i += 2) {
      if (!this.#kept.remember(kept[i] as number, kept[i + 1] as number)) this.keptOverflowed++;
    }
  }

  #count(kind: number): void {
    const count = ++(this.#rowsOfSecond[kind] as number);
    const budget = Math.max(
      BRAKE_ROWS_MIN,
      BRAKE_AT * this.#told.share * (kind === FAILED ? this.#budgets.failed : this.#budgets.other),
    );
    if (count < budget * ((this.#brake[kind] as number) + 1) || (this.#brake[kind] as number) >= BRAKE_MAX) return;
    (this.#brake[kind] as number)++;
    this.#setCommon();
  }

  #promote(hash: number, kept: number): void {
    const isTold = this.#untold.length < 2 * KEPT_MAX;
    if (isTold) this.#untold.push(hash, kept);
    if (!this.#kept.remember(hash, kept) || !isTold) this.keptOverflowed++;
  }

  #setCommon(): void {
    const { failed, other } = this.#budgets;
    let most = failed === 0 || other === 0 ? LOG_RATE_OFF : 0;
    for (let i = 0; i < this.#told.rates.length; i++) {
      const rate = (this.#told.rates[i] as number) + (this.#brake[i % CLASSES] as number);
      if (rate > most) most = rate;
    }
    for (const brake of this.#brake) if (brake > most) most = brake;
    const before = this.#common;
    this.#common = THRESHOLDS[most] as number;
    if (this.#common < before) this.#promoteLate();
  }

  /** Tells around what was kept lately and would not be now. */
  #promoteLate(): void {
    for (const second of this.#lately) {
      for (let i = 0; i < second.length; i += 2) {
        if ((second[i] as number) >= this.#common) this.#promote(second[i] as number, second[i + 1] as number);
      }
    }
  }

  #adopt(service: number): void {
    if (service >= this.#known.length) this.#grow(service);
    const name = Buffer.from(this.#names.serviceName(service));
    this.#known[service] = 1;
    this.#keys[service] = hashBytes(viewOf(name), 0, name.length) >>> 0;
    this.#services.push(service);
    this.#setRates(service);
  }

  #setRates(service: number): void {
    const row = this.#table.get(this.#keys[service] as number);
    for (let c = 0; c < CLASSES; c++) {
      const isOff = (c === FAILED ? this.#budgets.failed : this.#budgets.other) === 0;
      this.#rates[service * CLASSES + c] = isOff
        ? LOG_RATE_OFF
        : row === undefined
          ? 0
          : (this.#told.rates[row * CLASSES + c] as number);
    }
  }

  #grow(service: number): void {
    const size = Math.max(this.#known.length * 2, service + 1);
    const [known, keys, rates, entries] = [
      new Uint8Array(size),
      new Uint32Array(size),
      new Uint8Array(size * CLASSES),
      new Float64Array(size * CLASSES),
    ];
    known.set(this.#known);
    keys.set(this.#keys);
    rates.set(this.#rates);
    entries.set(this.#entries);
    this.#known = known;
    this.#keys = keys;
    this.#rates = rates;
    this.#entries = entries;
  }

  /** Ids of services became invalid. */
  #forget(): void {
    this.#epoch = this.#names.epoch;
    this.#services = [];
    this.#known.fill(0);
    this.#entries.fill(0);
    this.#latency.forget();
  }
}

function sumAt(entries: Float64Array, service: number): number {
  let total = 0;
  for (let c = 0; c < CLASSES; c++) total += entries[service * CLASSES + c] as number;
  return total;
}
