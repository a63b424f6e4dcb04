import { expect, test } from "vitest";
import { encode, TYPES } from "../../../oap/demo/proto.ts";
import { EntryBatch, METHOD_WHOLE_NAME } from "../../../oap/model/batch.ts";
import { Wire } from "../../../receivers/decode/wire.ts";
import { addMeshRecord } from "../../../receivers/skywalking-mesh/record.ts";
import { decoding } from "./harness.ts";

const HTTP = TYPES.meshMetrics.root.lookupType("skywalking.v3.HTTPServiceMeshMetric");
const TCP = TYPES.meshMetrics.root.lookupType("skywalking.v3.TCPServiceMeshMetric");

const RECORD = {
  startTime: 1_772_360_160_001,
  sourceServiceName: "web",
  sourceServiceInstance: "web-1",
  destServiceName: "cart",
  destServiceInstance: "cart-1",
  endpoint: "GET:/cart",
  latency: 47,
  responseCode: 200,
  status: true,
  detectPoint: 1,
};

function read(bytes: Buffer, isTcp = false) {
  const { names, naming } = decoding();
  const batch = new EntryBatch();
  const wire = new Wire();
  wire.reset(bytes);
  const taken = addMeshRecord(wire, batch, naming, isTcp);
  expect(batch.length).toBe(taken ? 1 : 0);
  return { taken, batch, names };
}

test("a record's times, sizes and names become one row", () => {
  const { batch, names } = read(
    encode(HTTP, {
      ...RECORD,
      tlsMode: "TLS",
      internalRequestLatencyNanos: 600_000,
      internalResponseLatencyNanos: -5,
      destInstanceProperties: [{ key: "pod", value: "cart-1" }],
    }),
  );
  expect([batch.startMs[0], batch.latencyUs[0], batch.internalRequestNs[0], batch.internalResponseNs[0]]).toEqual([
    1_772_360_160_001, 47_000, 600_000, 0,
  ]);
  expect([batch.detectPoint[0], batch.tlsMode[0], batch.success[0], batch.counted[0]]).toEqual([2, 1, 1, 1]);
  expect(names.info(batch.destination[0] as number)).toMatchObject({ attributes: { pod: "cart-1" }, own: true });
  expect(names.info(batch.source[0] as number)).toMatchObject({ own: false });
});

test.for([
  ["GET:/cart?id=1#top", 1, "/cart"],
  ["METHOD_UNSPECIFIED:/cart", 0, "/cart"],
  ["checkout", METHOD_WHOLE_NAME, "checkout"],
  ["GET", METHOD_WHOLE_NAME, "GET"],
  ["GETx", METHOD_WHOLE_NAME, "GETx"],
  ["cart.Cart:Add", METHOD_WHOLE_NAME, "cart.Cart:Add"],
] as const)("the endpoint %s has method %i and path %s", ([endpoint, method, path]) => {
  const { batch, names } = read(encode(HTTP, { ...RECORD, endpoint }));
  expect([batch.method[0], names.pathText(batch.path[0] as number)]).toEqual([method, path]);
});

test("a code that is no HTTP status counts as none", () => {
  const codeOf = (responseCode: number) => read(encode(HTTP, { ...RECORD, responseCode })).batch.responseCode[0];
  expect([codeOf(404), codeOf(1_000), codeOf(-1)]).toEqual([404, 0, 0]);
});

test("a server's record without a caller draws no edge; a client's is nobody's", () => {
  expect(read(encode(HTTP, { ...RECORD, sourceServiceName: "" })).batch.source[0]).toBe(0);
  expect(read(encode(HTTP, { ...RECORD, sourceServiceName: "", detectPoint: 0 })).taken).toBe(false);
  expect(read(encode(HTTP, { ...RECORD, destServiceName: "" })).taken).toBe(false);
  expect(read(encode(HTTP, { ...RECORD, detectPoint: 2 })).taken).toBe(false);
});

test("a TCP record carries its bytes and nothing of a request; fields it does not know are passed over", () => {
  const record = encode(TCP, {
    startTime: RECORD.startTime,
    sourceServiceName: "web",
    destServiceName: "db",
    detectPoint: 1,
    tlsMode: "mTLS",
    receivedBytes: 100,
    sentBytes: 900,
  });
  // Field 17 is text here; a record of HTTP has a list of properties there.
  const { batch } = read(Buffer.concat([record, Buffer.from([0x8a, 0x01, 0x02, 0x68, 0x69])]), true);
  expect([batch.kind[0], batch.path[0], batch.latencyUs[0], batch.tlsMode[0]]).toEqual([2, 0, -1, 2]);
  expect([batch.receivedBytes[0], batch.sentBytes[0], batch.opened[0], batch.closed[0]]).toEqual([100, 900, 1, 1]);
});
