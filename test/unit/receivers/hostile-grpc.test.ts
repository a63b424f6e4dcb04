/** Clients that mean harm, as raw HTTP/2: the process lives, and others are served meanwhile. */
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EnvoyAls } from "../../../receivers/envoy-als/service.ts";
import { GrpcServer } from "../../../receivers/grpc-server.ts";
import { SkyWalkingMesh } from "../../../receivers/skywalking-mesh/service.ts";
import { httpEntry, istioNode, message, pod } from "../../builders/access-log.ts";
import { sendMessages } from "../../harness/als-client.ts";
import { openCall as call, framed, openSession, statusOf } from "../../harness/http2-client.ts";
import { decoding } from "./harness.ts";

const MAX_BYTES = 1 << 20;
const OK = 0;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const GOOD = message(istioNode(pod("cart")), { http: [httpEntry({ common: { upstream_cluster: "inbound|80||" } })] });

let line: ReturnType<typeof decoding>;
let server: GrpcServer;
let address: string;
let sessions: ClientHttp2Session[];

beforeEach(async () => {
  line = decoding();
  sessions = [];
  const options = {
    maxMessageBytes: MAX_BYTES,
    streamMaxAgeMs: 1_800_000,
    memoryMaxBytes: 2 ** 40,
    streamsMax: 10_000,
    onRefused: (reason: string) => line.counters.refuse(`stream_${reason}`),
  };
  server = new GrpcServer(options, [new EnvoyAls(line.context), new SkyWalkingMesh(line.context)]);
  address = `127.0.0.1:${await server.listen("127.0.0.1", 0)}`;
});

afterEach(async () => {
  for (const session of sessions) session.destroy();
  await server.stop();
});

function attack(): ClientHttp2Session {
  const session = openSession(address);
  sessions.push(session);
  return session;
}

/** A well-behaved client is served, and does not wait for the others. */
async function othersAreServed(): Promise<void> {
  const before = line.counters.reports;
  const startedAt = performance.now();
  expect((await sendMessages(address, [GOOD])).length).toBe(0);
  expect(line.counters.reports).toBe(before + 1);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
}

const TOO_LARGE = { stream_message_too_large: 1 };
const COMPRESSED = { stream_compressed: 1 };
const HALF = { stream_half_message: 1 };

test.for([
  ["a message said to be compressed, by nothing", {}, framed(1, 5, Buffer.from("xxxxx")), UNIMPLEMENTED, COMPRESSED],
  ["gzip that is garbage", { "grpc-encoding": "gzip" }, framed(1, 5, Buffer.from("xxxxx")), UNIMPLEMENTED, COMPRESSED],
  ["an encoding nobody knows", { "grpc-encoding": "zap" }, framed(1, 5, Buffer.from("xxxxx")), UNIMPLEMENTED, COMPRESSED],
  ["a flag that means nothing", {}, framed(7, 5, Buffer.from("xxxxx")), UNIMPLEMENTED, COMPRESSED],
  ["a message larger than is taken", {}, framed(0, MAX_BYTES + 1, Buffer.alloc(64 * 1024)), RESOURCE_EXHAUSTED, TOO_LARGE],
  ["a message of four gigabytes", {}, framed(0, 0xffffffff, Buffer.from("x")), RESOURCE_EXHAUSTED, TOO_LARGE],
  ["half a message", {}, framed(0, 100, Buffer.from("xxxxx")), OK, HALF],
  ["half a head", {}, Buffer.from([0, 0]), OK, HALF],
  ["garbage in a whole frame", {}, framed(0, 5, Buffer.alloc(5, 0xff)), OK, { message_truncated: 1 }],
] as const)("%s ends its own call only, and is counted", async ([, headers, bytes, status, refused]) => {
  const session = attack();
  const other = call(session);
  other.write(framed(0, GOOD.length, GOOD));
  await vi.waitUntil(() => line.counters.messages === 1);
  const stream = call(session, headers);
  stream.end(bytes);
  expect(await statusOf(stream)).toBe(status);
  other.end(framed(0, GOOD.length, GOOD)); // on the same connection, and goes on
  expect(await statusOf(other)).toBe(OK);
  expect(line.counters.reports).toBe(2);
  expect(line.counters.refused).toEqual(refused);
  await othersAreServed();
});

test("a message of zeros that inflates to a hundred times its size is not inflated", async () => {
  const bomb = gzipSync(Buffer.alloc(100 << 20), { level: 1 });
  expect(bomb.length).toBeLessThan(MAX_BYTES); // else its length alone would refuse it
  const stream = call(attack(), { "grpc-encoding": "gzip" });
  const cpu = process.cpuUsage();
  stream.end(framed(1, bomb.length, bomb));
  expect(await statusOf(stream)).toBe(UNIMPLEMENTED);
  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1_000).toBeLessThan(100);
  expect(line.counters.refused).toEqual({ stream_compressed: 1 });
});

test.for([
  ["a method that does not exist", { ":path": "/envoy.service.accesslog.v3.AccessLogService/Nope" }, UNIMPLEMENTED],
  ["what is not gRPC", { "content-type": "text/html" }, null],
] as const)("%s is refused, counted, and not listened to", async ([, headers, status]) => {
  const stream = call(attack(), headers);
  stream.write(Buffer.alloc(200_000)); // and does not end
  expect(await statusOf(stream)).toBe(status);
  await vi.waitUntil(() => stream.destroyed, { timeout: 2_000 });
  expect(line.counters.refused).toEqual({ stream_not_grpc_or_unknown_method: 1 });
  await othersAreServed();
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

test("more metadata than Envoy would ever send is refused", async () => {
  const session = attack();
  await new Promise((resolve) => session.once("remoteSettings", resolve));
  expect(session.remoteSettings).toMatchObject({ maxHeaderListSize: 16_384, initialWindowSize: 65_535 });
  for (const bytes of [20_000, 60_000]) {
    const stream = call(session, { "x-flood": "x".repeat(bytes) });
    stream.end(framed(0, GOOD.length, GOOD));
    expect([bytes, await statusOf(stream)]).not.toEqual([bytes, OK]);
  }
  const many = call(session, Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-flood-${i}`, "x"])));
  many.end(framed(0, GOOD.length, GOOD));
  expect(await statusOf(many)).not.toBe(OK);
  expect(line.counters.messages).toBe(0);
  await othersAreServed();
});

test.for([1, 10])(
  "5,000 idle streams on %d connections: others are served, and the memory they hold is bounded",
  async (connections) => {
    const rssBefore = process.memoryUsage.rss();
    const streams: ClientHttp2Stream[] = [];
    for (let connection = 0; connection < connections; connection++) {
      const session = attack();
      for (let i = 0; i < 5_000 / connections; i++) {
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
  },
);
