/** What the streams of a process may hold together, measured on a server in a process of its own. The bounds are those of decision 0012. */
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import type { GrpcServerOptions } from "../../../receivers/grpc-server.ts";
import { httpEntry, istioNode, message, pod } from "../../builders/access-log.ts";
import { sendMessages } from "../../harness/als-client.ts";
import { startGuardedServer } from "../../harness/guarded-server.ts";
import { framed, openCall, openSession, statusOf } from "../../harness/http2-client.ts";
import {
  ALS_HEADERS,
  CONTINUATION,
  DATA,
  END_HEADERS,
  frame,
  HEADERS,
  headerBlock,
  PING,
  RawConnection,
  RST_STREAM,
  SETTINGS,
} from "../../harness/raw-http2.ts";

const MIB = 1 << 20;
const MAX_BYTES = 50 * MIB;
/** What is allocated besides, and not yet collected. */
const SLACK_BYTES = 64 * MIB;
const PAUSED_STREAM_BYTES = 2 * 65_535;
const OK = 0;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const GOOD = message(istioNode(pod("cart")), { http: [httpEntry({ common: { upstream_cluster: "inbound|80||" } })] });

let server: Awaited<ReturnType<typeof startGuardedServer>>;
let sessions: ClientHttp2Session[] = [];

async function start(options: Partial<GrpcServerOptions> = {}): Promise<void> {
  server = await startGuardedServer(options);
}

afterEach(async () => {
  for (const session of sessions) session.destroy();
  sessions = [];
  await server.stop();
});

function streams(count: number, connections: number): ClientHttp2Stream[] {
  const opened = Array.from({ length: connections }, () => openSession(server.address));
  sessions.push(...opened);
  const calls = Array.from({ length: count }, (_, i) => openCall(opened[i % connections] as ClientHttp2Session));
  for (const call of calls) call.resume(); // else none of them notices its end
  return calls;
}

async function othersAreServed(): Promise<void> {
  const startedAt = performance.now();
  await sendMessages(server.address, [GOOD]);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
}

/** Writes as fast as the other end takes it, until told to stop. */
async function flood(stream: ClientHttp2Stream, bytes: Buffer, isOver: () => boolean): Promise<void> {
  const closed = new Promise<void>((resolve) => stream.once("close", () => resolve()));
  while (!isOver() && !stream.destroyed) {
    if (!stream.write(bytes)) {
      const drained = new Promise<void>((resolve) => stream.once("drain", resolve));
      await Promise.race([drained, closed, sleep(200)]);
    } else await sleep(0);
  }
}

/** A valid message of exactly that many bytes: a field that is not read makes up the rest. */
function messageOf(bytes: number): Buffer {
  const length = bytes - GOOD.length - 5;
  const head = Buffer.from([0x7a, (length & 127) | 128, ((length >> 7) & 127) | 128, ((length >> 14) & 127) | 128, length >> 21]);
  return Buffer.concat([GOOD, head, Buffer.alloc(length)]);
}

test("paused, many fast streams fill their windows and no more", async () => {
  await start();
  const all = streams(400, 4);
  for (const stream of all) stream.write(framed(0, GOOD.length, GOOD));
  await sleep(300);
  await server.pause();
  const { rssBytes: before } = await server.report();
  const large = framed(0, MIB, Buffer.alloc(MIB));
  let isOver = false;
  const floods = all.map((stream) => flood(stream, large, () => isOver));
  await sleep(1_500);
  const { rssPeakBytes, entries } = await server.report();
  isOver = true;
  expect(rssPeakBytes - before).toBeLessThan(all.length * PAUSED_STREAM_BYTES + SLACK_BYTES);
  expect(entries).toBe(400);
  await server.resume();
  await Promise.all(floods);
  await othersAreServed();
});

test("while it keeps up, fast streams cost what is on its way", async () => {
  await start();
  const batch = message(istioNode(pod("cart")), {
    http: Array.from({ length: 16 }, () => httpEntry({ request: { user_agent: "x".repeat(900) } })),
  });
  const all = streams(64, 8);
  for (const stream of all) stream.write(framed(0, batch.length, batch));
  await sleep(500);
  const { rssBytes: before } = await server.report();
  let isOver = false;
  const floods = all.map((stream) => flood(stream, framed(0, batch.length, batch), () => isOver));
  await sleep(2_000);
  const { rssPeakBytes, entries } = await server.report();
  isOver = true;
  await Promise.all(floods);
  expect(entries).toBeGreaterThan(20_000);
  expect(rssPeakBytes - before).toBeLessThan(128 * MIB);
});

test("unfinished messages of all streams share one bound: the largest goes, counted, the others stay", async () => {
  const memoryMaxBytes = 512 * MIB;
  await start({ memoryMaxBytes });
  const bound = memoryMaxBytes / 8;
  const begun = Buffer.alloc(8 * MIB); // of all streams more than there may be memory
  const all = streams(100, 4);
  const [small, ...large] = all as [ClientHttp2Stream, ...ClientHttp2Stream[]];
  small.write(framed(0, GOOD.length, GOOD.subarray(0, 10)));
  const statuses = large.map(statusOf);
  for (const stream of large) stream.write(framed(0, MAX_BYTES, begun));
  let peak = 0;
  const ended = large.length - bound / begun.length - 1;
  for (let refused = 0, waited = 0; refused < ended && waited < 300; waited++) {
    await sleep(50);
    const report = await server.report();
    peak = Math.max(peak, report.rssPeakBytes);
    refused = report.refused["partial_messages"] ?? 0;
  }
  expect(peak).toBeLessThan(memoryMaxBytes);
  expect((await server.report()).refused["partial_messages"]).toBeGreaterThanOrEqual(ended);
  expect(await Promise.race(statuses)).toBe(RESOURCE_EXHAUSTED);
  small.end(GOOD.subarray(10));
  expect(await statusOf(small)).toBe(OK);
  await othersAreServed();
});

test("50 MiB are taken, a byte more ends its stream alone", async () => {
  await start();
  const session = openSession(server.address);
  sessions.push(session);
  const other = openCall(session);
  other.write(framed(0, GOOD.length, GOOD));
  const over = openCall(session);
  over.write(framed(0, MAX_BYTES + 1, messageOf(MAX_BYTES + 1)));
  expect(await statusOf(over)).toBe(RESOURCE_EXHAUSTED);
  const exact = openCall(session);
  exact.end(framed(0, MAX_BYTES, messageOf(MAX_BYTES)));
  expect(await statusOf(exact)).toBe(OK);
  other.end(framed(0, GOOD.length, GOOD));
  expect(await statusOf(other)).toBe(OK);
  const { entries, refused } = await server.report();
  expect([entries, refused]).toEqual([3, { message_too_large: 1 }]);
});

test("slow streams are bounded in number: the silent ones make room, one that talks stays, and nobody waits for them", async () => {
  await start({ streamsMax: 64 });
  const [talking] = streams(1, 1) as [ClientHttp2Stream];
  const slow: ClientHttp2Stream[] = [];
  const drip = setInterval(() => {
    for (const stream of slow) if (!stream.destroyed) stream.write(Buffer.alloc(1));
  }, 100);
  for (let round = 0; round < 10; round++) {
    const opened = streams(30, 3);
    for (const stream of opened) stream.write(framed(0, 1_000, Buffer.alloc(1)));
    slow.push(...opened);
    talking.write(framed(0, GOOD.length, GOOD));
    await sleep(100);
    await othersAreServed();
  }
  clearInterval(drip);
  talking.end();
  expect(await statusOf(talking)).toBe(OK);
  const { refused } = await server.report();
  await vi.waitUntil(() => slow.filter(({ destroyed }) => !destroyed).length <= 64, { timeout: 5_000 });
  expect(refused["silent"]).toBeGreaterThanOrEqual(300 - 64);
  const late = openCall(sessions[0] as ClientHttp2Session);
  late.end(framed(0, GOOD.length, GOOD));
  expect(await statusOf(late)).toBe(OK);
});

test("a stream that makes room is told to come again", async () => {
  await start({ streamsMax: 16 });
  const all = streams(17, 2);
  expect(await Promise.race(all.map(statusOf))).toBe(UNAVAILABLE);
});

test("connections are bounded in number", async () => {
  await start({ streamsMax: 16 });
  const connections = await Promise.all(Array.from({ length: 40 }, () => RawConnection.open(server.port)));
  await sleep(300);
  expect(connections.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(16);
  expect((await server.report()).refused["connections"]).toBe(24);
  for (const { socket } of connections) socket.destroy();
  await sleep(100);
  await othersAreServed();
});

const BLOCK = headerBlock(ALS_HEADERS);
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const FLOODS: Readonly<Record<string, Buffer[]>> = {
  "streams opened and reset at once": times(20_000, (i) => [
    frame(HEADERS, END_HEADERS, 2 * i + 1, BLOCK),
    frame(RST_STREAM, 0, 2 * i + 1, Buffer.alloc(4)),
  ]).flat(),
  "headers that never end": [
    frame(HEADERS, 0, 1, BLOCK),
    ...times(2_000, (i) => frame(CONTINUATION, 0, 1, headerBlock({ [`x${i}`]: "z".repeat(10_000) }))),
  ],
  "pings whose answers nobody reads": times(20_000, () => frame(PING, 0, 0, Buffer.alloc(8))),
  "settings without end": times(20_000, () => frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0, 0, 255, 255]))),
};

test("floods of frames cost their connection, little CPU and memory, and others are served meanwhile", async () => {
  await start();
  for (const [name, frames] of Object.entries(FLOODS)) {
    const before = await server.report();
    const connection = await RawConnection.open(server.port);
    connection.socket.pause();
    connection.send(...frames);
    await othersAreServed();
    await sleep(300);
    const { cpuMs, rssPeakBytes, streamsOpened } = await server.report();
    expect([name, cpuMs - before.cpuMs < 1_000]).toEqual([name, true]);
    expect([name, rssPeakBytes - before.rssBytes < SLACK_BYTES]).toEqual([name, true]);
    expect([name, streamsOpened - before.streamsOpened < 5_000]).toEqual([name, true]);
    connection.socket.destroy();
  }
  const { refused } = await server.report();
  expect(Object.keys(refused)).toEqual(["http2_protocol"]);
  expect(refused["http2_protocol"]).toBeGreaterThanOrEqual(3); // resets in thousands may end theirs without an error
});

test("a client that does not heed its window while the server is paused loses its connection", async () => {
  await start();
  const connection = await RawConnection.open(server.port);
  connection.send(frame(HEADERS, END_HEADERS, 1, BLOCK));
  await sleep(100);
  await server.pause();
  const { rssBytes: before } = await server.report();
  const first = Buffer.alloc(16_384);
  first.writeUInt32BE(40 * MIB, 1);
  connection.send(frame(DATA, 0, 1, first));
  for (let i = 0; i < 2_000 && !connection.closed; i++) {
    connection.send(frame(DATA, 0, 1, Buffer.alloc(16_384)));
    if (i % 10 === 0) await sleep(1);
  }
  await sleep(200);
  const { rssPeakBytes, refused } = await server.report();
  expect([connection.closed, refused]).toEqual([true, { http2_protocol: 1 }]);
  expect(rssPeakBytes - before).toBeLessThan(16 * MIB);
  await server.resume();
  await othersAreServed();
});
