/** Services, instances and endpoints. The list of services is small and asked for by everything: cached for ten seconds. */
import type { Clock, SqlReader } from "../../oap/model/ports.ts";
import { seconds, sql } from "./sql.ts";

export interface StoredService {
  readonly service: string;
  readonly normal: boolean;
  readonly layers: readonly string[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface StoredInstance {
  readonly instance: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

interface Alive {
  readonly fromMs: number;
  readonly toMs: number;
}

const SERVICES = sql("services");
const INSTANCES = sql("instances");
const ENDPOINTS = sql("endpoints");
const CACHE_MS = 10_000;
/** How far behind metadata may be: endpoints are told again every ten minutes, instances every minute. */
const ENDPOINT_LAG_MS = 11 * 60_000;
const INSTANCE_LAG_MS = 2 * 60_000;

export const EVER: Alive = { fromMs: 0, toMs: (2 ** 32 - 1) * 1_000 };

export class Metadata {
  readonly #sql: SqlReader;
  readonly #clock: Clock;
  #services: Promise<StoredService[]> | null = null;
  #byName: { of: readonly StoredService[]; map: ReadonlyMap<string, StoredService> } | null = null;
  #readAt = 0;

  constructor(reader: SqlReader, clock: Clock) {
    this.#sql = reader;
    this.#clock = clock;
  }

  services(): Promise<StoredService[]> {
    const now = this.#clock.now();
    if (this.#services === null || Math.abs(now - this.#readAt) >= CACHE_MS) {
      this.#readAt = now;
      const reading = this.#readServices();
      this.#services = reading;
      const forget = (): void => {
        if (this.#services === reading) this.#services = null;
      };
      // Neither an error nor "nothing yet" is worth remembering.
      reading.then((services) => services.length === 0 && forget(), forget);
    }
    return this.#services;
  }

  async service(name: string, normal: boolean): Promise<StoredService | null> {
    const found = (await this.byName()).get(name);
    if (found?.normal === normal) return found;
    return (await this.services()).find((one) => one.service === name && one.normal === normal) ?? null;
  }

  /** By name; a name that is both normal and not stands for the normal service. */
  async byName(): Promise<ReadonlyMap<string, StoredService>> {
    const of = await this.services();
    if (this.#byName?.of !== of) {
      const sorted = [...of].sort((a, b) => Number(a.normal) - Number(b.normal));
      this.#byName = { of, map: new Map(sorted.map((one) => [one.service, one])) };
    }
    return this.#byName.map;
  }

  async instances(service: string, normal: boolean, alive: Alive): Promise<StoredInstance[]> {
    const { from, to } = seconds({ fromMs: alive.fromMs - INSTANCE_LAG_MS, toMs: alive.toMs });
    const rows = await this.#sql.query<{
      instance: string;
      attributes: Record<string, string>;
      first_seen: number;
      last_seen: number;
    }>(INSTANCES, {
      service,
      normal: normal ? 1 : 0,
      from,
      to,
    });
    return rows.map(({ instance, attributes, first_seen, last_seen }) => ({
      instance,
      attributes,
      firstSeen: first_seen,
      lastSeen: last_seen,
    }));
  }

  async endpoints(service: string, normal: boolean, keyword: string, limit: number, alive: Alive): Promise<string[]> {
    const { from, to } = seconds({ fromMs: alive.fromMs - ENDPOINT_LAG_MS, toMs: alive.toMs });
    const params = { service, normal: normal ? 1 : 0, keyword, limit, from, to };
    return (await this.#sql.query<{ endpoint: string }>(ENDPOINTS, params)).map(({ endpoint }) => endpoint);
  }

  async #readServices(): Promise<StoredService[]> {
    type Row = { service: string; is_normal: boolean | number; layers: string[]; first_seen: number; last_seen: number };
    const rows = await this.#sql.query<Row>(SERVICES, {});
    return rows.map(({ service, is_normal, layers, first_seen, last_seen }) => ({
      service,
      normal: Boolean(is_normal),
      layers,
      firstSeen: first_seen,
      lastSeen: last_seen,
    }));
  }
}
