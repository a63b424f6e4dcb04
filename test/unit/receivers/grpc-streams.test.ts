import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientWritableStream, credentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { encode, TYPES } from "../../../oap/demo/proto.ts";
import { EnvoyAls } from "../../../receivers/envoy-als/service.ts";
import { GrpcServer } from "../../../receivers/grpc-server.ts";
import { SkyWalkingMesh } from "../../../receivers/skywalking-mesh/service.ts";
import { httpEntry, istioNode, message, pod } from "../../builders/access-log.ts";
import { ALS_PATHS, type AlsPath } from "../../harness/als-client.ts";
import { NOTICED_MS } from "../../harness/guarded-server.ts";
import { decoding } from "./harness.ts";

const RECORD = TYPES.meshMetrics.root.lookupType("skywalking.v3.HTTPServiceMeshMetric");
const INBOUND = { http: [httpEntry({ common: { upstream_cluster: "inbound|80||" } })] };
const CART = message(istioNode(pod("cart")), INBOUND);
const WEB = message(istioNode(pod("web")), INBOUND);
const ANONYMOUS = message(null, INBOUND);
/** An entry that ends beyond its list, and one whose common properties are a number. */
const BAD_MESSAGE = Buffer.from([0x12, 0x02, 0x0a, 0x7f]);
const BAD_ENTRY = Buffer.from([0x12, 0x04, 0x0a, 0x02, 0x08, 0x01]);

let memoryBytes = 0;
let server: GrpcServer;
let als: EnvoyAls;
let line: ReturnType<typeof decoding>;
let client: Client;

beforeEach(async () => {
  line = decoding();
  memoryBytes = 0;
  als = new EnvoyAls(line.context);
  const options = {
    maxMessageBytes: 50 << 20,
    streamMaxAgeMs: 1_800_000,
    memoryMaxBytes: 2 ** 40,
    memoryBytes: () => memoryBytes,
    streamsMax: 10_000,
  };
  server = new GrpcServer(options, [als, new SkyWalkingMesh(line.context)]);
  const port = await server.listen("127.0.0.1", 0);
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { "grpc.max_send_message_length": -1 });
});

afterEach(async () => {
  client.close();
  await server.stop();
});

interface OpenStream {
  readonly stream: ClientWritableStream<Buffer>;
  /** What the server said, and when it did: undefined while it is silent. */
  answer: Buffer | Error | undefined;
}

function open(path: AlsPath = "v3"): OpenStream {
  const identity = (bytes: Buffer): Buffer => bytes;
  const stream = client.makeClientStreamRequest(ALS_PATHS[path], identity, identity, (error, bytes) => {
    opened.answer = error ?? bytes;
  });
  stream.on("error", () => {});
  const opened: OpenStream = { stream, answer: undefined };
  return opened;
}

const taken = (messages: number) => vi.waitUntil(() => line.counters.messages === messages, { timeout: 5_000, interval: 5 });
const answered = (opened: OpenStream) => vi.waitUntil(() => opened.answer !== undefined, { timeout: 5_000, interval: 5 });

test.for(["v3", "v2", "satellite"] as const)("an identifier on any message of a %s stream switches the sender", async (path) => {
  const opened = open(path);
  for (const bytes of [CART, ANONYMOUS, WEB, ANONYMOUS]) opened.stream.write(bytes);
  opened.stream.end();
  await answered(opened);
  expect(opened.answer).toEqual(Buffer.alloc(0));
  expect(line.rows.map(({ destination }) => destination)).toEqual([
    "cart.bookinfo",
    "cart.bookinfo",
    "web.bookinfo",
    "web.bookinfo",
  ]);
});

test("streams do not share their sender", async () => {
  const [first, second, third] = [open(), open(), open()];
  first.stream.write(CART);
  second.stream.write(WEB);
  await taken(2);
  for (const { stream } of [first, second, third]) stream.write(ANONYMOUS);
  await taken(5);
  const counts = Object.groupBy(line.rows, ({ destination }) => destination ?? "");
  expect([counts["cart.bookinfo"]?.length, counts["web.bookinfo"]?.length, line.counters.unresolved]).toEqual([2, 2, 1]);
  for (const { stream } of [first, second, third]) stream.end();
});

test("a stream that is fed bad messages and entries stays open and unanswered", async () => {
  const opened = open();
  opened.stream.write(CART);
  for (let i = 0; i < 50; i++) {
    opened.stream.write(BAD_MESSAGE);
    opened.stream.write(BAD_ENTRY);
  }
  opened.stream.write(ANONYMOUS);
  await taken(102);
  await sleep(50);
  expect(opened.answer).toBeUndefined();
  expect(line.rows).toHaveLength(2);
  expect(line.counters.refused).toEqual({ message_truncated: 50, entry_wire_type: 50 });
  opened.stream.end();
  await answered(opened);
  expect(opened.answer).toEqual(Buffer.alloc(0));
});

test("a message of more than 4 MiB is taken", async () => {
  const entries = Array.from({ length: 12_000 }, () => httpEntry({ request: { user_agent: "x".repeat(400) } }));
  const bytes = message(istioNode(pod("cart")), { http: entries });
  expect(bytes.length).toBeGreaterThan(5 << 20);
  const opened = open();
  opened.stream.end(bytes);
  await answered(opened);
  expect(opened.answer).toEqual(Buffer.alloc(0));
  expect(line.counters.entries).toBe(12_000);
});

test("a client that goes away without a word leaves no stream behind", async () => {
  const opened = open();
  opened.stream.write(CART);
  await taken(1);
  expect(line.proxies.snapshot()).toMatchObject([{ streams: 1 }]);
  opened.stream.cancel();
  await vi.waitUntil(() => line.proxies.snapshot()[0]?.streams === 0, { timeout: 5_000, interval: 5 });
  expect(line.rows).toHaveLength(1);
});

test("a paused stream is not read, and goes on where it stopped", async () => {
  const opened = open();
  opened.stream.write(CART);
  await taken(1);
  memoryBytes = Number.POSITIVE_INFINITY;
  await sleep(NOTICED_MS);
  opened.stream.write(ANONYMOUS);
  const late = open();
  late.stream.end(WEB);
  await sleep(100);
  const whilePaused = line.counters.messages;
  expect(server.pauses).toBe(1);
  memoryBytes = 0;
  opened.stream.end();
  await answered(opened);
  await answered(late);
  expect(whilePaused).toBe(1);
  expect(line.rows).toHaveLength(3);
});

test("a stop takes what was sent before it and answers the open streams", async () => {
  const opened = [open("v3"), open("v2"), open("mesh")];
  opened[0]?.stream.write(CART);
  opened[1]?.stream.write(WEB);
  await taken(2);
  for (let i = 0; i < 100; i++) opened[0]?.stream.write(ANONYMOUS);
  await sleep(20);
  await server.stop();
  for (const stream of opened) {
    await answered(stream);
    expect(stream.answer).toEqual(Buffer.alloc(0));
  }
  expect(line.rows).toHaveLength(102);
});

test("a bad record of the mesh protocol costs that record alone", async () => {
  const record = (service: string): Buffer => encode(RECORD, { destServiceName: service, detectPoint: 1 });
  // A property whose key ends beyond it.
  const broken = Buffer.concat([record("bad"), Buffer.from([0x8a, 0x01, 0x02, 0x0a, 0x7f])]);
  const records = [record("a"), broken, record("b")].map((bytes) => Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]));
  const list = Buffer.concat(records);
  const opened = open("mesh");
  opened.stream.end(Buffer.concat([Buffer.from([0x0a, list.length]), list]));
  await answered(opened);
  expect(line.rows.map(({ destination }) => destination)).toEqual(["a", "b"]);
  expect(line.counters.refused).toEqual({ entry_truncated: 1 });
});

test("a port that is taken is named", async () => {
  const options = { maxMessageBytes: 1_024, streamMaxAgeMs: 60_000, memoryMaxBytes: 2 ** 40, streamsMax: 10_000 };
  const [first, second] = [new GrpcServer(options, []), new GrpcServer(options, [])];
  const port = await first.listen("127.0.0.1", 0);
  await expect(second.listen("127.0.0.1", port)).rejects.toThrow(`127.0.0.1:${port}`);
  await Promise.all([first.stop(), second.stop()]);
});
