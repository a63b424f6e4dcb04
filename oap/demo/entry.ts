/** Access-log entries of the demo. What does not change from request to request is encoded once per hop by protobufjs; times
 *  and the request id are appended to it: half an hour of traffic in seconds. */
import { encode, TYPES } from "./proto.ts";

/** One kind of entry of one proxy: everything but times, latencies and the request id. */
export interface EntryTemplate {
  readonly isTcp: boolean;
  readonly common: Buffer;
  readonly request: Buffer;
  readonly response: Buffer;
  readonly connection: Buffer;
}

export interface TemplateParts {
  readonly common: object;
  readonly request?: object;
  readonly response?: object;
  readonly connection?: object;
}

/** Durations in ms since the entry's start; undefined: not reported. */
export interface Times {
  readonly startMs: number;
  readonly firstUpstreamTx?: number;
  readonly firstUpstreamRx?: number;
  readonly lastUpstreamRx?: number;
  readonly firstDownstreamTx?: number;
  readonly lastDownstreamTx?: number;
}

export function template({ common, request, response, connection }: TemplateParts): EntryTemplate {
  return {
    isTcp: connection !== undefined,
    common: encode(TYPES.common, common),
    request: encode(TYPES.request, request ?? {}),
    response: encode(TYPES.response, response ?? {}),
    connection: encode(TYPES.connection, connection ?? {}),
  };
}

const scratch = Buffer.alloc(512);
const ENTRY_MAX = 16_384;
const output = Buffer.alloc(ENTRY_MAX);

/** The bytes of one entry. */
export function entryBytes(kind: EntryTemplate, times: Times, requestId: string): Buffer {
  let at = 0;
  const startNs = Math.round((times.startMs % 1_000) * 1e6);
  at = timeField(at, 5, Math.floor(times.startMs / 1_000), startNs);
  at = durationField(at, 7, times.firstUpstreamTx);
  at = durationField(at, 9, times.firstUpstreamRx);
  at = durationField(at, 10, times.lastUpstreamRx);
  at = durationField(at, 11, times.firstDownstreamTx);
  at = durationField(at, 12, times.lastDownstreamTx);
  let to = lengthField(output, 0, 1, kind.common.length + at);
  to += kind.common.copy(output, to);
  to += scratch.copy(output, to, 0, at);
  if (kind.isTcp) {
    to = lengthField(output, to, 2, kind.connection.length);
    to += kind.connection.copy(output, to);
    return Buffer.from(output.subarray(0, to));
  }
  to = lengthField(output, to, 3, kind.request.length + (requestId === "" ? 0 : requestId.length + 2));
  to += kind.request.copy(output, to);
  if (requestId !== "") {
    to = lengthField(output, to, 9, requestId.length);
    to += output.write(requestId, to, "latin1");
  }
  to = lengthField(output, to, 4, kind.response.length);
  to += kind.response.copy(output, to);
  return Buffer.from(output.subarray(0, to));
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
  scratch[at] = field * 8 + 2;
  let to = at + 2;
  if (seconds > 0) {
    scratch[to++] = 8;
    to = varint(scratch, to, seconds);
  }
  if (nanos > 0) {
    scratch[to++] = 16;
    to = varint(scratch, to, nanos);
  }
  scratch[at + 1] = to - at - 2;
  return to;
}

function lengthField(buffer: Buffer, at: number, field: number, length: number): number {
  buffer[at] = field * 8 + 2;
  return varint(buffer, at + 1, length);
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
