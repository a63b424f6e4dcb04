/** The names of everything that sends or receives calls, as small integers: the Names port that receivers ask. They stay until
 *  their memory runs short and a hand-over comes by: then all are forgotten, and those that still talk come back at once. */

import { NO_DETAILS } from "../model/batch.ts";
import { OTHER } from "../model/entity.ts";
import { Interner, type InternerLimits, OVERFLOW_ID } from "../model/interner.ts";
import type { Names, WorkloadInfo } from "../model/ports.ts";

export interface NamesLimits {
  readonly servicesMax: number;
  readonly instancesMax: number;
  /** Kept of one workload. */
  readonly attributesMax: number;
  /** Distinct paths, and their bytes. */
  readonly paths: InternerLimits;
  /** Classes of code details. */
  readonly detailsMax: number;
}

const DETAILS_MAX_BYTES = 1 << 16;
const DETAILS_TEXT_MAX_BYTES = 64;

export interface Workload {
  readonly service: number;
  readonly instance: string;
  attributes: Readonly<Record<string, string>>;
  own: boolean;
}

const NOBODY: Workload = {
  service: 0,
  instance: "",
  attributes: {},
  own: false,
};

export class WorkloadNames implements Names {
  /** Workloads and services that found no room and were counted under `{other}`. */
  overflowed = 0;
  /** Attributes of workloads that found no room. */
  attributesOverflowed = 0;
  epoch = 0;
  readonly #limits: NamesLimits;
  readonly #paths: Interner;
  readonly #details: Interner;
  readonly #services = new Map<string, number>();
  readonly #serviceNames: string[] = [""];
  readonly #ids = new Map<string, number>();
  readonly #workloads: Workload[] = [NOBODY];
  /** Workload id -> service id, and whether it has an instance name: what the hot loop reads. */
  serviceOf = new Int32Array(1024);
  hasInstance = new Uint8Array(1024);

  constructor(limits: NamesLimits) {
    this.#limits = limits;
    this.#paths = new Interner(limits.paths);
    this.#details = new Interner({ entriesMax: limits.detailsMax, bytesMax: DETAILS_MAX_BYTES });
  }

  workload(info: WorkloadInfo): number {
    const key = `${info.service}\0${info.instance}`;
    const known = this.#ids.get(key);
    if (known !== undefined) {
      this.#merge(this.#workloads[known] as Workload, info);
      return known;
    }
    const room = this.#workloads.length <= this.#limits.instancesMax;
    if (!room && info.instance !== OTHER) {
      this.overflowed++;
      return this.workload({
        service: this.#hasService(info.service) ? info.service : OTHER,
        instance: OTHER,
        attributes: {},
        own: info.own,
      });
    }
    return this.#add(key, info);
  }

  describe(workload: number): { readonly service: string | null; readonly instance: string | null } {
    const known = this.#workloads[workload];
    if (known === undefined || workload === 0) return { service: null, instance: null };
    return { service: this.serviceName(known.service), instance: known.instance === "" ? null : known.instance };
  }

  path(bytes: Buffer, start: number, end: number): number {
    return this.#paths.intern(bytes, start, end);
  }

  pathText(path: number): string {
    return path === OVERFLOW_ID ? OTHER : this.#paths.text(path);
  }

  codeDetails(bytes: Buffer, start: number, end: number): number {
    return this.#details.intern(bytes, start, Math.min(end, start + DETAILS_TEXT_MAX_BYTES));
  }

  /** The text of a class of code details; "" for none. */
  detailsText(details: number): string {
    return details === NO_DETAILS ? "" : details === OVERFLOW_ID ? OTHER : this.#details.text(details);
  }

  get detailsOverflowed(): number {
    return this.#details.overflowed;
  }

  /** Forgets all classes when they have used half of their room. @returns whether their ids became invalid. */
  forgetDetailsIfFull(): boolean {
    if (this.#details.fill < 0.5) return false;
    this.#details.clear();
    return true;
  }

  get pathsOverflowed(): number {
    return this.#paths.overflowed;
  }

  /** Forgets all paths when they have used half of their room. @returns whether path ids became invalid. */
  forgetPathsIfFull(): boolean {
    if (this.#paths.fill < 0.5) return false;
    this.#paths.clear();
    return true;
  }

  /** How full the tables of services and workloads are, 0 to 1. */
  get fill(): number {
    return Math.max(this.services / this.#limits.servicesMax, this.workloads / this.#limits.instancesMax);
  }

  /** Forgets all services and workloads. */
  forgetWorkloads(): void {
    this.#services.clear();
    this.#serviceNames.length = 1;
    this.#ids.clear();
    this.#workloads.length = 1;
    this.epoch++;
  }

  /** Names and paths held. */
  get strings(): number {
    return this.workloads + this.services + this.#paths.size;
  }

  get workloads(): number {
    return this.#workloads.length - 1;
  }

  get services(): number {
    return this.#serviceNames.length - 1;
  }

  info(workload: number): Workload {
    return this.#workloads[workload] as Workload;
  }

  /** -1 when it is not known. */
  serviceId(name: string): number {
    return this.#services.get(name) ?? -1;
  }

  serviceName(service: number): string {
    return this.#serviceNames[service] as string;
  }

  #hasService(service: string): boolean {
    return this.#services.has(service) || this.#serviceNames.length <= this.#limits.servicesMax;
  }

  #service(name: string): number {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    if (name !== OTHER && this.#serviceNames.length > this.#limits.servicesMax) {
      this.overflowed++;
      return this.#service(OTHER);
    }
    const id = this.#serviceNames.length;
    this.#serviceNames.push(name);
    this.#services.set(name, id);
    return id;
  }

  #add(key: string, info: WorkloadInfo): number {
    const service = this.#service(info.service);
    if (this.#serviceNames[service] !== info.service) {
      // No room for the service: all of its instances are one instance of the service `{other}`.
      return this.workload({
        service: OTHER,
        instance: OTHER,
        attributes: {},
        own: info.own,
      });
    }
    const id = this.#workloads.length;
    this.#workloads.push({
      service,
      instance: info.instance,
      attributes: this.#bounded(info.attributes),
      own: info.own,
    });
    this.#ids.set(key, id);
    if (id >= this.serviceOf.length) this.#grow();
    this.serviceOf[id] = service;
    this.hasInstance[id] = info.instance === "" ? 0 : 1;
    return id;
  }

  #grow(): void {
    const serviceOf = new Int32Array(this.serviceOf.length * 2);
    serviceOf.set(this.serviceOf);
    this.serviceOf = serviceOf;
    const hasInstance = new Uint8Array(serviceOf.length);
    hasInstance.set(this.hasInstance);
    this.hasInstance = hasInstance;
  }

  #bounded(attributes: Workload["attributes"]): Workload["attributes"] {
    const all = Object.entries(attributes);
    const beyond = all.length - this.#limits.attributesMax;
    if (beyond <= 0) return attributes;
    this.attributesOverflowed += beyond;
    return Object.fromEntries(all.slice(0, this.#limits.attributesMax));
  }

  /** What a workload's own proxy says of it wins over what its peers say. */
  #merge(known: Workload, info: WorkloadInfo): void {
    if (info.attributes === known.attributes) return;
    const merged: Record<string, string> = { ...known.attributes };
    for (const [key, value] of Object.entries(info.attributes)) {
      if (merged[key] === value) continue;
      if (merged[key] === undefined) {
        if (Object.keys(merged).length >= this.#limits.attributesMax) {
          this.attributesOverflowed++;
          continue;
        }
      } else if (known.own && !info.own) continue;
      merged[key] = value;
    }
    known.own ||= info.own;
    known.attributes = merged;
  }
}
