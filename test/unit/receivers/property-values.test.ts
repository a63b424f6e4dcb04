import fc from "fast-check";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { TYPES } from "../../../oap/demo/proto.ts";
import { Entry, LOCAL_CERTIFICATE, PEER_CERTIFICATE } from "../../../receivers/envoy-als/entry.ts";
import { EntryReader } from "../../../receivers/envoy-als/entry-reader.ts";

/** A field as bytes; messages are fields in any order, each any number of times, among fields nobody knows. */
type Field = (writer: protobuf.Writer) => void;

const SAFE = Number.MAX_SAFE_INTEGER;
const uint64 = fc.oneof(fc.nat(300), fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 32 - 1, 2 ** 32, 2 ** 35, SAFE));
const int64 = fc.oneof(fc.nat(10), fc.maxSafeInteger(), fc.constantFrom(-1, 0, -(2 ** 31), -(2 ** 32), 2 ** 40));
const int32 = fc.oneof(fc.nat(999_999_999), fc.integer({ min: -0x80000000, max: 0x7fffffff }), fc.constantFrom(-1, 0));
const word = fc.string({ unit: "grapheme", maxLength: 8 });
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });

const numbers = (id: number, values: fc.Arbitrary<number>, type: "uint64" | "int64" | "int32" | "uint32"): fc.Arbitrary<Field> =>
  values.map((value) => (writer) => void writer.uint32(id * 8)[type](value));
const texts = (id: number, values: fc.Arbitrary<string> = word): fc.Arbitrary<Field> =>
  values.map((value) => (writer) => void writer.uint32(id * 8 + 2).string(value));

const unknown: fc.Arbitrary<Field> = fc.constantFrom<Field>(
  (writer) => void writer.uint32(900 * 8).uint64(2 ** 50),
  (writer) => void writer.uint32(901 * 8 + 1).fixed64(7),
  (writer) => void writer.uint32(902 * 8 + 2).string("nobody reads this"),
  (writer) => void writer.uint32(903 * 8 + 5).fixed32(7),
  (writer) =>
    void writer
      .uint32(904 * 8 + 3)
      .uint32(8)
      .uint32(1)
      .uint32(905 * 8 + 3)
      .uint32(905 * 8 + 4)
      .uint32(904 * 8 + 4),
);

const bodyOf = (...fields: fc.Arbitrary<Field>[]): fc.Arbitrary<Field[]> =>
  fc.array(fc.oneof({ weight: 6, arbitrary: fc.oneof(...fields) }, { weight: 1, arbitrary: unknown }), { maxLength: 7 });
const messages = (id: number, ...fields: fc.Arbitrary<Field>[]): fc.Arbitrary<Field> =>
  bodyOf(...fields).map((body) => (writer) => {
    writer.uint32(id * 8 + 2).fork();
    for (const field of body) field(writer);
    writer.ldelim();
  });

const times = [5, 7, 9, 10, 11, 12].map((id) => messages(id, numbers(1, int64, "int64"), numbers(2, int32, "int32")));
const certificates = [4, 5].map((id) => messages(id, messages(1, texts(1, name), texts(2, name)), texts(2, name), texts(3)));
const headers = (id: number): fc.Arbitrary<Field> =>
  fc
    .record({
      key: fc.constantFrom("grpc-status", "content-type", "content-typ", "grpc-statuses", "x"),
      value: fc.constantFrom("0", "7", "16", "", "abc", "application/grpc"),
      swapped: fc.boolean(),
    })
    .map(({ key, value, swapped }) => (writer) => {
      writer.uint32(id * 8 + 2).fork();
      if (swapped) writer.uint32(18).string(value).uint32(10).string(key);
      else writer.uint32(10).string(key).uint32(18).string(value);
      writer.ldelim();
    });

const common = messages(
  1,
  ...times,
  messages(4, numbers(1, fc.nat(4), "uint32"), ...certificates),
  numbers(24, uint64, "uint64"),
);
const request = messages(3, numbers(11, uint64, "uint64"), numbers(12, uint64, "uint64"), headers(13), texts(5), texts(3));
const response = messages(
  4,
  messages(1, numbers(1, fc.nat(0xffffffff), "uint32")),
  numbers(2, uint64, "uint64"),
  numbers(3, uint64, "uint64"),
  headers(5),
);
const connection = messages(2, numbers(1, uint64, "uint64"), numbers(2, uint64, "uint64"));

function bytesOf(fields: readonly Field[]): Buffer {
  const writer = protobuf.Writer.create();
  for (const field of fields) field(writer);
  return Buffer.from(writer.finish());
}

/** Our reading, behind and before bytes that are not of the entry. */
function read(bytes: Buffer, isTcp: boolean): Entry {
  const entry = new Entry();
  const around = Buffer.concat([Buffer.from([0xff, 0xff]), bytes, Buffer.from([0xff, 0xff])]);
  new EntryReader().read(around, 2, 2 + bytes.length, isTcp, entry);
  return entry;
}

// biome-ignore lint/suspicious/noExplicitAny: what protobufjs decodes is read by name here
type Plain = Record<string, any>;

const plain = (type: protobuf.Type, bytes: Buffer): Plain => type.toObject(type.decode(bytes), { longs: Number }) as Plain;

const NAMES: Readonly<Record<number, string>> = {
  5: "start_time",
  7: "time_to_first_upstream_tx_byte",
  9: "time_to_first_upstream_rx_byte",
  10: "time_to_last_upstream_rx_byte",
  11: "time_to_first_downstream_tx_byte",
  12: "time_to_last_downstream_tx_byte",
};

function expectCommon(entry: Entry, decoded: Plain): void {
  for (const [id, field] of Object.entries(NAMES)) {
    const value = decoded[field];
    expect((entry.present & (1 << Number(id))) !== 0).toBe(value !== undefined);
    expect([entry.seconds[Number(id)], entry.nanos[Number(id)]]).toEqual([value?.seconds ?? 0, value?.nanos ?? 0]);
    expect(entry.durationNs(Number(id))).toBeGreaterThanOrEqual(-1);
  }
  expect(entry.attempts).toBe(decoded["upstream_request_attempt_count"] ?? 0);
  const tls = decoded["tls_properties"] ?? {};
  const shows = (certificate: Plain | undefined): boolean =>
    certificate !== undefined &&
    ((certificate["subject"] ?? "") !== "" ||
      (certificate["subject_alt_name"] ?? []).some((san: { uri?: string }) => (san.uri ?? "") !== ""));
  expect((entry.certificates & LOCAL_CERTIFICATE) !== 0).toBe(shows(tls["local_certificate_properties"]));
  expect((entry.certificates & PEER_CERTIFICATE) !== 0).toBe(shows(tls["peer_certificate_properties"]));
}

test("numbers of every width, certificates and gRPC marks of HTTP entries are what protobufjs reads", () => {
  fc.assert(
    fc.property(bodyOf(common, request, response), (fields) => {
      const bytes = bytesOf(fields);
      const entry = read(bytes, false);
      const decoded = plain(TYPES.httpEntry, bytes);
      expectCommon(entry, decoded["common_properties"] ?? {});
      const { request: req = {}, response: res = {} } = decoded;
      expect([entry.requestHeadersBytes, entry.requestBodyBytes, entry.responseHeadersBytes, entry.responseBodyBytes]).toEqual([
        req.request_headers_bytes ?? 0,
        req.request_body_bytes ?? 0,
        res.response_headers_bytes ?? 0,
        res.response_body_bytes ?? 0,
      ]);
      expect(entry.bytes.toString("utf8", entry.path.start, entry.path.end)).toBe(req.path ?? "");
      expect(entry.bytes.toString("utf8", entry.authority.start, entry.authority.end)).toBe(req.authority ?? "");
      expect(entry.responseCode).toBe(res.response_code?.value ?? 0);
      const status = res.response_trailers?.["grpc-status"] ?? "";
      expect(entry.grpcStatus).toBe(/^\d+$/.test(status) ? Number(status) : -1);
      const types = [req.request_headers?.["content-type"], res.response_trailers?.["content-type"]];
      if (types.includes("application/grpc")) expect(entry.grpcContent).toBe(true);
      if (!bytes.includes("application/grpc")) expect(entry.grpcContent).toBe(false);
    }),
    { numRuns: 7_000 },
  );
});

test("numbers of every width of TCP entries are what protobufjs reads", () => {
  fc.assert(
    fc.property(bodyOf(common, connection), (fields) => {
      const bytes = bytesOf(fields);
      const entry = read(bytes, true);
      const decoded = plain(TYPES.tcpEntry, bytes);
      expectCommon(entry, decoded["common_properties"] ?? {});
      const { connection_properties: sizes = {} } = decoded;
      expect([entry.receivedBytes, entry.sentBytes]).toEqual([sizes.received_bytes ?? 0, sizes.sent_bytes ?? 0]);
    }),
    { numRuns: 4_000 },
  );
});
