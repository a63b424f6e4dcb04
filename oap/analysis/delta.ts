/** Slots to the rows of a hand-over: column by column, ready to be encoded. */
import { COLUMNS, HISTOGRAM_COLUMN, type Scope } from "../catalog/columns.ts";
import type { DeltaBlock, DeltaColumn } from "../model/batch.ts";
import { DETECT_POINT_NAMES } from "../model/entity.ts";
import { OFFSETS } from "./column-offsets.ts";
import type { EndpointNames } from "./endpoint-name.ts";
import type { WorkloadNames } from "./names.ts";
import type { Seen } from "./seen.ts";
import type { Slots } from "./slots.ts";

const SECONDS_PER_MINUTE = 60;

/** The names of one row; all strings are "" where the scope has none. */
interface RowKey {
  readonly scope: Scope;
  service: string;
  instance: string;
  endpoint: string;
  destService: string;
  destInstance: string;
  detectPoint: string;
}

type NameRow = (key: RowKey, a: number, b: number, c: number) => void;

/** What each scope's slot key means. */
export function keyNamers(names: WorkloadNames, endpoints: EndpointNames): Record<Scope, NameRow> {
  const serviceOf = (workload: number): string => names.serviceName(names.info(workload).service);
  return {
    service: (key, service) => {
      key.service = names.serviceName(service);
    },
    instance: (key, workload) => {
      key.service = serviceOf(workload);
      key.instance = names.info(workload).instance;
    },
    endpoint: (key, endpoint) => {
      key.service = names.serviceName(endpoints.service(endpoint));
      key.endpoint = endpoints.name(endpoint);
    },
    service_relation: (key, source, destination, detectPoint) => {
      key.service = names.serviceName(source);
      key.destService = names.serviceName(destination);
      key.detectPoint = DETECT_POINT_NAMES[detectPoint] as string;
    },
    instance_relation: (key, source, destination, detectPoint) => {
      key.service = serviceOf(source);
      key.instance = names.info(source).instance;
      key.destService = serviceOf(destination);
      key.destInstance = names.info(destination).instance;
      key.detectPoint = DETECT_POINT_NAMES[detectPoint] as string;
    },
  };
}

/** Rows of traffic_minute from the slots of several scopes; null when there are none. Takes the latency logs. */
export function trafficBlock(parts: readonly (readonly [Scope, Slots])[], namers: Record<Scope, NameRow>): DeltaBlock | null {
  const rows = parts.reduce((sum, [, slots]) => sum + slots.length, 0);
  if (rows === 0) return null;
  const text = {
    scope: [] as string[],
    service: [] as string[],
    instance: [] as string[],
    endpoint: [] as string[],
  };
  const dest = {
    service: [] as string[],
    instance: [] as string[],
    detectPoint: [] as string[],
  };
  const minutes = new Float64Array(rows);
  const destNormal = new Uint8Array(rows);
  const values = COLUMNS.map(() => new Float64Array(rows));
  const histogram = new HistogramColumn(rows, parts);
  let row = 0;
  for (const [scope, slots] of parts) {
    histogram.append(slots);
    for (let slot = 0; slot < slots.length; slot++, row++) {
      const key: RowKey = {
        scope,
        service: "",
        instance: "",
        endpoint: "",
        destService: "",
        destInstance: "",
        detectPoint: "",
      };
      namers[scope](key, slots.key(slot, 1), slots.key(slot, 2), slots.key(slot, 3));
      text.scope.push(scope);
      text.service.push(key.service);
      text.instance.push(key.instance);
      text.endpoint.push(key.endpoint);
      dest.service.push(key.destService);
      dest.instance.push(key.destInstance);
      dest.detectPoint.push(key.detectPoint);
      destNormal[row] = key.detectPoint === "" ? 0 : 1;
      minutes[row] = slots.key(slot, 0) * SECONDS_PER_MINUTE;
      const base = slots.at(slot);
      for (let column = 0; column < values.length; column++) {
        (values[column] as Float64Array)[row] = slots.rows[base + (OFFSETS[column] as number)] as number;
      }
    }
  }
  const columns: DeltaColumn[] = [
    { name: "scope", type: "String", values: text.scope },
    { name: "service", type: "String", values: text.service },
    { name: "normal", type: "UInt8", values: new Uint8Array(rows).fill(1) },
    { name: "instance", type: "String", values: text.instance },
    { name: "endpoint", type: "String", values: text.endpoint },
    { name: "dest_service", type: "String", values: dest.service },
    { name: "dest_normal", type: "UInt8", values: destNormal },
    { name: "dest_instance", type: "String", values: dest.instance },
    { name: "detect_point", type: "String", values: dest.detectPoint },
    { name: "minute", type: "DateTime('UTC')", values: minutes },
    ...COLUMNS.map(
      (name, i): DeltaColumn => ({
        name,
        type: "UInt64",
        values: values[i] as Float64Array,
      }),
    ),
    histogram.column(),
  ];
  return { table: "traffic_minute", rows, columns };
}

class HistogramColumn {
  readonly #ends: Float64Array;
  readonly #keys: Uint16Array;
  readonly #counts: Uint32Array;
  #rows = 0;
  #length = 0;

  constructor(rows: number, parts: readonly (readonly [Scope, Slots])[]) {
    const room = parts.reduce((sum, [, slots]) => sum + slots.logLength, 0);
    this.#ends = new Float64Array(rows);
    this.#keys = new Uint16Array(room);
    this.#counts = new Uint32Array(room);
  }

  append(slots: Slots): void {
    const { ends, keys, counts } = slots.takeHistograms();
    this.#keys.set(keys, this.#length);
    this.#counts.set(counts, this.#length);
    for (const end of ends) this.#ends[this.#rows++] = this.#length + end;
    this.#length += keys.length;
  }

  column(): DeltaColumn {
    const keys = this.#keys.subarray(0, this.#length);
    return {
      name: HISTOGRAM_COLUMN,
      type: "Map(UInt16, UInt64)",
      ends: this.#ends,
      keys,
      values: this.#counts.subarray(0, this.#length),
    };
  }
}

/** Seconds since the epoch of the first minute, and of the last moment of the last minute, in which each id was seen. */
function seenColumns(ids: readonly number[], seen: Seen): DeltaColumn[] {
  return [
    {
      name: "first_seen",
      type: "DateTime('UTC')",
      values: ids.map((id) => seen.first(id) * SECONDS_PER_MINUTE),
    },
    {
      name: "last_seen",
      type: "DateTime('UTC')",
      values: ids.map((id) => seen.last(id) * SECONDS_PER_MINUTE),
    },
  ];
}

/** Rows of service_meta: `workloads` stands for their services, one row each; storage merges. */
export function serviceMetaBlock(services: readonly number[], seen: Seen, names: WorkloadNames): DeltaBlock | null {
  if (services.length === 0) return null;
  const columns: DeltaColumn[] = [
    {
      name: "service",
      type: "String",
      values: services.map((id) => names.serviceName(id)),
    },
    {
      name: "normal",
      type: "UInt8",
      values: new Uint8Array(services.length).fill(1),
    },
    { name: "layer", type: "String", values: services.map(() => "MESH") },
    ...seenColumns(services, seen),
  ];
  return { table: "service_meta", rows: services.length, columns };
}

/** Rows of instance_meta. */
export function instanceMetaBlock(workloads: readonly number[], seen: Seen, names: WorkloadNames): DeltaBlock | null {
  if (workloads.length === 0) return null;
  const infos = workloads.map((id) => names.info(id));
  const attributes = infos.map((info) => Object.entries(info.attributes));
  let end = 0;
  const columns: DeltaColumn[] = [
    {
      name: "service",
      type: "String",
      values: infos.map((info) => names.serviceName(info.service)),
    },
    {
      name: "normal",
      type: "UInt8",
      values: new Uint8Array(workloads.length).fill(1),
    },
    {
      name: "instance",
      type: "String",
      values: infos.map((info) => info.instance),
    },
    {
      name: "attributes",
      type: "Map(String, String)",
      ends: attributes.map((list) => (end += list.length)),
      keys: attributes.flatMap((list) => list.map(([key]) => key)),
      values: attributes.flatMap((list) => list.map(([, value]) => value)),
    },
    ...seenColumns(workloads, seen),
  ];
  return { table: "instance_meta", rows: workloads.length, columns };
}

/** Rows of endpoint_meta. */
export function endpointMetaBlock(
  ids: readonly number[],
  seen: Seen,
  names: WorkloadNames,
  endpoints: EndpointNames,
): DeltaBlock | null {
  if (ids.length === 0) return null;
  const columns: DeltaColumn[] = [
    {
      name: "service",
      type: "String",
      values: ids.map((id) => names.serviceName(endpoints.service(id))),
    },
    {
      name: "normal",
      type: "UInt8",
      values: new Uint8Array(ids.length).fill(1),
    },
    {
      name: "endpoint",
      type: "String",
      values: ids.map((id) => endpoints.name(id)),
    },
    ...seenColumns(ids, seen),
  ];
  return { table: "endpoint_meta", rows: ids.length, columns };
}
