/** Reports of calls into slots: one pass over a batch, integers and typed arrays only, nothing allocated per row.
 *  A server-side report counts for the service, its instance and its endpoint; either side's report counts for the edge. */
import { type EntryBatch, Kind, NO_WORKLOAD, UNKNOWN_VALUE } from "../model/batch.ts";
import { DetectPoint } from "../model/entity.ts";
import { bucketOf } from "../model/histogram.ts";
import { bookedMinute } from "./clock-rule.ts";
import { COLUMN_COUNT, COMMON_COLUMNS, OFFSET_OF } from "./column-offsets.ts";
import type { EndpointNames } from "./endpoint-name.ts";
import { FailureKinds } from "./failure-kinds.ts";
import type { WorkloadNames } from "./names.ts";
import type { Seen } from "./seen.ts";
import { Slots } from "./slots.ts";

export interface TrafficOptions {
  readonly maxAgeMs: number;
  readonly apdexThresholdMs: number;
}

// Constants of other modules are looked up at each use, those of this one are part of the code: decision 0028.
const { server: SERVER } = DetectPoint;
const { tcp: TCP, grpc: GRPC } = Kind;
const [COMMON, NOBODY, UNKNOWN] = [COMMON_COLUMNS, NO_WORKLOAD, UNKNOWN_VALUE];
const { calls: CALLS, failed: FAILED, timed: TIMED, latency_us: LATENCY_US, latency_ms: LATENCY_MS } = OFFSET_OF;
const { apdex_satisfied: APDEX_SATISFIED, apdex_tolerating: APDEX_TOLERATING, retried: RETRIED } = OFFSET_OF;
const { internal_request_ns: INTERNAL_REQUEST_NS, internal_request_count: INTERNAL_REQUEST_COUNT } = OFFSET_OF;
const { internal_response_ns: INTERNAL_RESPONSE_NS, internal_response_count: INTERNAL_RESPONSE_COUNT } = OFFSET_OF;
const { request_bytes: REQUEST_BYTES, response_bytes: RESPONSE_BYTES, grpc_calls: GRPC_CALLS } = OFFSET_OF;
const {
  status_none: STATUS,
  tls_none: TLS,
  tcp_records: TCP_RECORDS,
  tcp_opened: TCP_OPENED,
  tcp_closed: TCP_CLOSED,
} = OFFSET_OF;
const { tcp_carried: TCP_CARRIED, tcp_received: TCP_RECEIVED, tcp_sent: TCP_SENT } = OFFSET_OF;

/** More fields than one row can touch besides the common ones. */
const FIELDS_MAX = 24;
const NO_BUCKET = -1;
const NO_SLOT = -1;

export class Traffic {
  /** Keys after the minute: service · workload · endpoint · source service, destination service, detect point ·
   *  source workload, destination workload, detect point · source service, endpoint, failure kind. */
  readonly services = new Slots(COLUMN_COUNT);
  readonly instances = new Slots(COLUMN_COUNT);
  readonly endpoints = new Slots(COLUMN_COUNT);
  readonly relations = new Slots(COLUMN_COUNT);
  readonly instanceRelations = new Slots(COLUMN_COUNT);
  readonly failures = new Slots(1);
  readonly failureKinds = new FailureKinds();
  readonly #options: TrafficOptions;
  readonly #names: WorkloadNames;
  readonly #endpointNames: EndpointNames;
  readonly #seenWorkloads: Seen;
  readonly #seenEndpoints: Seen;
  /** What the current row adds: to the common columns, and values[i] to column fields[i]. */
  readonly #common = new Float64Array(COMMON);
  readonly #fields = new Int32Array(FIELDS_MAX);
  readonly #values = new Float64Array(FIELDS_MAX);
  #fieldCount = 0;

  constructor(options: TrafficOptions, names: WorkloadNames, endpoints: EndpointNames, seenWorkloads: Seen, seenEndpoints: Seen) {
    this.#options = options;
    this.#names = names;
    this.#endpointNames = endpoints;
    this.#seenWorkloads = seenWorkloads;
    this.#seenEndpoints = seenEndpoints;
  }

  add(batch: EntryBatch): void {
    for (let row = 0; row < batch.length; row++) this.#addRow(batch, row);
  }

  #addRow(batch: EntryBatch, row: number): void {
    let minute = bookedMinute(batch.startMs[row] as number, batch.receivedAtMs, this.#options.maxAgeMs);
    if (minute < 0) {
      minute = -1 - minute;
      batch.clockSkewed++;
    }
    const bucket = this.#collect(batch, row);
    const { serviceOf, hasInstance } = this.#names;
    const source = batch.source[row] as number;
    const destination = batch.destination[row] as number;
    const sourceService = serviceOf[source] as number;
    const service = serviceOf[destination] as number;
    const detectPoint = batch.detectPoint[row] as number;
    const isServer = detectPoint === SERVER;
    const hasRequest = batch.kind[row] !== TCP;
    const failed = batch.counted[row] === 1 && batch.success[row] === 0;
    let endpoint = 0;
    if (isServer || failed) {
      endpoint = hasRequest
        ? this.#endpointNames.resolve(service, batch.method[row] as number, batch.path[row] as number)
        : this.#endpointNames.none(service);
    }
    // All places are looked up before anything is added: one is fetched from memory while the next is being looked for.
    let serviceSlot = NO_SLOT;
    let instanceSlot = NO_SLOT;
    let endpointSlot = NO_SLOT;
    let relationSlot = NO_SLOT;
    let pairSlot = NO_SLOT;
    if (isServer) {
      serviceSlot = this.services.slot(minute, service, 0, 0);
      if (hasInstance[destination] === 1) instanceSlot = this.instances.slot(minute, destination, 0, 0);
      if (hasRequest && this.#endpointNames.name(endpoint) !== "") endpointSlot = this.endpoints.slot(minute, endpoint, 0, 0);
    }
    if (source !== NOBODY) {
      relationSlot = this.relations.slot(minute, sourceService, service, detectPoint);
      if (hasInstance[source] === 1 && hasInstance[destination] === 1)
        pairSlot = this.instanceRelations.slot(minute, source, destination, detectPoint);
    }
    this.#seenWorkloads.touch(isServer ? destination : source, minute);
    if (endpointSlot !== NO_SLOT) this.#seenEndpoints.touch(endpoint, minute);
    this.#book(this.services, serviceSlot, bucket);
    this.#book(this.instances, instanceSlot, bucket);
    this.#book(this.endpoints, endpointSlot, bucket);
    this.#book(this.relations, relationSlot, bucket);
    this.#book(this.instanceRelations, pairSlot, bucket);
    if (failed) {
      const { responseCode, flags, details } = batch;
      const kind = this.failureKinds.id(detectPoint, responseCode[row] as number, flags[row] as number, details[row] as number);
      const slot = this.failures.slot(minute, sourceService, endpoint, kind);
      (this.failures.rows[this.failures.at(slot)] as number) += 1;
    }
  }

  /** Adds the collected fields to one slot, if there is one. */
  #book(slots: Slots, slot: number, bucket: number): void {
    if (slot === NO_SLOT) return;
    const rows = slots.rows;
    const base = slots.at(slot);
    const common = this.#common;
    for (let i = 0; i < COMMON; i++) (rows[base + i] as number) += common[i] as number;
    for (let i = 0; i < this.#fieldCount; i++) (rows[base + (this.#fields[i] as number)] as number) += this.#values[i] as number;
    if (bucket !== NO_BUCKET) slots.logLatency(slot, bucket);
  }

  #field(column: number, value: number): void {
    this.#fields[this.#fieldCount] = column;
    this.#values[this.#fieldCount++] = value;
  }

  /** Collects what the row adds to every entity it belongs to. @returns its latency bucket. */
  #collect(batch: EntryBatch, row: number): number {
    const common = this.#common;
    common.fill(0);
    this.#fieldCount = 0;
    if (batch.kind[row] === TCP) return this.#collectTcp(batch, row);
    common[REQUEST_BYTES] = Math.max(0, batch.receivedBytes[row] as number);
    common[RESPONSE_BYTES] = Math.max(0, batch.sentBytes[row] as number);
    if (batch.counted[row] === 0) return NO_BUCKET;
    const success = batch.success[row] === 1;
    common[CALLS] = 1;
    if (!success) this.#field(FAILED, 1);
    if (batch.kind[row] === GRPC) this.#field(GRPC_CALLS, 1);
    const statusClass = Math.floor((batch.responseCode[row] as number) / 100);
    this.#field(STATUS + (statusClass <= 5 ? statusClass : 0), 1);
    this.#field(TLS + (batch.tlsMode[row] as number), 1);
    if ((batch.attempts[row] as number) > 1) this.#field(RETRIED, 1);
    this.#collectInternal(batch, row);
    const latencyUs = batch.latencyUs[row] as number;
    if (latencyUs === UNKNOWN) return NO_BUCKET;
    const latencyMs = Math.max(1, batch.latencyMs[row] as number);
    common[TIMED] = 1;
    common[LATENCY_US] = latencyUs;
    common[LATENCY_MS] = latencyMs;
    if (success && latencyMs <= this.#options.apdexThresholdMs) common[APDEX_SATISFIED] = 1;
    else if (success && latencyMs <= 4 * this.#options.apdexThresholdMs) this.#field(APDEX_TOLERATING, 1);
    return bucketOf(latencyUs);
  }

  #collectInternal(batch: EntryBatch, row: number): void {
    const request = batch.internalRequestNs[row] as number;
    if (request !== UNKNOWN) {
      this.#common[INTERNAL_REQUEST_NS] = request;
      this.#common[INTERNAL_REQUEST_COUNT] = 1;
    }
    const response = batch.internalResponseNs[row] as number;
    if (response !== UNKNOWN) {
      this.#common[INTERNAL_RESPONSE_NS] = response;
      this.#common[INTERNAL_RESPONSE_COUNT] = 1;
    }
  }

  #collectTcp(batch: EntryBatch, row: number): number {
    const received = batch.receivedBytes[row] as number;
    const sent = batch.sentBytes[row] as number;
    if (received >= 0 || sent >= 0) this.#field(TCP_CARRIED, 1);
    if (received > 0) this.#field(TCP_RECEIVED, received);
    if (sent > 0) this.#field(TCP_SENT, sent);
    if (batch.opened[row] === 1) this.#field(TCP_OPENED, 1);
    if (batch.closed[row] === 1) this.#field(TCP_CLOSED, 1);
    if (batch.counted[row] === 1) {
      this.#field(TCP_RECORDS, 1);
      this.#field(TLS + (batch.tlsMode[row] as number), 1);
    }
    return NO_BUCKET;
  }
}
