/** Access-log entries of the demo. What does not change from request to request is encoded once per hop by protobufjs; times
 *  and the request id are appended to it: half an hour of traffic in seconds. */
import { encode, TYPES } from "./proto.ts";

/** Where the connections of a template come from: a proxy's pool, or whoever visits the gateway. */
export interface Downstream {
  readonly ip: string;
  /** First port of the pool. */
  readonly port: number;
  /** Each request comes from a connection, and an address, of its own. */
  readonly isVisitor?: boolean;
}

/** One kind of entry of one proxy: everything but times, latencies, the request id and the connection it came on. */
export interface EntryTemplate {
  readonly isTcp: boolean;
  readonly downstream: Downstream;
  readonly common: Buffer;
  /** A field of the entry itself, tag included. */
  readonly protocol: Buffer;
  readonly request: Buffer;
  readonly response: Buffer;
  readonly connection: Buffer;
}

export interface TemplateParts {
  readonly downstream: Downstream;
  readonly common: object;
  /** HTTPAccessLogEntry.protocol_version. */
  readonly protocol?: number;
  readonly request?: object;
  readonly response?: object;
  readonly connection?: object;
}

/** Durations in ms since the entry's start; undefined: not reported. */
export interface Times {
  readonly startMs: number;
  readonly lastRx?: number;
  readonly firstUpstreamTx?: number;
  readonly lastUpstreamTx?: number;
  readonly firstUpstreamRx?: number;
  readonly lastUpstreamRx?: number;
  readonly firstDownstreamTx?: number;
  readonly lastDownstreamTx?: number;
  /** From the first byte to the end of the stream. */
  readonly duration: number;
}

export function template({ downstream, common, protocol, request, response, connection }: TemplateParts): EntryTemplate {
  return {
    isTcp: connection !== undefined,
    downstream,
    common: encode(TYPES.common, common),
    protocol: encode(TYPES.httpEntry, protocol === undefined ? {} : { protocol_version: protocol }),
    request: encode(TYPES.request, request ?? {}),
    response: encode(TYPES.response, response ?? {}),
    connection: encode(TYPES.connection, connection ?? {}),
  };
}

const LENGTH_DELIMITED = 2;
const REMOTE_ADDRESS = 2;
const DIRECT_ADDRESS = 20;
/** Connections that a proxy holds to another; ports that a machine gives to connections. */
const POOL = 4;
const EPHEMERAL_PORTS = 28_232;
const FIRST_EPHEMERAL_PORT = 32_768;
const START_TIME = 5;
const DURATION = 23;
const STREAM_ID = 26;
const REQUEST_ID = 9;
const scratch = Buffer.alloc(512);
const ENTRY_MAX = 16_384;
const SLAB_BYTES = 1 << 20;
/** Entries are written one behind the other into a slab: a buffer of its own for each would cost more than filling it. */
let output = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

/** The bytes of one entry. `id`: the request id of an HTTP entry, which is its stream's too; a connection's id for TCP. */
export function entryBytes(kind: EntryTemplate, times: Times, id: string): Buffer {
  if (used + ENTRY_MAX > SLAB_BYTES) {
    output = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const changing = changingFields(kind.downstream, times, id);
  let to = lengthField(output, used, 1, kind.common.length + changing);
  to += kind.common.copy(output, to);
  to += scratch.copy(output, to, 0, changing);
  if (kind.isTcp) {
    to = lengthField(output, to, 2, kind.connection.length);
    to += kind.connection.copy(output, to);
  } else {
    to += kind.protocol.copy(output, to);
    to = lengthField(output, to, 3, kind.request.length + id.length + 2);
    to += kind.request.copy(output, to);
    to = lengthField(output, to, REQUEST_ID, id.length);
    to += output.write(id, to, "latin1");
    to = lengthField(output, to, 4, kind.response.length);
    to += kind.response.copy(output, to);
  }
  const entry = output.subarray(used, to);
  used = to;
  return entry;
}

/** The fields of AccessLogCommon that differ from request to request, into `scratch`. @returns their length */
function changingFields(downstream: Downstream, times: Times, id: string): number {
  const wholeSeconds = Math.floor(times.startMs / 1_000);
  let at = addressFields(downstream, id);
  at = timeField(at, START_TIME, wholeSeconds, Math.floor((times.startMs - wholeSeconds * 1_000) * 1e6));
  at = durationField(at, 6, times.lastRx);
  at = durationField(at, 7, times.firstUpstreamTx);
  at = durationField(at, 8, times.lastUpstreamTx);
  at = durationField(at, 9, times.firstUpstreamRx);
  at = durationField(at, 10, times.lastUpstreamRx);
  at = durationField(at, 11, times.firstDownstreamTx);
  at = durationField(at, 12, times.lastDownstreamTx);
  at = durationField(at, DURATION, times.duration);
  at = lengthField(scratch, at, STREAM_ID, id.length);
  return at + scratch.write(id, at, "latin1");
}

/** The downstream's addresses. Which connection of the pool it is, or which visitor, hangs on the request. */
function addressFields({ ip, port, isVisitor = false }: Downstream, id: string): number {
  const luck = Number.parseInt(id.slice(0, 8), 16);
  const connection = isVisitor ? luck : (luck % POOL) * 7_919;
  const from = FIRST_EPHEMERAL_PORT + ((port + connection) % EPHEMERAL_PORTS);
  const at = addressField(0, REMOTE_ADDRESS, isVisitor ? `${ip}${luck % 250}` : ip, from);
  return addressField(at, DIRECT_ADDRESS, isVisitor ? "10.244.0.1" : ip, from);
}

/** Address of a socket. */
function addressField(at: number, field: number, ip: string, port: number): number {
  const socket = ip.length + 2 + 4; // ports of this range take three bytes
  at = lengthField(scratch, at, field, socket + 2);
  at = lengthField(scratch, at, 1, socket);
  at = lengthField(scratch, at, 2, ip.length);
  at += scratch.write(ip, at, "latin1");
  at = varint(scratch, at, 3 * 8);
  return varint(scratch, at, port);
}

/** A StreamAccessLogsMessage of entries of one kind. */
export function messageBytes(entries: readonly Buffer[], isTcp: boolean): Buffer {
  const size = entries.reduce((sum, entry) => sum + entry.length + 1 + varintLength(entry.length), 0);
  const message = Buffer.allocUnsafe(size + 6);
  let at = lengthField(message, 0, isTcp ? 3 : 2, size);
  for (const entry of entries) {
    at = lengthField(message, at, 1, entry.length);
    at += entry.copy(message, at);
  }
  return message.subarray(0, at);
}

function durationField(at: number, field: number, ms: number | undefined): number {
  if (ms === undefined) return at;
  const ns = Math.round(ms * 1e6);
  return timeField(at, field, Math.floor(ns / 1e9), ns % 1e9);
}

/** Timestamp or Duration into the scratch buffer. */
function timeField(at: number, field: number, seconds: number, nanos: number): number {
  const lengthAt = varint(scratch, at, field * 8 + LENGTH_DELIMITED);
  let to = lengthAt + 1;
  if (seconds > 0) {
    scratch[to++] = 8;
    to = varint(scratch, to, seconds);
  }
  if (nanos > 0) {
    scratch[to++] = 16;
    to = varint(scratch, to, nanos);
  }
  scratch[lengthAt] = to - lengthAt - 1;
  return to;
}

function lengthField(buffer: Buffer, at: number, field: number, length: number): number {
  return varint(buffer, varint(buffer, at, field * 8 + LENGTH_DELIMITED), length);
}

function varint(buffer: Buffer, at: number, value: number): number {
  while (value >= 128) {
    buffer[at++] = (value % 128) + 128;
    value = Math.floor(value / 128);
  }
  buffer[at++] = value;
  return at;
}

function varintLength(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
}
