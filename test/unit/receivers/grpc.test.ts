import { Client, credentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encode, TYPES } from "../../../oap/demo/proto.ts";
import { EnvoyAls } from "../../../receivers/envoy-als/service.ts";
import { GrpcServer } from "../../../receivers/grpc-server.ts";
import { SkyWalkingMesh } from "../../../receivers/skywalking-mesh/service.ts";
import { httpEntry, message } from "../../builders/access-log.ts";
import { serverMessage } from "../../builders/worked-example.ts";
import { ALS_PATHS, sendMessages } from "../../harness/als-client.ts";
import { decoding } from "./harness.ts";

let server: GrpcServer;
let address: string;
let line: ReturnType<typeof decoding>;

beforeEach(async () => {
  line = decoding();
  const options = { maxMessageBytes: 50 << 20, streamMaxAgeMs: 1_800_000, memoryMaxBytes: 2 ** 33, streamsMax: 10_000 };
  server = new GrpcServer(options, [new EnvoyAls(line.context), new SkyWalkingMesh(line.context)]);
  address = `127.0.0.1:${await server.listen("127.0.0.1", 0)}`;
});

afterEach(async () => {
  await server.stop();
});

test.for(["v3", "v2", "satellite"] as const)(
  "access logs over %s are taken and answered empty after the half-close",
  async (path) => {
    expect(await sendMessages(address, [serverMessage(), serverMessage()], path)).toEqual(Buffer.alloc(0));
    expect(line.rows.map(({ destination }) => destination)).toEqual(["reviews.bookinfo", "reviews.bookinfo"]);
  },
);

test("the mesh protocol gives the same rows from finished records", async () => {
  const record = {
    startTime: 1_772_360_160_001,
    endTime: 1_772_360_160_048,
    sourceServiceName: "web",
    sourceServiceInstance: "web-1",
    destServiceName: "cart",
    destServiceInstance: "cart-1",
    endpoint: "GET:/cart?id=1",
    latency: 47,
    responseCode: 200,
    status: true,
    protocol: 1,
    detectPoint: 1,
    tlsMode: "mTLS",
  }; // prettier-ignore
  const tcp = {
    startTime: 1_772_360_160_001,
    sourceServiceName: "web",
    destServiceName: "db",
    detectPoint: 0,
    receivedBytes: 10,
    sentBytes: 20,
  };
  const messages = [
    encode(TYPES.meshMetrics, {
      httpMetrics: { metrics: [record, { ...record, endpoint: "checkout" }, { ...record, detectPoint: 2 }] },
    }),
    encode(TYPES.meshMetrics, { tcpMetrics: { metrics: [tcp] } }),
  ];
  await sendMessages(address, messages, "mesh");
  expect(
    line.rows.map((row) => [
      row.side,
      row.source,
      row.destination,
      row.kind,
      row.method,
      row.path,
      row.latencyUs,
      row.tls,
      row.received,
    ]),
  ).toEqual([
    ["server", "web", "cart", 1, 1, "/cart", 47_000, 2, 0],
    ["server", "web", "cart", 1, 255, "checkout", 47_000, 2, 0],
    ["client", "web", "db", 2, 255, "", -1, 0, 10],
  ]); // prettier-ignore
  expect(line.counters.unresolved).toBe(1);
});

test("nothing is answered before the half-close, and a bad entry or message leaves the stream open", async () => {
  const client = new Client(address, credentials.createInsecure());
  const identity = (bytes: Buffer): Buffer => bytes;
  let answered = false;
  const done = new Promise<void>((resolve, reject) => {
    const stream = client.makeClientStreamRequest(ALS_PATHS.v3, identity, identity, (error) => {
      answered = true;
      if (error) reject(error);
      else resolve();
    });
    stream.write(serverMessage());
    stream.write(Buffer.from("this is no message"));
    stream.write(Buffer.from([0x12, 0x04, 0x0a, 0x02, 0x08, 0x01])); // an entry whose common_properties are a varint
    stream.write(message(null, { http: [httpEntry({ common: { upstream_cluster: "inbound|80||" } })] }));
    const wait = setInterval(() => {
      if (line.rows.length < 2) return;
      clearInterval(wait);
      expect(answered).toBe(false);
      stream.end();
    }, 20);
  });
  await done;
  client.close();
  expect(line.rows).toHaveLength(2);
  expect(Object.keys(line.counters.refused).sort()).toEqual([
    expect.stringMatching(/^entry_/),
    expect.stringMatching(/^message_/),
  ]);
});

test("a message of ten megabytes is taken, one over the limit ends its stream alone", async () => {
  const many = message(null, {
    http: Array.from({ length: 20_000 }, () => httpEntry({ request: { user_agent: "x".repeat(400) } })),
  });
  expect(many.length).toBeGreaterThan(10_000_000);
  await sendMessages(address, [serverMessage(), many]);
  expect(line.counters.entries).toBe(20_001);
  await expect(sendMessages(address, [Buffer.alloc((50 << 20) + 1)])).rejects.toThrow(/RESOURCE_EXHAUSTED/);
  await sendMessages(address, [serverMessage()]);
  expect(line.counters.entries).toBe(20_002);
});

test("the health service answers", async () => {
  const client = new Client(address, credentials.createInsecure());
  const identity = (bytes: Buffer): Buffer => bytes;
  const answer = await new Promise<Buffer | undefined>((resolve, reject) =>
    client.makeUnaryRequest("/grpc.health.v1.Health/Check", identity, identity, Buffer.alloc(0), (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    ),
  );
  client.close();
  expect(answer).toEqual(Buffer.from([8, 1]));
});

test("proxies are listed while they talk, and for a while after", async () => {
  await sendMessages(address, [serverMessage()]);
  expect(line.proxies.snapshot()).toMatchObject([
    { service: "reviews.bookinfo", instance: "reviews-v2-5d8c", streams: 0, entriesTotal: 1, resolved: true, reason: null },
  ]);
});
