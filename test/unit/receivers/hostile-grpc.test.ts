/** Clients that mean harm, as raw HTTP/2: the process lives, and others are served meanwhile. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EnvoyAls } from "../../../receivers/envoy-als/service.ts";
import { GrpcServer } from "../../../receivers/grpc-server.ts";
import { SkyWalkingMesh } from "../../../receivers/skywalking-mesh/service.ts";
import { httpEntry, istioNode, message, pod } from "../../builders/access-log.ts";
import { ALS_PATHS, sendMessages } from "../../harness/als-client.ts";
import { decoding } from "./harness.ts";

const MAX_BYTES = 1 << 20;
const OK = 0;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const GOOD = message(istioNode(pod("cart")), { http: [httpEntry({ common: { upstream_cluster: "inbound|80||" } })] });

let line: ReturnType<typeof decoding>;
let server: GrpcServer;
let address: string;
let sessions: ClientHttp2Session[];

beforeEach(async () => {
  line = decoding();
  sessions = [];
  const options = { maxMessageBytes: MAX_BYTES, streamMaxAgeMs: 1_800_000, memoryMaxBytes: 2 ** 40, streamsMax: 10_000 };
  server = new GrpcServer(options, [new EnvoyAls(line.context), new SkyWalkingMesh(line.context)]);
  address = `127.0.0.1:${await server.listen("127.0.0.1", 0)}`;
});

afterEach(async () => {
  for (const session of sessions) session.destroy();
  await server.stop();
});

function attack(): ClientHttp2Session {
  const session = connect(`http://${address}`);
  session.on("error", () => {});
  sessions.push(session);
  return session;
}

function call(session: ClientHttp2Session, headers: Record<string, string> = {}): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": ALS_PATHS.v3,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.on("error", () => {});
  return stream;
}

/** A message as gRPC frames it: a flag, four bytes of length, the bytes. */
function framed(flag: number, length: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}

/** The status a call ends with; null when it is reset or cut. */
function statusOf(stream: ClientHttp2Stream): Promise<number | null> {
  return new Promise((resolve) => {
    const take = (headers: Record<string, unknown>): void => {
      if (headers["grpc-status"] !== undefined) resolve(Number(headers["grpc-status"]));
    };
    stream.on("response", take);
    stream.on("trailers", take);
    stream.on("close", () => resolve(null));
    stream.resume();
  });
}

/** A well-behaved client is served, and within a second. */
async function othersAreServed(): Promise<void> {
  const before = line.counters.reports;
  const startedAt = performance.now();
  expect((await sendMessages(address, [GOOD])).length).toBe(0);
  expect(line.counters.reports).toBe(before + 1);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
}

test.for([
  ["a message said to be compressed, by nothing", framed(1, 5, Buffer.from("xxxxx")), [OK, UNIMPLEMENTED, INTERNAL]],
  ["a message larger than is taken", framed(0, MAX_BYTES + 1, Buffer.alloc(64 * 1024)), [RESOURCE_EXHAUSTED]],
  ["a message of four gigabytes", framed(0, 0xffffffff, Buffer.from("x")), [RESOURCE_EXHAUSTED]],
  ["half a message", framed(0, 100, Buffer.from("xxxxx")), [OK, INTERNAL, null]],
  ["half a head", Buffer.from([0, 0]), [OK, INTERNAL, null]],
  ["garbage in a whole frame", framed(0, 5, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])), [OK]],
] as const)("%s ends its own call only", async ([, bytes, statuses]) => {
  const stream = call(attack());
  stream.end(bytes);
  expect(statuses as readonly (number | null)[]).toContain(await statusOf(stream));
  await othersAreServed();
});

test("a message said to be gzip that is garbage ends its own call only", async () => {
  const stream = call(attack(), { "grpc-encoding": "gzip" });
  stream.end(framed(1, 5, Buffer.from("xxxxx")));
  expect(await statusOf(stream)).not.toBe(OK);
  await othersAreServed();
});

test("a method that does not exist is unimplemented", async () => {
  const stream = call(attack(), { ":path": "/envoy.service.accesslog.v3.AccessLogService/Nope" });
  stream.end();
  expect(await statusOf(stream)).toBe(UNIMPLEMENTED);
});

test("streams opened and reset by the thousand cost their own connection at most", async () => {
  const session = attack();
  for (let i = 0; i < 5_000 && !session.destroyed; i++) {
    const stream = call(session);
    stream.close(8);
    if (i % 500 === 0) await sleep(1);
  }
  await othersAreServed();
  expect(line.counters.streamsOpened).toBeLessThanOrEqual(5_001);
});

test("a flood of headers is refused", async () => {
  const session = attack();
  const flood = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-flood-${i}`, "x".repeat(4_000)]));
  const stream = call(session, flood);
  stream.end(framed(0, GOOD.length, GOOD));
  const status = await statusOf(stream);
  expect(status).not.toBe(OK);
  await othersAreServed();
});

test("5,000 idle streams and slow ones: others are served, and the memory they hold is bounded", async () => {
  const rssBefore = process.memoryUsage.rss();
  const streams: ClientHttp2Stream[] = [];
  for (let connection = 0; connection < 10; connection++) {
    const session = attack();
    for (let i = 0; i < 500; i++) {
      const stream = call(session);
      stream.write(Buffer.from([0, 0, 0])); // never the rest of the head
      streams.push(stream);
    }
  }
  for (let waited = 0; waited < 100 && line.counters.streamsOpened < 5_000; waited++) await sleep(50);
  expect(line.counters.streamsOpened).toBe(5_000);
  await othersAreServed();
  const perStreamKiB = (process.memoryUsage.rss() - rssBefore) / 5_000 / 1_024;
  console.log(`idle streams: ${perStreamKiB.toFixed(0)} KiB each, client and server together`);
  expect(perStreamKiB).toBeLessThan(160);
  for (const stream of streams) stream.close();
});
