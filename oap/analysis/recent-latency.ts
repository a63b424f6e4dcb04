/** What is slow for a service: more than the 99th percentile of its latest latencies, as its own proxies reported them: as a server,
 *  and as a client of others. Learned from what was handed over, so it costs nothing per entry. */
import { HISTOGRAM_COLUMN } from "../catalog/columns.ts";
import type { DeltaBlock, DeltaColumn } from "../model/batch.ts";
import { DETECT_POINT_NAMES, DetectPoint } from "../model/entity.ts";
import { BUCKET_MAX, GAMMA } from "../model/histogram.ts";

const QUANTILE = 0.99;
/** Buckets of the latency histogram in one of ours, 8 %: a service's take 2 KB. */
const COARSE = 4;
const BUCKETS = Math.floor(BUCKET_MAX / COARSE) + 1;
/** Fewer latencies have no 99th percentile worth the name. */
const LEAST = 200;
/** So many are recent; then they begin to fade. */
const RECENT = 20_000;

interface Recent {
  readonly counts: Float32Array;
  total: number;
}

export class RecentLatency {
  /** Of a service and side: the longest silent made room. */
  evictions = 0;
  readonly #serviceIds: (name: string) => number;
  readonly #max: number;
  /** Side and name -> its latencies, the longest silent first. */
  readonly #recent = new Map<string, Recent>();
  /** By service id × 2, the server's side second. */
  #slowUs = new Float64Array(512).fill(Number.POSITIVE_INFINITY);

  /** `serviceId` gives the present id of a service's name; `servicesMax`: how many are known at a time. */
  constructor(serviceId: (name: string) => number, servicesMax: number) {
    this.#serviceIds = serviceId;
    this.#max = 2 * servicesMax;
  }

  /** Whether latenciesUs[row] is slow for the service; never while too little is known. */
  isSlow(service: number, side: number, latenciesUs: Float64Array, row: number): boolean {
    const at = service * 2 + side - 1;
    return at < this.#slowUs.length && (latenciesUs[row] as number) > (this.#slowUs[at] as number);
  }

  /** Takes the latencies of services from a block of traffic_minute. */
  learn(block: DeltaBlock): void {
    const texts = (name: string): readonly string[] => (columnOf(block, name) as { values: readonly string[] }).values;
    const [scopes, services, sides] = [texts("scope"), texts("service"), texts("detect_point")];
    const { ends, keys, values } = columnOf(block, HISTOGRAM_COLUMN) as Extract<DeltaColumn, { type: "Map(UInt16, UInt64)" }>;
    const touched = new Map<string, readonly [string, number]>();
    for (let row = 0, from = 0; row < block.rows; row++) {
      const to = ends[row] as number;
      const isServer = scopes[row] === "service";
      const isClient = scopes[row] === "service_relation" && sides[row] === DETECT_POINT_NAMES[DetectPoint.client];
      if (to > from && (isServer || isClient)) {
        const side = isServer ? DetectPoint.server : DetectPoint.client;
        const service = services[row] as string;
        const key = `${side}${service}`;
        const recent = this.#of(key);
        for (let i = from; i < to; i++) {
          (recent.counts[Math.floor((keys[i] as number) / COARSE)] as number) += values[i] as number;
          recent.total += values[i] as number;
        }
        touched.set(key, [service, side]);
      }
      from = to;
    }
    for (const [key, [service, side]] of touched) {
      const recent = this.#recent.get(key);
      if (recent !== undefined) this.#set(service, side, recent);
    }
  }

  /** Ids of services became invalid; what is known of their names stays. */
  forget(): void {
    this.#slowUs.fill(Number.POSITIVE_INFINITY);
  }

  #of(key: string): Recent {
    let recent = this.#recent.get(key);
    if (recent !== undefined) this.#recent.delete(key);
    else if (this.#recent.size >= this.#max) {
      this.#recent.delete(this.#recent.keys().next().value as string);
      this.evictions++;
    }
    recent ??= { counts: new Float32Array(BUCKETS), total: 0 };
    this.#recent.set(key, recent);
    return recent;
  }

  #set(service: string, side: number, recent: Recent): void {
    const at = this.#serviceIds(service) * 2 + side - 1;
    if (at < 0) return;
    if (at >= this.#slowUs.length) {
      const slowUs = new Float64Array(Math.max(this.#slowUs.length * 2, at + 1)).fill(Number.POSITIVE_INFINITY);
      slowUs.set(this.#slowUs);
      this.#slowUs = slowUs;
    }
    this.#slowUs[at] = recent.total < LEAST ? Number.POSITIVE_INFINITY : percentile(recent);
    if (recent.total > RECENT) fade(recent);
  }
}

function fade(recent: Recent): void {
  recent.total = 0;
  for (let b = 0; b < BUCKETS; b++) {
    recent.counts[b] = (recent.counts[b] as number) / 2;
    recent.total += recent.counts[b] as number;
  }
}

/** Upper end of the bucket that holds it, µs. */
function percentile({ counts, total }: Recent): number {
  let above = total * (1 - QUANTILE);
  let bucket = BUCKETS - 1;
  while (bucket > 0 && (counts[bucket] as number) <= above) above -= counts[bucket--] as number;
  return GAMMA ** (bucket * COARSE + COARSE - 1);
}

function columnOf(block: DeltaBlock, name: string): DeltaColumn {
  return block.columns.find((column) => column.name === name) as DeltaColumn;
}
