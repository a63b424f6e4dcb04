/** HTTPServiceMeshMetric and TCPServiceMeshMetric -> one row of an EntryBatch. Off the hot path: plain objects will do. */
import {
  type EntryBatch,
  Kind,
  METHOD_WHOLE_NAME,
  METHODS,
  NO_DETAILS,
  NO_PATH,
  NO_WORKLOAD,
  TlsMode,
  UNKNOWN_VALUE,
} from "../../oap/model/batch.ts";
import { DetectPoint } from "../../oap/model/entity.ts";
import type { Names } from "../../oap/model/ports.ts";
import { expectType, LENGTH, VARINT, type Wire } from "../decode/wire.ts";

/** Names of this protocol are final: only their limits apply. */
export interface MeshNaming {
  readonly names: Names;
  named(service: string, instance: string, attributes: Readonly<Record<string, string>>, own: boolean): number;
}

/** Field numbers; a TCP record has no request fields, and bytes instead. */
const HTTP = {
  endpoint: 7,
  latency: 8,
  code: 9,
  status: 10,
  protocol: 11,
  detectPoint: 12,
  tls: 13,
  req: 15,
  resp: 16,
  source: 17,
  dest: 18,
  received: -1,
  sent: -1,
  last: 18,
};
const TCP = {
  endpoint: -1,
  latency: -1,
  code: -1,
  status: -1,
  protocol: -1,
  detectPoint: 7,
  tls: 8,
  req: 10,
  resp: 11,
  source: 12,
  dest: 13,
  received: 14,
  sent: 15,
  last: 15,
};

const CLIENT = 0;
const SERVER = 1;
const GRPC = 1;

/** @returns false for a record that belongs to neither side, or names no destination. @throws DecodeError; the batch is left as it was. */
export function addMeshRecord(wire: Wire, batch: EntryBatch, naming: MeshNaming, isTcp: boolean): boolean {
  const fields = isTcp ? TCP : HTTP;
  const { numbers, texts, properties } = readFields(wire, fields);
  const number = (field: number): number => numbers.get(field) ?? 0;
  const text = (field: number): string => texts.get(field) ?? "";
  const side = number(fields.detectPoint);
  if ((side !== CLIENT && side !== SERVER) || text(5) === "") return false;
  const isServer = side === SERVER;
  if (!isServer && text(3) === "") return false;
  const source = text(3) === "" ? NO_WORKLOAD : naming.named(text(3), text(4), properties.get(fields.source) ?? {}, !isServer);
  const destination = naming.named(text(5), text(6), properties.get(fields.dest) ?? {}, isServer);
  const { method, path } = endpointOf(text(fields.endpoint), naming.names);
  const row = batch.addRow();
  batch.startMs[row] = number(1);
  batch.kind[row] = isTcp ? Kind.tcp : number(fields.protocol) === GRPC ? Kind.grpc : Kind.http;
  batch.detectPoint[row] = isServer ? DetectPoint.server : DetectPoint.client;
  batch.source[row] = source;
  batch.destination[row] = destination;
  batch.method[row] = method;
  batch.path[row] = path;
  batch.counted[row] = 1;
  batch.success[row] = isTcp || number(fields.status) !== 0 ? 1 : 0;
  batch.responseCode[row] = codeOf(number(fields.code));
  batch.flags[row] = 0;
  batch.details[row] = NO_DETAILS;
  batch.tlsMode[row] = text(fields.tls) === "mTLS" ? TlsMode.mtls : text(fields.tls) === "TLS" ? TlsMode.tls : TlsMode.none;
  batch.attempts[row] = 0;
  batch.latencyMs[row] = Math.max(0, number(fields.latency));
  batch.latencyUs[row] = isTcp ? UNKNOWN_VALUE : Math.max(0, number(fields.latency)) * 1_000;
  batch.internalRequestNs[row] = isTcp ? UNKNOWN_VALUE : Math.max(0, number(fields.req));
  batch.internalResponseNs[row] = isTcp ? UNKNOWN_VALUE : Math.max(0, number(fields.resp));
  batch.receivedBytes[row] = isTcp ? Math.max(0, number(fields.received)) : 0;
  batch.sentBytes[row] = isTcp ? Math.max(0, number(fields.sent)) : 0;
  batch.opened[row] = isTcp ? 1 : 0;
  batch.closed[row] = isTcp ? 1 : 0;
  return true;
}

/** A number that is no HTTP status says nothing, as on the access-log path. */
function codeOf(code: number): number {
  return code > 0 && code <= 999 ? code : 0;
}

type Properties = Readonly<Record<string, string>>;

function readFields(wire: Wire, fields: typeof HTTP) {
  const texts = new Map<number, string>();
  const numbers = new Map<number, number>();
  const properties = new Map<number, Record<string, string>>();
  const textFields = new Set([3, 4, 5, 6, fields.endpoint, fields.tls, fields.tls + 1]);
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field > fields.last) {
      wire.skip(tag);
    } else if (textFields.has(field)) {
      texts.set(field, readText(wire, tag));
    } else if (field === fields.source || field === fields.dest) {
      const known = properties.get(field) ?? {};
      properties.set(field, { ...known, ...readProperty(wire, tag) });
    } else {
      expectType(tag, VARINT);
      numbers.set(field, wire.int64());
    }
  }
  return { texts, numbers, properties };
}

function readText(wire: Wire, tag: number): string {
  expectType(tag, LENGTH);
  const outer = wire.enter();
  const start = wire.at;
  return wire.bytes.toString("utf8", start, wire.leave(outer));
}

/** KeyStringValuePair. */
function readProperty(wire: Wire, tag: number): Properties {
  expectType(tag, LENGTH);
  const outer = wire.enter();
  let key = "";
  let value = "";
  while (wire.at < wire.limit) {
    const inner = wire.tag();
    if (inner >>> 3 === 1) key = readText(wire, inner);
    else if (inner >>> 3 === 2) value = readText(wire, inner);
    else wire.skip(inner);
  }
  wire.leave(outer);
  return key === "" ? {} : { [key]: value };
}

/** `GET:/path` is a method and a path, without its query; anything else is a name of its own. */
function endpointOf(endpoint: string, names: Names): { method: number; path: number } {
  if (endpoint === "") return { method: METHOD_WHOLE_NAME, path: NO_PATH };
  const cut = endpoint.indexOf(":");
  const known = cut < 0 ? -1 : (METHODS as readonly string[]).indexOf(endpoint.slice(0, cut));
  const path = known < 0 ? endpoint : endpoint.slice(cut + 1).replace(/[?#].*$/s, "");
  const bytes = Buffer.from(path, "utf8");
  return { method: known < 0 ? METHOD_WHOLE_NAME : known, path: names.path(bytes, 0, bytes.length) };
}
