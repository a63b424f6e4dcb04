/** The line itself: batches come in and are added to slots; once per flush interval what changed is handed over as one
 *  Delta. Synchronous up to the hand-over; owns no timer. */
import type { Delta, EntryBatch } from "../model/batch.ts";
import type { BatchSink, DeltaSink } from "../model/ports.ts";
import { DAY_MS } from "../model/time-bucket.ts";
import { bookedByMinute } from "./booked.ts";
import { FailureCap } from "./cap-failures.ts";
import { capPairs } from "./cap-pairs.ts";
import { endpointMetaBlock, instanceMetaBlock, keyNamers, serviceMetaBlock, trafficBlock } from "./delta.ts";
import { type EndpointLimits, EndpointNames } from "./endpoint-name.ts";
import { failureBlock } from "./failure-block.ts";
import { KeptLogs, type KeptLogsOptions } from "./kept-logs.ts";
import { type NamesLimits, WorkloadNames } from "./names.ts";
import { Seen } from "./seen.ts";
import { SLOTS_MAX, type Slots } from "./slots.ts";
import { Traffic, type TrafficOptions } from "./traffic.ts";

export interface PipelineOptions extends TrafficOptions, NamesLimits {
  readonly endpoints: EndpointLimits;
  /** Callees that a calling instance keeps apart in pairs. */
  readonly pairsPerInstance: number;
  /** Slots and logged latencies of one scope that make a hand-over due before its time. */
  readonly slotsDue: number;
  readonly latenciesDue: number;
  /** Kinds of failed calls that are told apart in a minute. */
  readonly failuresPerMinute: number;
  /** Null: no rows of access logs. */
  readonly accessLog: KeptLogsOptions | null;
}

const INSTANCE_REFRESH_MS = 60_000;
const SERVICE_REFRESH_MS = 600_000;
/** Pairs of instances are the one quadratic term: handed over once a minute. */
const INSTANCE_RELATION_INTERVAL_MS = 60_000;
/** Services and workloads are forgotten when their tables are this full, and not again before this time has passed: those that
 *  talk come back with their next entry, the others were idle. */
const FORGET_FILL = 0.75;
const FORGET_INTERVAL_MS = 600_000;

export class Pipeline implements BatchSink {
  readonly names: WorkloadNames;
  readonly endpointNames: EndpointNames;
  readonly failureCap: FailureCap;
  readonly logs: KeptLogs | null;
  readonly #sink: DeltaSink;
  readonly #traffic: Traffic;
  readonly #seenWorkloads = new Seen(INSTANCE_REFRESH_MS);
  readonly #seenServices = new Seen(SERVICE_REFRESH_MS);
  readonly #seenEndpoints = new Seen(SERVICE_REFRESH_MS);
  readonly #pairsPerInstance: number;
  readonly #slotsDue: number;
  readonly #latenciesDue: number;
  /** Slots of pairs that were added up under `{other}`. */
  pairsFolded = 0;
  #entries = 0;
  #instanceRelationsAtMs = 0;
  #forgotAtMs = Number.NEGATIVE_INFINITY;
  #day = 0;

  constructor(options: PipelineOptions, sink: DeltaSink) {
    this.#sink = sink;
    this.#pairsPerInstance = options.pairsPerInstance;
    this.#slotsDue = Math.min(SLOTS_MAX / 2, options.slotsDue);
    this.#latenciesDue = options.latenciesDue;
    this.names = new WorkloadNames(options);
    this.endpointNames = new EndpointNames(options.endpoints, this.names);
    this.failureCap = new FailureCap(options.failuresPerMinute);
    const { accessLog } = options;
    this.logs = accessLog === null ? null : new KeptLogs(accessLog, options, this.names, this.endpointNames);
    this.#traffic = new Traffic(options, this.names, this.endpointNames, this.#seenWorkloads, this.#seenEndpoints);
  }

  add(batch: EntryBatch): void {
    this.#traffic.add(batch);
    this.logs?.resolve();
    this.#entries += batch.length;
  }

  /** Rows added since the last hand-over. */
  get pending(): number {
    return this.#entries;
  }

  /** Slots touched since the last hand-over: memory that it gives back. */
  get slots(): number {
    const { services, instances, endpoints, relations, instanceRelations, failures } = this.#traffic;
    return [services, instances, endpoints, relations, instanceRelations, failures].reduce((sum, { length }) => sum + length, 0);
  }

  /** True when memory asks for a hand-over before the interval is over. */
  get handOverDue(): boolean {
    const { services, instances, endpoints, relations, instanceRelations, failures } = this.#traffic;
    return [services, instances, endpoints, relations, instanceRelations, failures].some((slots) => this.#isFull(slots));
  }

  /** Hands over what changed and empties the slots; resolves once it is fsynced. `all` leaves nothing behind: pairs of
   *  instances and metadata that are not due yet go along. @throws SpoolError: the delta is lost, the caller counts it. */
  async handOver(nowMs: number, all: boolean): Promise<void> {
    const delta = this.#takeDelta(nowMs, all);
    const appended = delta.blocks.length > 0 || delta.entries > 0 ? this.#sink.append(delta) : null; // encoded when the call returns
    this.logs?.clear();
    await appended;
  }

  #takeDelta(nowMs: number, all: boolean): Delta {
    const traffic = this.#traffic;
    this.logs?.resolve();
    this.endpointNames.settle();
    const forget = this.names.fill >= FORGET_FILL && Math.abs(nowMs - this.#forgotAtMs) >= FORGET_INTERVAL_MS;
    all ||= forget;
    const isMinuteOver = Math.abs(nowMs - this.#instanceRelationsAtMs) >= INSTANCE_RELATION_INTERVAL_MS;
    const pairsDue = all || isMinuteOver || this.#isFull(traffic.instanceRelations);
    const pairs = pairsDue ? capPairs(traffic.instanceRelations, this.names, this.#pairsPerInstance) : null;
    this.pairsFolded += pairs?.folded ?? 0;
    const namers = keyNamers(this.names, this.endpointNames);
    const rows = trafficBlock(
      [
        ["service", traffic.services],
        ["instance", traffic.instances],
        ["endpoint", traffic.endpoints],
        ["service_relation", traffic.relations],
        ...(pairs === null ? [] : ([["instance_relation", pairs.slots]] as const)),
      ],
      namers,
    );
    const failures = this.failureCap.cap(traffic.failures, traffic.failureKinds, this.names, this.endpointNames);
    const blocks = [rows, failureBlock(failures), this.logs?.block(rows) ?? null, ...this.#takeMetadata(nowMs, all)].filter(
      (block) => block !== null,
    );
    const booked = bookedByMinute([traffic.services, traffic.relations]);
    const delta = { blocks, entries: this.#entries, booked };
    this.#entries = 0;
    for (const slots of [traffic.services, traffic.instances, traffic.endpoints, traffic.relations, traffic.failures])
      slots.clear();
    traffic.failureKinds.clear();
    if (pairsDue) {
      traffic.instanceRelations.clear();
      this.#instanceRelationsAtMs = nowMs;
    }
    if (forget) this.#forgetWorkloads(nowMs);
    this.#forgetPaths(nowMs);
    return delta;
  }

  #isFull(slots: Slots): boolean {
    return slots.length > this.#slotsDue || slots.logLength > this.#latenciesDue;
  }

  #takeMetadata(nowMs: number, all: boolean) {
    const workloads = this.#seenWorkloads.takeDue(nowMs, all);
    for (const id of workloads) {
      const { service } = this.names.info(id);
      this.#seenServices.touch(service, this.#seenWorkloads.first(id));
      this.#seenServices.touch(service, this.#seenWorkloads.last(id));
    }
    return [
      serviceMetaBlock(this.#seenServices.takeDue(nowMs, all), this.#seenServices, this.names),
      instanceMetaBlock(
        workloads.filter((id) => this.names.hasInstance[id] === 1),
        this.#seenWorkloads,
        this.names,
      ),
      endpointMetaBlock(this.#seenEndpoints.takeDue(nowMs, all), this.#seenEndpoints, this.names, this.endpointNames),
    ];
  }

  /** Nothing holds an id now: slots are empty, pairs and metadata went along. */
  #forgetWorkloads(nowMs: number): void {
    this.names.forgetWorkloads();
    this.endpointNames.forgetAll();
    for (const seen of [this.#seenWorkloads, this.#seenServices, this.#seenEndpoints]) seen.clear();
    this.#forgotAtMs = nowMs;
  }

  /** Between two hand-overs no slot holds an endpoint: the moment to give room back. */
  #forgetPaths(nowMs: number): void {
    if (this.names.forgetPathsIfFull()) this.endpointNames.forgetPaths();
    this.names.forgetDetailsIfFull();
    const day = Math.floor(nowMs / DAY_MS);
    if (day === this.#day) return;
    if (this.#day !== 0) {
      this.endpointNames.forgetAll();
      this.#seenEndpoints.clear();
    }
    this.#day = day;
  }
}
