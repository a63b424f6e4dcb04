/** Failed calls fall into as many kinds as there are edges, endpoints, codes, flags and details. A process tells `perMinute` of them
 *  apart in each minute, the first that come; the calls of the others are added up, exactly, under the endpoint and details `{other}`
 *  of their edge; and beyond as many edges under the edge between `{other}` and `{other}`. */
import { OTHER } from "../model/entity.ts";
import type { EndpointNames } from "./endpoint-name.ts";
import type { FailureKinds } from "./failure-kinds.ts";
import type { WorkloadNames } from "./names.ts";
import type { Slots } from "./slots.ts";

export interface Failure {
  readonly minute: number;
  readonly service: string;
  readonly destService: string;
  readonly endpoint: string;
  readonly detectPoint: number;
  readonly responseCode: number;
  readonly flags: number;
  readonly details: string;
  calls: number;
}

/** Minutes remembered: late entries are of some; of one that is forgotten as many are told apart again. */
const MINUTES_MAX = 32;

export class FailureCap {
  /** Rows that were added up under `{other}`. */
  folded = 0;
  readonly #perMinute: number;
  /** Minute -> what is told apart in it, and the edges of the rest. */
  readonly #minutes = new Map<number, { readonly apart: Set<string>; readonly edges: Set<string> }>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** The failed calls of a hand-over; those of one key are one. */
  cap(slots: Slots, kinds: FailureKinds, names: WorkloadNames, endpoints: EndpointNames): Failure[] {
    const rows = new Map<string, Failure>();
    for (let slot = 0; slot < slots.length; slot++) {
      const kind = kinds.kind(slots.key(slot, 3));
      const endpoint = slots.key(slot, 2);
      const failure = this.#admitted({
        minute: slots.key(slot, 0),
        service: names.serviceName(slots.key(slot, 1)),
        destService: names.serviceName(endpoints.service(endpoint)),
        endpoint: endpoints.name(endpoint),
        detectPoint: kind.detectPoint,
        responseCode: kind.responseCode,
        flags: kind.flags,
        details: names.detailsText(kind.details),
        calls: slots.rows[slots.at(slot)] as number,
      });
      const key = `${failure.minute}\0${keyOf(failure)}`;
      const known = rows.get(key);
      if (known === undefined) rows.set(key, failure);
      else known.calls += failure.calls;
    }
    return [...rows.values()];
  }

  #admitted(failure: Failure): Failure {
    const { apart, edges } = this.#minute(failure.minute);
    if (admits(apart, keyOf(failure), this.#perMinute)) return failure;
    this.folded++;
    const other = { ...failure, endpoint: OTHER, details: OTHER, responseCode: 0, flags: 0 };
    if (admits(edges, keyOf(other), this.#perMinute)) return other;
    return { ...other, service: OTHER, destService: OTHER };
  }

  #minute(minute: number) {
    let known = this.#minutes.get(minute);
    if (known === undefined) {
      if (this.#minutes.size >= MINUTES_MAX) this.#minutes.delete(this.#minutes.keys().next().value as number);
      known = { apart: new Set<string>(), edges: new Set<string>() };
      this.#minutes.set(minute, known);
    }
    return known;
  }
}

function admits(known: Set<string>, key: string, max: number): boolean {
  if (known.has(key)) return true;
  if (known.size >= max) return false;
  known.add(key);
  return true;
}

function keyOf({ service, destService, endpoint, detectPoint, responseCode, flags, details }: Failure): string {
  return `${service}\0${destService}\0${endpoint}\0${detectPoint} ${responseCode} ${flags} ${details}`;
}
