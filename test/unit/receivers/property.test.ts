import fc from "fast-check";
import type protobuf from "protobufjs";
import { expect, test } from "vitest";
import { TYPES } from "../../../oap/demo/proto.ts";
import { Entry, type TextRange } from "../../../receivers/envoy-als/entry.ts";
import { EntryReader } from "../../../receivers/envoy-als/entry-reader.ts";

const ENTRIES = 6_000; // of either kind

const varint = (value: bigint): number[] => {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return out;
};
const tag = (field: number, type: number): number[] => varint(BigInt(field * 8 + type));
const delimited = (field: number, body: readonly number[]): number[] => [
  ...tag(field, 2),
  ...varint(BigInt(body.length)),
  ...body,
];
const text = (value: string): number[] => [...Buffer.from(value)];

type Piece = fc.Arbitrary<number[]>;
const number = (field: number, values: fc.Arbitrary<number> = fc.nat(100_000)): Piece =>
  values.map((value) => [...tag(field, 0), ...varint(BigInt(value))]);
const string = (field: number): Piece => fc.string({ maxLength: 12 }).map((value) => delimited(field, text(value)));
const bytesOf = (...bytes: readonly number[]): number[] => [...bytes];
const unknown: Piece = fc.oneof(
  fc.nat(50).map((value) => [...tag(900, 0), ...varint(BigInt(value))]),
  fc.string({ maxLength: 5 }).map((value) => delimited(901, text(value))),
  fc.constant(bytesOf(...tag(902, 1), 1, 2, 3, 4, 5, 6, 7, 8)),
  fc.constant(bytesOf(...tag(903, 5), 1, 2, 3, 4)),
  fc.constant(bytesOf(...tag(904, 3), ...tag(1, 0), 5, ...tag(905, 3), ...tag(905, 4), ...tag(904, 4))),
);
/** A message of pieces in any order, any of them any number of times. */
const message = (field: number, ...pieces: Piece[]): Piece =>
  fc
    .array(fc.oneof({ weight: 8, arbitrary: fc.oneof(...pieces) }, { weight: 1, arbitrary: unknown }), { maxLength: 6 })
    .map((parts) => delimited(field, parts.flat()));

const duration = (field: number): Piece => message(field, number(1, fc.nat(5)), number(2, fc.nat(999_999_999)));
const address = (field: number): Piece =>
  message(field, message(1, string(2), number(3)), message(2, string(1)), message(3, string(1), string(2)));
const certificate = (field: number): Piece => message(field, message(1, string(1), string(2)), string(2), string(3));
const flags: Piece = message(
  16,
  ...Array.from({ length: 28 }, (_, i) => (i + 1 === 13 ? message(13, number(1)) : number(i + 1, fc.nat(1)))),
);
const peer: Piece = fc
  .constantFrom("upstream_peer", "downstream_peer", "wasm.upstream_peer", "wasm.downstream_peer", "other")
  .chain((key) =>
    fc
      .string({ maxLength: 8 })
      .map((value) =>
        delimited(21, [...delimited(1, text(key)), ...delimited(2, [...delimited(1, text("t")), ...delimited(2, text(value))])]),
      ),
  ); // prettier-ignore
const common: Piece = message(
  1,
  address(2),
  address(3),
  message(4, number(1), certificate(4), certificate(5)),
  duration(5),
  duration(7),
  duration(9),
  duration(10),
  duration(11),
  duration(12),
  address(13),
  string(15),
  flags,
  string(18),
  address(20),
  peer,
  number(24),
  string(26),
  number(27, fc.nat(1)),
  number(29),
  number(33, fc.nat(14)),
); // prettier-ignore
const header = (field: number): Piece =>
  fc
    .tuple(fc.constantFrom("grpc-status", "content-type", "x"), fc.constantFrom("0", "14", "", "application/grpc", "text/html"))
    .map(([key, value]) => delimited(field, [...delimited(1, text(key)), ...delimited(2, text(value))])); // prettier-ignore
const request = message(3, number(1, fc.nat(9)), string(2), string(3), string(5), string(9), number(11), number(12), header(13));
const response = message(4, message(1, number(1, fc.nat(599))), number(2), number(3), header(4), header(5), string(6));
const httpBytes = fc
  .array(fc.oneof(common, request, response, number(2, fc.nat(4)), unknown), { maxLength: 6 })
  .map((parts) => Buffer.from(parts.flat()));
const tcpBytes = fc
  .array(fc.oneof(common, message(2, number(1), number(2)), unknown), { maxLength: 5 })
  .map((parts) => Buffer.from(parts.flat()));

// biome-ignore lint/suspicious/noExplicitAny: what protobufjs decodes is read by name here
type Plain = Record<string, any>;

const plain = (type: protobuf.Type, bytes: Buffer): Plain =>
  type.toObject(type.decode(bytes), {
    longs: Number,
    enums: Number,
    defaults: false,
    bytes: Buffer as never,
    oneofs: true,
  }) as Plain;

function range(entry: Entry, { start, end }: TextRange): string {
  return entry.bytes.toString("utf8", start, end);
}

function expectCommon(entry: Entry, decoded: Plain): void {
  const fields: [string, number][] = [
    ["time_to_first_upstream_tx_byte", 7],
    ["time_to_first_upstream_rx_byte", 9],
    ["time_to_last_upstream_rx_byte", 10],
    ["time_to_first_downstream_tx_byte", 11],
    ["time_to_last_downstream_tx_byte", 12],
  ]; // prettier-ignore
  for (const [name, field] of fields) {
    const value = decoded[name];
    expect([name, entry.durationNs(field)]).toEqual([
      name,
      value === undefined ? -1 : (value.seconds ?? 0) * 1e9 + (value.nanos ?? 0),
    ]);
  }
  const start = decoded["start_time"] ?? {};
  expect(entry.startMs()).toBe((start.seconds ?? 0) * 1_000 + Math.floor((start.nanos ?? 0) / 1e6));
  expect(range(entry, entry.cluster)).toBe(decoded["upstream_cluster"] ?? "");
  expect(range(entry, entry.streamId)).toBe(decoded["stream_id"] ?? "");
  expect(range(entry, entry.localAddress)).toBe(decoded["downstream_local_address"]?.socket_address?.address ?? "");
  expect(entry.hasUpstreamHost).toBe(decoded["upstream_remote_address"] !== undefined);
  expect([entry.attempts, entry.logType, entry.intermediate]).toEqual([
    decoded["upstream_request_attempt_count"] ?? 0,
    decoded["access_log_type"] ?? 0,
    decoded["intermediate_log_entry"] ?? false,
  ]);
  const set = Object.values(TYPES.common.root.lookupType("envoy.data.accesslog.v3.ResponseFlags").fields)
    .filter(({ name }) => (decoded["response_flags"]?.[name] ?? false) !== false)
    .reduce((bits, { id }) => bits | (1 << (id - 1)), 0);
  expect(entry.flags).toBe(set);
  const keys = ["upstream_peer", "downstream_peer", "wasm.upstream_peer", "wasm.downstream_peer"];
  keys.forEach((key, i) => {
    const any = decoded["filter_state_objects"]?.[key];
    const found = entry.has(i) ? range(entry, entry.texts[i] as TextRange) : undefined;
    expect([key, found]).toEqual([key, any === undefined ? undefined : Buffer.from(any.value ?? "").toString("utf8")]);
  });
}

/** Our reading of an entry's bytes. */
function read(bytes: Buffer, isTcp: boolean): Entry {
  const entry = new Entry();
  new EntryReader().read(bytes, 0, bytes.length, isTcp, entry);
  return entry;
}

test("HTTP entries with fields in any order, repeated and unknown: we read what protobufjs reads", () => {
  fc.assert(
    fc.property(httpBytes, (bytes) => {
      const entry = read(bytes, false);
      const decoded = plain(TYPES.httpEntry, bytes);
      expectCommon(entry, decoded["common_properties"] ?? {});
      const req = decoded["request"];
      expect(entry.hasRequest).toBe(req !== undefined);
      expect([entry.method, entry.requestHeadersBytes, entry.requestBodyBytes]).toEqual([
        req?.request_method ?? 0,
        req?.request_headers_bytes ?? 0,
        req?.request_body_bytes ?? 0,
      ]);
      expect(range(entry, entry.path)).toBe(req?.path ?? "");
      expect(range(entry, entry.authority)).toBe(req?.authority ?? "");
      const res = decoded["response"];
      expect([entry.responseCode, entry.responseHeadersBytes, entry.responseBodyBytes]).toEqual([
        res?.response_code?.value ?? 0,
        res?.response_headers_bytes ?? 0,
        res?.response_body_bytes ?? 0,
      ]);
    }),
    { numRuns: ENTRIES },
  );
});

test("TCP entries likewise", () => {
  fc.assert(
    fc.property(tcpBytes, (bytes) => {
      const entry = read(bytes, true);
      const decoded = plain(TYPES.tcpEntry, bytes);
      expectCommon(entry, decoded["common_properties"] ?? {});
      const connection = decoded["connection_properties"];
      expect([entry.receivedBytes, entry.sentBytes]).toEqual([connection?.received_bytes ?? 0, connection?.sent_bytes ?? 0]);
    }),
    { numRuns: ENTRIES },
  );
});

test("any bytes at all are read or refused, never anything else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const isTcp of [false, true]) {
        try {
          read(Buffer.from(bytes), isTcp);
        } catch (error) {
          expect((error as Error).name).toBe("DecodeError");
        }
      }
    }),
    { numRuns: 5_000 },
  );
});
